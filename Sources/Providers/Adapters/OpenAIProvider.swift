package import OrchestratorCore

/// Any server that speaks OpenAI's chat completions: OpenAI itself, llama.cpp, vLLM, LM Studio.
package struct OpenAIProvider: WireProvider {
    let client: WireClient

    package init(_ client: WireClient) { self.client = client }

    var completionPath: String { "/chat/completions" }

    /// OpenAI's own service, which differs from the servers that imitate it.
    private var isOpenAI: Bool { client.endpoint.host == "api.openai.com" }

    func body(for request: CompletionRequest) -> JSON {
        var options = ChatShape.Options()
        if isOpenAI {
            options.limitKey = "max_completion_tokens"
            options.sendsTemperature = !request.model.capabilities.contains(.reasoning)
        }
        return ChatShape.body(request, options)
    }

    func assembler(for request: CompletionRequest) -> ChatAssembler {
        ChatAssembler(limit: descriptor.limits.answerLimit)
    }
    func draft(of answer: JSON) throws(AnswerFault) -> CompletionDraft { try ChatShape.draft(of: answer) }

    package func models() async throws(ProviderError) -> [ModelDescriptor] {
        let listing = try await client.json(call("listing models", .get, "/models"))
        guard let entries = listing["data"]?.elements else { throw noList() }
        let window = entries.count == 1 ? await slotWindow() : nil
        return entries.compactMap { entry in
            guard let name = entry["id"]?.text, !name.isEmpty else { return nil }
            let isLocal = descriptor.kind == .local
            return ModelDescriptor(
                id: ModelID(provider: descriptor.id, name: name),
                modelClass: isLocal ? .local : .init(hostedName: name),
                contextTokens: window ?? entry["max_model_len"]?.int ?? entry["meta"]?["n_ctx_train"]?.int,
                capabilities: [.streaming, .structuredOutput, .seed],
                price: isLocal ? .free : .unknown("the server lists no prices"),
                leavesHost: !client.endpoint.isLoopback)
        }
    }

    /// The window llama.cpp gives one request, which is smaller than the model's own. Nil for other servers.
    private func slotWindow() async -> Int? {
        guard client.endpoint.isLoopback, client.endpoint.path.hasSuffix("/v1") else { return nil }
        // The properties lie beside `/v1`, not below it.
        guard let root = Endpoint(client.endpoint.url("").dropping(suffix: "/v1")) else { return nil }
        let request = HTTPRequest(.get, root.url("/props"))
        let bytes = try? await client.transport.exchange(request) { answer in
            answer.status == 200 ? try await answer.body.collect() : []
        }
        return bytes.flatMap { try? JSONParser.parse($0) }?["default_generation_settings"]?["n_ctx"]?.int
    }

    package func check() async throws(ProviderError) -> ProviderStatus {
        _ = try await client.json(call("checking the provider", .get, "/models"))
        return ProviderStatus()
    }
}

extension WireProvider {
    func noList() -> ProviderError {
        ProviderError(
            .malformedAnswer, activity: "listing models", provider: descriptor.id, status: 200, billing: .notBilled,
            detail: "expected a list of models")
    }
}

extension String {
    fileprivate func dropping(suffix: String) -> String { hasSuffix(suffix) ? String(dropLast(suffix.count)) : self }
}
