import Synchronization

/// Says when an exchange has to end because its answer stalls or takes too long.
final class IdleWatch: Sendable {
    private struct State {
        var idleDeadline: ContinuousClock.Instant
        var endDeadline: ContinuousClock.Instant?
        var fault: TransportError?
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

    /// Whether a deadline has passed; `fault` then tells which.
    func isOver(at now: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            if let end = state.endDeadline, now >= end { return true }
            if now >= total {
                state.fault = TransportError(.totalTimeout, .answering)
            } else if now >= state.idleDeadline {
                state.fault = TransportError(.idleTimeout, .answering, detail: "nothing for \(idle)")
            }
            return state.fault != nil
        }
    }

    /// The deadline that passed; nil for none, and where only the end was waited for: the reader then gives what it has.
    var fault: TransportError? { state.withLock { $0.fault } }
}
