import Synchronization

/// Ends what takes too long. One task looks after all deadlines: a task that sleeps for each of them would stay in memory
/// until its time has come, long after what it watched is done.
final class Deadlines: Sendable {
    private struct Entry: Sendable {
        let isDue: @Sendable (ContinuousClock.Instant) -> Bool
        let end: @Sendable () -> Void
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        var nextNumber = 0
        var isLooking = false
    }

    private let state = Mutex(State())

    /// That of the process.
    static let shared = Deadlines()

    /// Between two looks; what is due ends at most so late.
    private static let step = Duration.milliseconds(50)

    /// Runs an operation in a task of its own and cancels it as soon as `isDue` says so; also where the caller is
    /// cancelled. Always waits for the operation to return.
    func run<Value: Sendable>(
        until isDue: @escaping @Sendable (ContinuousClock.Instant) -> Bool,
        _ operation: @escaping @Sendable () async -> Value
    ) async -> Value {
        let task = Task { await operation() }
        let number = add(Entry(isDue: isDue, end: { task.cancel() }))
        defer { state.withLock { _ = $0.entries.removeValue(forKey: number) } }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    private func add(_ entry: Entry) -> Int {
        // Nothing that is late already may pass for the time until the next look.
        if entry.isDue(.now) { entry.end() }
        let (number, mustLook) = state.withLock { state in
            state.nextNumber += 1
            state.entries[state.nextNumber] = entry
            defer { state.isLooking = true }
            return (state.nextNumber, !state.isLooking)
        }
        if mustLook { Task { await look() } }
        return number
    }

    /// Looks at the clock as long as there is anything to watch.
    private func look() async {
        while true {
            try? await Task.sleep(for: Self.step)
            let now = ContinuousClock.now
            let (due, isDone) = state.withLock { state in
                let due = state.entries.filter { $0.value.isDue(now) }
                for number in due.keys { state.entries[number] = nil }
                if state.entries.isEmpty { state.isLooking = false }
                return (due.values.map(\.end), state.entries.isEmpty)
            }
            for end in due { end() }
            if isDone { return }
        }
    }
}
