/// Why a request to a provider gave no completion.
package struct ProviderError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        // Nothing or not all was sent, or the server was not ready.
        case connectionFailed = "connection failed"
        case unavailable = "unavailable"
        case throttled = "throttled"
        // Sent, and then?
        case timedOut = "timed out"
        case connectionLost = "connection lost"
        case serverFailed = "server failed"
        case malformedAnswer = "malformed answer"
        case answerTooLarge = "answer too large"
        // It will not help to ask again.
        case quotaExhausted = "quota exhausted"
        case authentication = "authentication failed"
        case permission = "permission denied"
        case badRequest = "request refused"
        case contextOverflow = "prompt too long for the model"
        case modelNotFound = "model not found"
        case contentRefused = "content refused"
        case redirected = "redirected"
        // Decided here, before anything was sent.
        case leavesHost = "not allowed in a local-only run"
        case keyMissing = "key missing"
        case priceUnknown = "price unknown"
        case overBudget = "over budget"
        case circuitOpen = "circuit open"
        case rateLimited = "over the local rate limit"
        case deadlineExceeded = "deadline exceeded"
        case ledgerFailed = "ledger failed"
        case cancelled = "cancelled"
        case misconfigured = "misconfigured"

        /// The model cannot be asked for anything: it is gone, or this key may not use it.
        package var isLasting: Bool { [.modelNotFound, .authentication, .permission, .keyMissing].contains(self) }
    }

    package let code: Code
    /// What was being done, as "asking for a completion".
    package let activity: String
    package let provider: String
    package let model: String?
    /// The HTTP status, where there was one.
    package let status: Int?
    package var billing: Billing
    /// How long the provider asks to wait; nil where it does not say.
    package let retryAfter: Duration?
    /// The provider's own name for the request, where it was told before the failure.
    package let providerRequestID: String?
    /// What the provider said, or what was expected: one short line, never prompt text and never a key.
    package let detail: String

    package init(
        _ code: Code, activity: String, provider: String, model: String? = nil, status: Int? = nil, billing: Billing,
        retryAfter: Duration? = nil, providerRequestID: String? = nil, detail: String = ""
    ) {
        self.code = code
        self.activity = activity
        self.provider = provider
        self.model = model
        self.status = status
        self.billing = billing
        self.retryAfter = retryAfter
        self.providerRequestID = providerRequestID
        self.detail = detail
    }

    package var description: String {
        let place = model.map { "\(provider)/\($0)" } ?? provider
        let answer = status.map { " (HTTP \($0))" } ?? ""
        return "\(activity) at \(place): \(code.rawValue)\(answer)" + (detail.isEmpty ? "" : ": \(detail)")
    }
}

extension ProviderError {
    /// What follows from an error for retries, failover and the breaker.
    package enum Class: String, Sendable {
        case transient, throttled, quota, authentication, request, content, malformed, local
    }

    package var errorClass: Class {
        switch code {
        case .connectionFailed, .unavailable, .timedOut, .connectionLost, .serverFailed: .transient
        case .throttled: .throttled
        case .quotaExhausted: .quota
        case .authentication, .permission, .keyMissing: .authentication
        case .badRequest, .contextOverflow, .modelNotFound, .redirected: .request
        case .contentRefused: .content
        case .malformedAnswer, .answerTooLarge: .malformed
        default: .local
        }
    }

    /// The provider, not the request, is at fault.
    package var countsAgainstBreaker: Bool { errorClass == .transient || errorClass == .malformed }

    /// Another try at the same model may succeed.
    package var isWorthRetrying: Bool {
        [.transient, .throttled, .malformed].contains(errorClass) && code != .answerTooLarge
    }

    package var isLasting: Bool { code.isLasting }

    /// Another model may succeed; over budget, a cheaper one.
    package var isWorthFailingOver: Bool {
        switch code {
        case .cancelled, .deadlineExceeded, .ledgerFailed: false
        default: true
        }
    }
}
