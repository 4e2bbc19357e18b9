package import OrchestratorCore

/// Who may send when: the breakers, limits and health of all models together. A pure value: time comes in with each
/// call and what is to be done goes out.
package struct Traffic: Sendable {
    package enum Entry: Sendable {
        case enter(CircuitBreaker.Permit)
        /// Ask again after that.
        case wait(Duration)
        /// Not now; again at a time, where one is known.
        case refused(ProviderError.Code, String, until: ContinuousClock.Instant?)
    }

    private let limits: [String: ProviderLimits]
    private let breakerSettings: CircuitBreaker.Settings
    private var breakers: [ModelID: CircuitBreaker] = [:]
    private var limiters: [ModelID: RateLimiter] = [:]
    private var outstanding: [String: Int] = [:]
    package private(set) var health = HealthMonitor()

    package init(limits: [String: ProviderLimits], breaker: CircuitBreaker.Settings = CircuitBreaker.Settings()) {
        self.limits = limits
        breakerSettings = breaker
    }

    /// Requests under way at a provider.
    package func outstanding(at provider: String) -> Int { outstanding[provider, default: 0] }

    package func breakerState(of model: ModelID) -> CircuitBreaker.State { breakers[model]?.state ?? .closed }

    /// Asks to send one request of so many tokens. After `enter`, `finish` must follow; after `wait`, the same ticket
    /// again or `leave`.
    package mutating func ask(
        _ model: ModelID, ticket: Int, tokens: Int, now: ContinuousClock.Instant
    ) -> Entry {
        if let rest = health.rest(of: model.provider, now: now) {
            leave(model, ticket: ticket)
            // Not worth waiting for: nothing but a new key or new credit brings the provider back early.
            return .refused(rest.why, "the provider rests after an earlier error of this kind", until: nil)
        }
        let own = limits[model.provider]
        var limiter =
            limiters[model]
            ?? RateLimiter(requestsPerMinute: own?.requestsPerMinute, tokensPerMinute: own?.tokensPerMinute, now: now)
        defer { limiters[model] = limiter }
        switch limiter.ask(ticket: ticket, tokens: tokens, now: now) {
        case .wait(let wait): return .wait(wait)
        case .impossible(let limit):
            return .refused(.rateLimited, "the request needs \(tokens) tokens, a minute has \(limit)", until: nil)
        case .granted: break
        }
        switch breakers[model, default: CircuitBreaker(breakerSettings, now: now)].admit(now: now) {
        case .permitted(let permit):
            outstanding[model.provider, default: 0] += 1
            return .enter(permit)
        case .refused(let until):
            limiter.settle(asked: tokens, used: 0, now: now)
            return .refused(.circuitOpen, "too many calls failed", until: until)
        }
    }

    /// Gives up waiting.
    package mutating func leave(_ model: ModelID, ticket: Int) { limiters[model]?.leave(ticket) }

    /// Books what became of a request that entered.
    package mutating func finish(
        _ model: ModelID, _ permit: CircuitBreaker.Permit, tokens: Int, _ result: Result<Completion, ProviderError>,
        hints: RateHints?, now: ContinuousClock.Instant
    ) {
        outstanding[model.provider, default: 1] -= 1
        if let hints { limiters[model]?.learn(hints, now: now) }
        switch result {
        case .success(let completion):
            breakers[model]?.record(permit, .success, now: now)
            health.noteSuccess(model, latency: now - permit.startedAt, now: now)
            if let usage = completion.usage {
                limiters[model]?.settle(asked: tokens, used: usage.input + usage.output, now: now)
            }
        case .failure(let error):
            breakers[model]?.record(permit, error.countsAgainstBreaker ? .failure : .ignored, now: now)
            health.noteFailure(model, error, now: now)
            if error.code == .throttled || error.code == .unavailable, let wait = error.retryAfter {
                limiters[model]?.close(until: now + wait)
            }
        }
    }

    /// A check of a provider succeeded.
    package mutating func enable(_ provider: String) { health.enable(provider) }
}
