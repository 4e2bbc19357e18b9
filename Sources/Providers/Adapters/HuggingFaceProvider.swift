package import OrchestratorCore

/// The Hugging Face router: the chat shape in front of several providers. Answers carry no charge; a model pinned to
/// one provider (`org/name:provider`) has a known price.
package struct HuggingFaceProvider: WireProvider {
    let client: WireClient

    package init(_ client: WireClient) { self.client = client }

    var completionPath: String { "/chat/completions" }

    func body(for request: CompletionRequest) -> JSON { ChatShape.body(request) }
    func assembler(for request: CompletionRequest) -> ChatAssembler {
        ChatAssembler(limit: descriptor.limits.answerLimit)
    }
    func draft(of answer: JSON) throws(AnswerFault) -> CompletionDraft { try ChatShape.draft(of: answer) }

    func fault(status: Int, body: ErrorBody?, common: AnswerFault) -> AnswerFault {
        guard let body, body.mentions("included credits", "exceeded your monthly") else { return common }
        var fault = common
        fault.code = .quotaExhausted
        return fault
    }

    /// One entry for each provider that serves a model, named with the provider, so that the price is certain.
    package func models() async throws(ProviderError) -> [ModelDescriptor] {
        let listing = try await client.json(call("listing models", .get, "/models"))
        guard let entries = listing["data"]?.elements else { throw noList() }
        return entries.flatMap { entry -> [ModelDescriptor] in
            guard let name = entry["id"]?.text, !name.isEmpty else { return [] }
            return (entry["providers"]?.elements ?? []).compactMap { served(name, $0) }
        }
    }

    private func served(_ name: String, _ entry: JSON) -> ModelDescriptor? {
        guard let server = entry["provider"]?.text, entry["status"]?.text ?? "live" == "live" else { return nil }
        var capabilities: Set<ModelDescriptor.Capability> = [.streaming]
        if entry["supports_structured_output"]?.bool == true { capabilities.insert(.structuredOutput) }
        let isFree = entry["is_free"]?.bool == true
        return ModelDescriptor(
            id: ModelID(provider: descriptor.id, name: "\(name):\(server)"), modelClass: isFree ? .free : .premium,
            contextTokens: entry["context_length"]?.int, capabilities: capabilities, price: price(entry["pricing"]),
            leavesHost: true)
    }

    /// Dollars per million tokens.
    private func price(_ pricing: JSON?) -> ModelPrice {
        guard let input = pricing?["input"]?.numberText, let output = pricing?["output"]?.numberText else {
            return .unknown("the provider lists no price")
        }
        do {
            let tier = PriceSchedule.Tier(
                input: try TokenPrice(dollarsPerMillion: input), output: try TokenPrice(dollarsPerMillion: output))
            return .known(PriceSchedule(tiers: [tier], source: .listedByProvider(descriptor.id)))
        } catch {
            return .unknown("the listed price cannot be used: \(error)")
        }
    }

    package func check() async throws(ProviderError) -> ProviderStatus {
        _ = try await client.json(call("checking the provider", .get, "/models"))
        return ProviderStatus()
    }
}
