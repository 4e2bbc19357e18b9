package import OrchestratorCore

/// Decides whether and when a failed request is sent again. Only what certainly was not charged ever is, but for models
/// that charge nothing.
package struct RetryPolicy: Hashable, Sendable {
    /// Sends of one request to one model, the first included.
    package var sends = 4
    package var base = Duration.milliseconds(500)
    package var cap = Duration.seconds(30)
    /// Asked to wait longer than this, another model is tried instead.
    package var patience = Duration.seconds(120)

    package init() {}

    package enum Decision: Hashable, Sendable {
        case retry(after: Duration)
        case giveUp(Reason)
    }

    package enum Reason: String, Hashable, Sendable {
        case mayBeCharged = "it may have been charged"
        case pointless = "another try would end the same way"
        case exhausted = "it was tried often enough"
        case waitTooLong = "the wait asked for is too long"
        case deadline = "the deadline comes first"
    }

    /// `sent` counts the sends so far, at least 1. `left` is the time to the deadline.
    package func decide(
        _ error: ProviderError, sent: Int, isFree: Bool, left: Duration,
        using generator: inout some RandomNumberGenerator
    ) -> Decision {
        guard error.isWorthRetrying else { return .giveUp(.pointless) }
        guard isFree || error.billing == .notBilled else { return .giveUp(.mayBeCharged) }
        // A malformed answer once more; that a second one differs is unlikely.
        guard sent < (error.errorClass == .malformed ? min(2, sends) : sends) else { return .giveUp(.exhausted) }
        if let asked = error.retryAfter, asked > patience { return .giveUp(.waitTooLong) }
        let wait = (error.retryAfter ?? .zero) + jitter(sent: sent, using: &generator)
        return wait < left ? .retry(after: wait) : .giveUp(.deadline)
    }

    /// Full jitter: anything from nothing to the exponential bound. A wait the server asked for comes before it.
    private func jitter(sent: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        let bound = min(cap, base * (1 << min(20, max(0, sent - 1))))
        return bound * Double.random(in: 0...1, using: &generator)
    }
}

/// Bounds retries to a share of all requests, so that an outage is not made worse by those it hits.
package struct RetryBudget: Hashable, Sendable {
    private var balance: Int
    /// In hundredths of a retry.
    private let earned: Int
    private let most: Int

    /// Each request earns `percent` hundredths of a retry; up to `reserve` retries are kept.
    package init(percent: Int = 20, reserve: Int = 20) {
        earned = percent
        most = reserve * 100
        balance = reserve * 100
    }

    package mutating func noteRequest() { balance = min(most, balance + earned) }

    /// Takes one retry; false where none is left.
    package mutating func takeRetry() -> Bool {
        guard balance >= 100 else { return false }
        balance -= 100
        return true
    }
}
