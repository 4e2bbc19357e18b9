import Foundation

/// So many requests by so many workers, and what they cost this process.
struct Load: Sendable {
    let requests: Int
    let concurrency: Int

    /// Runs the load after a warm-up; `request` gets each number once.
    func measure(_ request: @escaping @Sendable (Int) async throws -> Void) async throws -> String {
        try await run(0..<min(requests, 200), request)
        let before = Self.cpuSeconds
        let start = ContinuousClock.now
        try await run(200..<(200 + requests), request)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let cpu = Self.cpuSeconds - before
        return "{\"requests\":\(requests),\"seconds\":\(seconds),\"cpu\":\(cpu),\"rss\":\(Self.usage.ru_maxrss)}"
    }

    private func run(_ numbers: Range<Int>, _ request: @escaping @Sendable (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<concurrency {
                group.addTask {
                    for number in stride(from: numbers.lowerBound + worker, to: numbers.upperBound, by: concurrency) {
                        try await request(number)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static var usage: rusage {
        var usage = rusage()
        getrusage(.init(RUSAGE_SELF.rawValue), &usage)
        return usage
    }

    /// User and system time of all threads.
    private static var cpuSeconds: Double {
        let usage = usage
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }
}
