import Synchronization

/// Ends an exchange whose answer stalls or takes too long.
final class IdleWatch: Sendable {
    private struct State {
        var idleDeadline: ContinuousClock.Instant
        var isEnding = false
        var endDeadline: ContinuousClock.Instant?
    }

    private let state: Mutex<State>
    private let idle: Duration
    private let total: ContinuousClock.Instant

    init(idle: Duration, total: ContinuousClock.Instant) {
        self.idle = idle
        self.total = total
        state = Mutex(State(idleDeadline: .now + idle))
    }

    func sawBytes() {
        let deadline = ContinuousClock.now + idle
        state.withLock { $0.idleDeadline = deadline }
    }

    func expectEnd() {
        let deadline = ContinuousClock.now + .seconds(1)
        state.withLock { $0.endDeadline = $0.endDeadline ?? deadline }
    }

    /// Sleeps until a deadline has passed and throws what passed; returns where only the end was waited for. Looks four
    /// times a second, since a deadline may also move nearer.
    func run() async throws {
        while true {
            let now = ContinuousClock.now
            let (idleDeadline, end) = state.withLock { ($0.idleDeadline, $0.endDeadline) }
            if let end, now >= end { return }
            if now >= total { throw TransportError(.totalTimeout, .answering) }
            if now >= idleDeadline { throw TransportError(.idleTimeout, .answering, detail: "nothing for \(idle)") }
            try await Task.sleep(
                until: min(total, idleDeadline, end ?? total, now + .milliseconds(250)), clock: .continuous)
        }
    }
}
