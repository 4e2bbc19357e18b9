import Providers
import TestSupport
import Testing

@Suite struct CircuitBreakerTests {
    private let start = ContinuousClock.now

    private func settings(_ change: (inout CircuitBreaker.Settings) -> Void = { _ in }) -> CircuitBreaker.Settings {
        var settings = CircuitBreaker.Settings()
        change(&settings)
        return settings
    }

    private func permit(_ breaker: inout CircuitBreaker, _ now: ContinuousClock.Instant) throws -> CircuitBreaker.Permit
    {
        guard case .permitted(let permit) = breaker.admit(now: now) else { throw Unexpected("refused") }
        return permit
    }

    private func isRefused(_ breaker: inout CircuitBreaker, _ now: ContinuousClock.Instant) -> Bool {
        if case .refused = breaker.admit(now: now) { return true }
        return false
    }

    private func opened(_ settings: CircuitBreaker.Settings) throws -> CircuitBreaker {
        var breaker = CircuitBreaker(settings, now: start)
        for _ in 0..<settings.minimumCalls { breaker.record(try permit(&breaker, start), .failure, now: start) }
        #expect(breaker.state == .open)
        return breaker
    }

    @Test func tooFewCallsDecideNothingAndTheShareOpens() throws {
        var breaker = CircuitBreaker(settings(), now: start)
        for _ in 0..<4 { breaker.record(try permit(&breaker, start), .failure, now: start) }
        #expect(breaker.state == .closed)
        breaker.record(try permit(&breaker, start), .success, now: start)
        #expect(breaker.state == .open, "four of five")
    }

    @Test func throttlesNeverOpen() throws {
        var breaker = CircuitBreaker(settings(), now: start)
        for _ in 0..<1000 { breaker.record(try permit(&breaker, start), .ignored, now: start) }
        #expect(breaker.state == .closed)
    }

    @Test func slowSuccessesOpen() throws {
        var breaker = CircuitBreaker(settings { $0.slowAfter = .seconds(10) }, now: start)
        for _ in 0..<5 { breaker.record(try permit(&breaker, start), .success, now: start + .seconds(10)) }
        #expect(breaker.state == .open)
    }

    @Test func trialsDecideAfterTheWait() throws {
        for (outcomes, state) in [
            ([CircuitBreaker.Outcome.success, .success], CircuitBreaker.State.closed), ([.failure, .success], .open),
            ([.failure, .failure], .open),
        ] {
            var breaker = try opened(settings())
            #expect(isRefused(&breaker, start + .seconds(29)))
            let later = start + .seconds(30)
            let permits = [try permit(&breaker, later), try permit(&breaker, later)]
            #expect(isRefused(&breaker, later), "two trials and no more")
            for (permit, outcome) in zip(permits, outcomes) { breaker.record(permit, outcome, now: later) }
            #expect(breaker.state == state)
        }
    }

    @Test func aTrialThatSaysNothingGivesItsPermitBack() throws {
        var breaker = try opened(settings())
        let later = start + .seconds(31)
        for _ in 0..<50 { breaker.record(try permit(&breaker, later), .ignored, now: later) }
        #expect(breaker.state == .halfOpen)
        breaker.record(try permit(&breaker, later), .success, now: later)
        breaker.record(try permit(&breaker, later), .success, now: later)
        #expect(breaker.state == .closed)
    }

    @Test func trialsThatNeverEndDoNotKeepItHalfOpenForEver() throws {
        var breaker = try opened(settings { $0.trialTime = .seconds(60) })
        let later = start + .seconds(30)
        _ = try permit(&breaker, later)
        _ = try permit(&breaker, later)
        #expect(isRefused(&breaker, later + .seconds(59)))
        #expect(isRefused(&breaker, later + .seconds(60)))
        #expect(breaker.state == .open)
        _ = try permit(&breaker, later + .seconds(90))
        #expect(breaker.state == .halfOpen)
    }

    @Test func resultsOfAnEarlierStateAreNotBooked() throws {
        var breaker = CircuitBreaker(settings(), now: start)
        let old = try permit(&breaker, start)
        for _ in 0..<5 { breaker.record(try permit(&breaker, start), .failure, now: start) }
        let later = start + .seconds(30)
        _ = try permit(&breaker, later)
        breaker.record(old, .failure, now: later)
        breaker.record(old, .success, now: later)
        #expect(breaker.state == .halfOpen)
    }

    @Test func oldCallsFallOutOfATimeWindow() throws {
        var breaker = CircuitBreaker(settings { $0.window = .time(.seconds(10)) }, now: start)
        for _ in 0..<4 { breaker.record(try permit(&breaker, start), .failure, now: start) }
        let later = start + .seconds(11)
        for _ in 0..<4 { breaker.record(try permit(&breaker, later), .failure, now: later) }
        #expect(breaker.state == .closed)
    }

    /// Whatever happens: no more trials at once than allowed, no refusal without an end, and a healthy model gets
    /// through again in the end.
    @Test func randomHistoriesNeverLockAModelOut() throws {
        for seed in 0..<proofCount(quick: 200, full: 5000) {
            var generator = SeededGenerator(seed: UInt64(seed))
            let settings = settings {
                $0.window =
                    generator.chance(50) ? .count(Int.random(in: 1...10, using: &generator)) : .time(.seconds(20))
                $0.minimumCalls = Int.random(in: 1...5, using: &generator)
                $0.trials = Int.random(in: 1...3, using: &generator)
                $0.trialTime = .seconds(Int.random(in: 5...50, using: &generator))
            }
            var breaker = CircuitBreaker(settings, now: start)
            var now = start
            var open: [CircuitBreaker.Permit] = []
            for _ in 0..<200 {
                now += .milliseconds(Int.random(in: 0...8000, using: &generator))
                if generator.chance(55) {
                    switch breaker.admit(now: now) {
                    case .permitted(let permit): open.append(permit)
                    case .refused(let until): #expect(until > now && until <= now + .seconds(60))
                    }
                } else if !open.isEmpty {
                    let permit = open.remove(at: Int.random(in: open.indices, using: &generator))
                    breaker.record(permit, generator.pick([.success, .failure, .failure, .ignored]), now: now)
                }
            }
            for _ in 0..<20 {
                now += .seconds(60)
                if case .permitted(let permit) = breaker.admit(now: now) { breaker.record(permit, .success, now: now) }
            }
            #expect(breaker.state == .closed, "seed \(seed)")
        }
    }
}
