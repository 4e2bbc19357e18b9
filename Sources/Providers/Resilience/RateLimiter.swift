package import OrchestratorCore

/// Requests and tokens per minute of one model, first come, first served. A pure value: time comes in with each call.
package struct RateLimiter: Sendable {
    package enum Answer: Hashable, Sendable {
        case granted
        /// Ask again after that.
        case wait(Duration)
        /// More tokens at once than a whole minute has.
        case impossible(limit: Int)
    }

    private var requests: TokenBucket?
    private var tokens: TokenBucket?
    private let configuredRequests: Int?
    private let configuredTokens: Int?
    private var queue: [(ticket: Int, amount: Int)] = []
    private var closedUntil: ContinuousClock.Instant?

    package init(requestsPerMinute: Int?, tokensPerMinute: Int?, now: ContinuousClock.Instant) {
        configuredRequests = requestsPerMinute
        configuredTokens = tokensPerMinute
        requests = requestsPerMinute.map { TokenBucket(perMinute: $0, now: now) }
        tokens = tokensPerMinute.map { TokenBucket(perMinute: $0, now: now) }
    }

    /// Asks for one request of so many tokens. A ticket keeps its place in the queue until it is granted or leaves.
    package mutating func ask(ticket: Int, tokens amount: Int, now: ContinuousClock.Instant) -> Answer {
        if let capacity = tokens?.capacity, Double(amount) > capacity {
            leave(ticket)
            return .impossible(limit: Int(capacity))
        }
        if !queue.contains(where: { $0.ticket == ticket }) { queue.append((ticket, amount)) }
        let isFirst = queue[0].ticket == ticket
        // Whoever is not first waits at least as long as the first does.
        let wait = wait(for: queue[0].amount, now)
        guard isFirst, wait == .zero else { return .wait(isFirst ? wait : max(wait, .milliseconds(20))) }
        requests?.take(1, now: now)
        tokens?.take(Double(amount), now: now)
        queue.removeFirst()
        return .granted
    }

    private mutating func wait(for amount: Int, _ now: ContinuousClock.Instant) -> Duration {
        let closed = closedUntil.map { max(.zero, $0 - now) } ?? .zero
        return max(
            closed, requests?.wait(for: 1, now: now) ?? .zero, tokens?.wait(for: Double(amount), now: now) ?? .zero)
    }

    /// Gives up a place in the queue.
    package mutating func leave(_ ticket: Int) { queue.removeAll { $0.ticket == ticket } }

    /// Books the difference between what was asked for and what was used.
    package mutating func settle(asked: Int, used: Int, now: ContinuousClock.Instant) {
        tokens?.take(Double(used - asked), now: now)
    }

    /// Lets nobody through before a time. A later call never shortens an earlier one.
    package mutating func close(until end: ContinuousClock.Instant) { closedUntil = max(closedUntil ?? end, end) }

    /// Takes on what a provider announced. What is configured is never exceeded.
    package mutating func learn(_ hints: RateHints, now: ContinuousClock.Instant) {
        Self.learn(hints.requests, &requests, configured: configuredRequests, now)
        Self.learn(hints.tokens, &tokens, configured: configuredTokens, now)
        for window in [hints.requests, hints.tokens] {
            if window?.remaining == 0, let reset = window?.reset { close(until: now + min(reset, .seconds(60))) }
        }
    }

    private static func learn(
        _ window: RateHints.Window?, _ bucket: inout TokenBucket?, configured: Int?, _ now: ContinuousClock.Instant
    ) {
        guard let window else { return }
        if let limit = window.limit {
            let most = min(limit, configured ?? limit)
            if bucket == nil { bucket = TokenBucket(perMinute: most, now: now) }
            if bucket?.capacity != Double(most) { bucket?.resize(perMinute: most, now: now) }
        }
        if let remaining = window.remaining { bucket?.cap(at: remaining, now: now) }
    }
}
