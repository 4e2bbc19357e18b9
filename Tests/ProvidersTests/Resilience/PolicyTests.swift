import OrchestratorCore
import Providers
import TestSupport
import Testing

@Suite struct RetryPolicyTests {
    private func error(_ code: ProviderError.Code, _ billing: Billing, retryAfter: Duration? = nil) -> ProviderError {
        ProviderError(code, activity: "asking", provider: "p", billing: billing, retryAfter: retryAfter)
    }

    static let codes: [ProviderError.Code] = [
        .connectionFailed, .unavailable, .throttled, .timedOut, .connectionLost, .serverFailed, .malformedAnswer,
        .answerTooLarge, .quotaExhausted, .authentication, .permission, .badRequest, .contextOverflow, .modelNotFound,
        .contentRefused, .redirected, .leavesHost, .keyMissing, .priceUnknown, .overBudget, .circuitOpen, .rateLimited,
        .deadlineExceeded, .ledgerFailed, .cancelled, .misconfigured,
    ]

    @Test func whatMayHaveBeenChargedIsNeverSentAgain() {
        var generator = SeededGenerator(seed: 61)
        for code in Self.codes {
            for billing in [Billing.unknown, .billed(Usage(inputUncached: 1, output: 1)!)] {
                for sent in 1...5 {
                    let decision = RetryPolicy().decide(
                        error(code, billing), sent: sent, isFree: false, left: .seconds(1000), using: &generator)
                    guard case .giveUp = decision else {
                        Issue.record("\(code) was retried")
                        continue
                    }
                }
            }
        }
    }

    @Test func aWaitAskedForIsAFloorAndNeverPassesTheDeadline() {
        var generator = SeededGenerator(seed: 62)
        for _ in 0..<proofCount(quick: 1000, full: 50_000) {
            let asked =
                generator.chance(50) ? Duration.milliseconds(Int.random(in: 0...200_000, using: &generator)) : nil
            let left = Duration.milliseconds(Int.random(in: 0...100_000, using: &generator))
            let sent = Int.random(in: 1...6, using: &generator)
            let policy = RetryPolicy()
            let decision = policy.decide(
                error(.throttled, .notBilled, retryAfter: asked), sent: sent, isFree: false, left: left,
                using: &generator)
            if case .retry(let wait) = decision {
                #expect(wait >= asked ?? .zero)
                #expect(wait < left)
                #expect(sent < policy.sends)
                #expect(wait - (asked ?? .zero) <= policy.cap)
            }
        }
    }

    @Test func jitterIsFullAndGrows() {
        var generator = SeededGenerator(seed: 63)
        func waits(_ sent: Int) -> [Duration] {
            (0..<400).compactMap { _ in
                let decision = RetryPolicy().decide(
                    error(.unavailable, .notBilled), sent: sent, isFree: false, left: .seconds(1000), using: &generator)
                guard case .retry(let wait) = decision else { return nil }
                return wait
            }
        }
        #expect(waits(1).min()! < .milliseconds(50))
        #expect(waits(1).max()! <= .milliseconds(500))
        #expect(waits(3).max()! > .milliseconds(1500))
    }

    @Test func freeModelsMayBeAskedAgain() {
        var generator = SeededGenerator(seed: 64)
        let decision = RetryPolicy().decide(
            error(.connectionLost, .unknown), sent: 1, isFree: true, left: .seconds(60), using: &generator)
        #expect(decision != .giveUp(.mayBeCharged))
    }

    @Test func retriesAreAShareOfRequests() {
        var budget = RetryBudget(percent: 20, reserve: 5)
        #expect((0..<10).count { _ in budget.takeRetry() } == 5)
        for _ in 0..<100 { budget.noteRequest() }
        #expect((0..<100).count { _ in budget.takeRetry() } == 5, "no more than the reserve is kept")
        var taken = 0
        for _ in 0..<1000 {
            budget.noteRequest()
            if budget.takeRetry() { taken += 1 }
        }
        #expect(taken == 200)
    }
}

