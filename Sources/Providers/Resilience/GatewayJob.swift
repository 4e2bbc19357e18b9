package import OrchestratorCore

/// One piece of work to be completed by one of several models.
package struct GatewayJob: Sendable {
    /// The piece of work, in the caller's terms.
    package var work: String
    package var purpose: AttemptPlan.Purpose
    /// The question. Its model is replaced by each candidate in turn.
    package var request: CompletionRequest
    /// In order of preference.
    package var candidates: [ModelDescriptor]
    /// For everything together: waits, retries, failover.
    package var timeLimit: Duration

    package init(
        work: String, purpose: AttemptPlan.Purpose = .first, request: CompletionRequest, candidates: [ModelDescriptor],
        timeLimit: Duration = .seconds(900)
    ) {
        self.work = work
        self.purpose = purpose
        self.request = request
        self.candidates = candidates
        self.timeLimit = timeLimit
    }

    /// The question as it is put to a model.
    func request(for model: ModelDescriptor) -> CompletionRequest {
        var request = request
        // An exact count holds for one tokenizer only.
        if request.model.id != model.id { request.exactInputTokens = nil }
        request.model = model
        request.maxOutputTokens = min(request.maxOutputTokens, model.maxOutputTokens ?? request.maxOutputTokens)
        request.isStreamed = request.isStreamed && model.capabilities.contains(.streaming)
        return request
    }
}

/// What became of a job, with every attempt on the way.
package struct GatewayResult: Sendable {
    package let completion: Completion
    package let model: ModelDescriptor
    /// The attempt that succeeded.
    package let attempt: AttemptID
    package let settlement: Settlement
    /// The failures before it, in order.
    package let failures: [ProviderError]
}

/// Why a job gave no completion, with every failure on the way.
package struct GatewayError: Error, Sendable, CustomStringConvertible {
    /// The failure that ended the job.
    package let last: ProviderError
    package let failures: [ProviderError]
    /// Set where a budget was the reason.
    package let limit: LedgerError.Limit?
    /// Money is held for an attempt of unknown fate: without consent the work must not be sent again.
    package let isHeld: Bool

    package var description: String { last.description }
}

/// How a gateway behaves.
package struct GatewaySettings: Sendable {
    package var retry = RetryPolicy()
    package var breaker = CircuitBreaker.Settings()
    package var isLocalOnly = false
    /// Whether work whose last attempt may have been charged is sent again: the user's consent to pay twice.
    package var retriesUncertain = false

    package init() {}
}
