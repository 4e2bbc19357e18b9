/// A provider that can be asked.
package protocol Provider: Sendable {
    var descriptor: ProviderDescriptor { get }

    /// Sends one request, once: nothing in here is retried. Cancelling closes the connection; the provider may bill all
    /// the same. `onText` receives each piece of a streamed answer as it comes.
    func complete(
        _ request: CompletionRequest, onText: (@Sendable (String) -> Void)?
    ) async throws(ProviderError) -> Completion

    /// What became of an attempt whose answer was lost; nil where the provider cannot tell, or not yet.
    func outcome(of attempt: AttemptReference) async throws(ProviderError) -> AttemptOutcome?

    /// No request of this kind has more input tokens than this: proven by an exact count and the template's overhead,
    /// or by the serialised body, which has at least a byte per token.
    func inputBound(of request: CompletionRequest) -> Int

    /// The models on offer, with prices where the provider lists them.
    func models() async throws(ProviderError) -> [ModelDescriptor]

    /// Whether the provider answers and accepts the key. Costs nothing.
    func check() async throws(ProviderError) -> ProviderStatus

    /// The limits announced with the last answer for a model; nil where none were.
    func rateHints(for model: String) -> RateHints?

    /// Closes all connections.
    func shutdown() async
}

extension Provider {
    package func complete(_ request: CompletionRequest) async throws(ProviderError) -> Completion {
        try await complete(request, onText: nil)
    }
}

/// What a provider says about itself.
package struct ProviderStatus: Hashable, Sendable {
    /// The server's version, where it tells.
    package let version: String?
    /// What the key may still spend; nil where there is no limit or none is told.
    package let remainingCredit: Money?

    package init(version: String? = nil, remainingCredit: Money? = nil) {
        self.version = version
        self.remainingCredit = remainingCredit
    }
}