@Suite struct RateLimiterTests {
    private let start = ContinuousClock.now

    /// In no stretch of a minute pass more requests or tokens than twice the limit (a full bucket and what flows in),
    /// and everybody gets a turn, in order.
    @Test func bucketsHoldTheirRateAndServeInOrder() {
        for seed in 0..<proofCount(quick: 60, full: 2000) {
            var generator = SeededGenerator(seed: UInt64(seed))
            let perMinute = Int.random(in: 5...60, using: &generator)
            let tokensPerMinute = Int.random(in: 1000...5000, using: &generator)
            var limiter = RateLimiter(requestsPerMinute: perMinute, tokensPerMinute: tokensPerMinute, now: start)
            var now = start
            var waiting: [(ticket: Int, tokens: Int)] = (0..<100).map {
                ($0, Int.random(in: 1...900, using: &generator))
            }
            var passed: [(at: ContinuousClock.Instant, ticket: Int, tokens: Int)] = []
            var steps = 0
            while !waiting.isEmpty, steps < 100_000 {
                steps += 1
                var nearest = Duration.seconds(60)
                for job in waiting {
                    switch limiter.ask(ticket: job.ticket, tokens: job.tokens, now: now) {
                    case .granted:
                        passed.append((now, job.ticket, job.tokens))
                        waiting.removeAll { $0.ticket == job.ticket }
                        nearest = .zero
                    case .wait(let wait): nearest = min(nearest, wait)
                    case .impossible: Issue.record("impossible")
                    }
                }
                now += nearest
            }
            #expect(waiting.isEmpty, "seed \(seed)")
            #expect(passed.map(\.ticket) == Array(0..<100))
            for (index, first) in passed.enumerated() {
                let window = passed[index...].prefix { $0.at <= first.at + .seconds(60) }
                #expect(window.count <= 2 * perMinute + 1)
                #expect(window.reduce(0) { $0 + $1.tokens } <= 2 * tokensPerMinute + 900)
            }
        }
    }

    @Test func moreThanAMinuteHoldsIsSaidAndNotWaitedFor() {
        var limiter = RateLimiter(requestsPerMinute: nil, tokensPerMinute: 100, now: start)
        #expect(limiter.ask(ticket: 1, tokens: 101, now: start) == .impossible(limit: 100))
        #expect(limiter.ask(ticket: 2, tokens: 100, now: start) == .granted)
    }

    @Test func aTicketThatLeavesFreesTheQueue() {
        var limiter = RateLimiter(requestsPerMinute: 1, tokensPerMinute: nil, now: start)
        #expect(limiter.ask(ticket: 1, tokens: 1, now: start) == .granted)
        _ = limiter.ask(ticket: 2, tokens: 1, now: start)
        _ = limiter.ask(ticket: 3, tokens: 1, now: start)
        limiter.leave(2)
        #expect(limiter.ask(ticket: 3, tokens: 1, now: start + .seconds(61)) == .granted)
    }

    @Test func aLaterClosureNeverShortensAnEarlierOne() {
        var limiter = RateLimiter(requestsPerMinute: nil, tokensPerMinute: nil, now: start)
        limiter.close(until: start + .seconds(30))
        limiter.close(until: start + .seconds(5))
        #expect(limiter.ask(ticket: 1, tokens: 1, now: start + .seconds(6)) == .wait(.seconds(24)))
        #expect(limiter.ask(ticket: 1, tokens: 1, now: start + .seconds(30)) == .granted)
    }

    @Test func limitsAreLearntButNeverAboveWhatIsConfigured() {
        var limiter = RateLimiter(requestsPerMinute: nil, tokensPerMinute: 500, now: start)
        limiter.learn(
            RateHints(
                requests: .init(limit: 60, remaining: 1, reset: nil),
                tokens: .init(limit: 9000, remaining: nil, reset: nil)),
            now: start)
        #expect(limiter.ask(ticket: 1, tokens: 501, now: start) == .impossible(limit: 500))
        #expect(limiter.ask(ticket: 2, tokens: 1, now: start) == .granted)
        #expect(
            limiter.ask(ticket: 3, tokens: 1, now: start) == .wait(.seconds(1)), "one was left, one flows in a second")
    }
}

