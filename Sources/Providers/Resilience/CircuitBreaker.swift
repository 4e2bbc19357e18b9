/// Keeps calls away from a model that fails. A pure value: time comes in with each call.
package struct CircuitBreaker: Sendable {
    package struct Settings: Hashable, Sendable {
        package enum Window: Hashable, Sendable {
            /// The last calls, so many.
            case count(Int)
            /// The calls of the last stretch of time, at most 1,000 of them.
            case time(Duration)
        }

        package var window = Window.count(20)
        /// Fewer calls than this decide nothing.
        package var minimumCalls = 5
        /// Percent of failures from which the circuit opens.
        package var failurePercent = 50
        /// Percent of slow calls from which the circuit opens.
        package var slowPercent = 100
        package var slowAfter = Duration.seconds(300)
        package var openFor = Duration.seconds(30)
        /// Trial calls after that.
        package var trials = 2
        /// Trials that have not ended by then count as failed: a caller that never reports must not hold the state.
        package var trialTime = Duration.seconds(300)

        package init() {}
    }

    package enum State: String, Hashable, Sendable {
        case closed, open
        case halfOpen = "half-open"
    }

    /// Leave for one call. It must be given back by `record`, whatever becomes of the call.
    package struct Permit: Hashable, Sendable {
        let generation: Int
        let startedAt: ContinuousClock.Instant
    }

    package enum Admission: Hashable, Sendable {
        case permitted(Permit)
        /// Try again at the earliest then.
        case refused(until: ContinuousClock.Instant)
    }

    package enum Outcome: Hashable, Sendable {
        case success, failure
        /// Says nothing about the model: a throttle, a refused request, a cancelled call.
        case ignored
    }

    private struct Call {
        let endedAt: ContinuousClock.Instant
        let isFailure: Bool
        let isSlow: Bool
    }

    package let settings: Settings
    package private(set) var state = State.closed
    /// Grows with each change of state: a call that began before one is not booked after it.
    private var generation = 0
    private var calls: [Call] = []
    private var changedAt: ContinuousClock.Instant
    private var trialsInFlight = 0

    package init(_ settings: Settings = Settings(), now: ContinuousClock.Instant) {
        self.settings = settings
        changedAt = now
    }

    package mutating func admit(now: ContinuousClock.Instant) -> Admission {
        if state == .open {
            let end = changedAt + settings.openFor
            guard now >= end else { return .refused(until: end) }
            change(to: .halfOpen, now)
        }
        if state == .halfOpen {
            if trialsInFlight > 0, now >= changedAt + settings.trialTime {
                change(to: .open, now)
                return .refused(until: now + settings.openFor)
            }
            guard trialsInFlight + calls.count < settings.trials else {
                return .refused(until: now + .seconds(1))
            }
            trialsInFlight += 1
        }
        return .permitted(Permit(generation: generation, startedAt: now))
    }

    package mutating func record(_ permit: Permit, _ outcome: Outcome, now: ContinuousClock.Instant) {
        guard permit.generation == generation else { return }
        if state == .halfOpen { trialsInFlight -= 1 }
        guard outcome != .ignored else { return }
        calls.append(
            Call(endedAt: now, isFailure: outcome == .failure, isSlow: now - permit.startedAt >= settings.slowAfter))
        switch state {
        case .closed:
            trim(now)
            if calls.count >= minimumCalls, isOverThreshold { change(to: .open, now) }
        case .halfOpen:
            if calls.count >= settings.trials { change(to: isOverThreshold ? .open : .closed, now) }
        case .open: break
        }
    }

    private var minimumCalls: Int {
        guard case .count(let size) = settings.window else { return settings.minimumCalls }
        return min(size, settings.minimumCalls)
    }

    private var isOverThreshold: Bool {
        calls.count(where: \.isFailure) * 100 >= settings.failurePercent * calls.count
            || calls.count(where: \.isSlow) * 100 >= settings.slowPercent * calls.count
    }

    private mutating func trim(_ now: ContinuousClock.Instant) {
        switch settings.window {
        case .count(let size): calls.removeFirst(max(0, calls.count - max(1, size)))
        case .time(let span):
            calls.removeAll { $0.endedAt < now - span }
            calls.removeFirst(max(0, calls.count - 1000))
        }
    }

    private mutating func change(to next: State, _ now: ContinuousClock.Instant) {
        state = next
        generation += 1
        changedAt = now
        calls = []
        trialsInFlight = 0
    }
}