@Suite struct FailoverTests {
    private func model(_ provider: String, _ name: String, window: Int? = nil, leaves: Bool = true) -> ModelDescriptor {
        ModelDescriptor(
            id: ModelID(provider: provider, name: name), modelClass: .premium, contextTokens: window, price: .free,
            leavesHost: leaves)
    }

    private func rest(_ failover: Failover) -> [String] {
        var failover = failover
        var names: [String] = []
        while let model = failover.next(outstanding: { _ in 0 }) { names.append(model.id.description) }
        return names
    }

    @Test func aLocalRunNeverCrossesToTheCloud() {
        let failover = Failover(
            [model("a", "m", leaves: false), model("b", "m"), model("c", "n", leaves: false)], isLocalOnly: true)
        #expect(rest(failover) == ["a/m", "c/n"])
    }

    @Test func aPromptThatIsTooLongGoesOnlyToLargerWindows() {
        var failover = Failover([
            model("b", "x", window: 4000), model("c", "y", window: 8000), model("d", "z", window: 8001),
            model("e", "?"),
        ])
        let overflow = ProviderError(.contextOverflow, activity: "", provider: "a", billing: .notBilled)
        failover.exclude(after: overflow, of: model("a", "w", window: 8000))
        #expect(rest(failover) == ["d/z", "e/?"])
    }

    @Test func aRefusedKeyStrikesOutTheProvider() {
        var failover = Failover([model("a", "x"), model("b", "y"), model("a", "z")])
        failover.exclude(
            after: ProviderError(.authentication, activity: "", provider: "a", billing: .notBilled), of: model("a", "w")
        )
        #expect(rest(failover) == ["b/y"])
    }

    @Test func equalEndpointsAreUsedByTheirLoad() {
        var failover = Failover([model("a", "m"), model("b", "m"), model("c", "m"), model("d", "n")])
        let load = ["a": 3, "b": 1, "c": 2, "d": 0]
        let order = (0..<4).compactMap { _ in failover.next { load[$0] ?? 0 }?.id.provider }
        #expect(order == ["b", "c", "a", "d"])
    }
}

@Suite struct HealthMonitorTests {
    private let start = ContinuousClock.now
    private let model = ModelID(provider: "p", name: "m")

    @Test func statusFollowsTheFailuresInARow() {
        var health = HealthMonitor()
        #expect(health.status(of: model, now: start) == .unknown)
        health.noteSuccess(model, latency: .seconds(1), now: start)
        #expect(health.status(of: model, now: start) == .healthy)
        let error = ProviderError(.serverFailed, activity: "", provider: "p", billing: .unknown)
        health.noteFailure(model, error, now: start)
        #expect(health.status(of: model, now: start) == .degraded)
        for _ in 0..<2 { health.noteFailure(model, error, now: start) }
        #expect(health.status(of: model, now: start) == .down)
        #expect(health.dueForCheck(now: start) == ["p"])
        health.noteSuccess(model, latency: .seconds(1), now: start)
        #expect(health.status(of: model, now: start) == .healthy)
    }

    @Test func aUsedUpQuotaRestsTheWholeProviderUntilItsTime() {
        var health = HealthMonitor()
        let quota = ProviderError(
            .quotaExhausted, activity: "", provider: "p", billing: .notBilled, retryAfter: .seconds(100))
        health.noteFailure(model, quota, now: start)
        let other = ModelID(provider: "p", name: "other")
        #expect(health.status(of: other, now: start + .seconds(99)) == .disabled)
        #expect(health.status(of: other, now: start + .seconds(100)) == .unknown)
        health.noteFailure(model, quota, now: start)
        health.enable("p")
        #expect(health.rest(of: "p", now: start) == nil)
    }
}
