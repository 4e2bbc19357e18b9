package import OrchestratorCore

/// Ollama's own protocol: the only one of its two that lets a request set the window.
package struct OllamaProvider: WireProvider {
    let client: WireClient

    package init(_ client: WireClient) { self.client = client }

    var completionPath: String { "/api/chat" }

    func body(for request: CompletionRequest) -> JSON {
        .members([
            "model": .string(request.model.id.name),
            "messages": ChatShape.messages(request),
            "format": request.schema?.schema,
            "options": .members([
                "num_ctx": .int(window(for: request)), "num_predict": .int(request.maxOutputTokens),
                "temperature": request.temperature.map(ChatShape.number), "seed": request.seed.map(JSON.int),
                "stop": request.stop.isEmpty ? nil : .strings(request.stop),
            ]),
            "keep_alive": .string("10m"),
            // Without these the server drops the start of a prompt that is too long and says nothing.
            "truncate": .bool(false), "shift": .bool(false),
            "stream": .bool(request.isStreamed),
        ])
    }

    /// The window to ask for: what the request may need, rounded up to one of a few sizes, since each size loads the
    /// model anew, and no more than the model has.
    func window(for request: CompletionRequest) -> Int {
        let texts = request.system.utf8.count + request.messages.reduce(0) { $0 + $1.text.utf8.count }
        let expected = request.expectedInputTokens.map { min($0 + $0 / 4, texts) }
        let needed =
            (request.exactInputTokens ?? expected ?? texts) + CompletionRequest.templateOverhead
            + request.maxOutputTokens
        var size = 4096
        while size < needed, size < 1 << 20 { size *= 2 }
        return request.model.contextTokens.map { min(size, $0) } ?? size
    }

    func assembler(for request: CompletionRequest) -> OllamaAssembler {
        OllamaAssembler(limit: descriptor.limits.answerLimit)
    }

    func draft(of answer: JSON) throws(AnswerFault) -> CompletionDraft {
        var assembler = OllamaAssembler(limit: descriptor.limits.answerLimit)
        _ = try assembler.read(answer)
        guard assembler.isComplete else { throw .malformed("the answer is not marked as done") }
        return assembler.draft
    }

    /// A model that the daemon passes on to another host is refused in a local-only run, however local its address.
    func admit(_ request: CompletionRequest) async throws(ProviderError) {
        guard client.isLocalOnly else { return }
        let details = try await show(request.model.id.name)
        if let host = details.remoteHost {
            throw refuse(
                .leavesHost, request,
                "the daemon passes this model on to \(SafeText.line(host, key: nil, request: nil))")
        }
    }

    func fault(status: Int, body: ErrorBody?, common: AnswerFault) -> AnswerFault {
        guard status == 401, body != nil else { return common }
        var fault = common
        fault.detail = "the daemon is not signed in to the service that runs this model"
        return fault
    }

    /// A count far below what was expected, or exactly at a limit of the server, means that it cut the prompt.
    func isInputTruncated(_ draft: CompletionDraft, _ request: CompletionRequest) -> Bool {
        guard let count = draft.usage?.input else { return false }
        let window = window(for: request)
        if count >= window - 1 { return true }
        guard let expected = request.exactInputTokens ?? request.expectedInputTokens else { return false }
        // After a shift about half the window is left.
        let isHalf = abs(count - (window / 2 + 2)) <= 16 && count * 6 < expected * 5
        return count * 10 < expected * 6 || isHalf
    }

    package func models() async throws(ProviderError) -> [ModelDescriptor] {
        let listing = try await client.json(call("listing models", .get, "/api/tags"))
        guard let entries = listing["models"]?.elements else { throw noList() }
        return entries.compactMap { entry in
            guard let name = entry["model"]?.text ?? entry["name"]?.text, !name.isEmpty else { return nil }
            let isRemote = OllamaModel.isRemote(entry, name)
            let all = Set(entry["capabilities"]?.elements?.compactMap(\.text) ?? [])
            var capabilities: Set<ModelDescriptor.Capability> = [.streaming, .seed]
            // The hosted models do not enforce a schema.
            if !isRemote { capabilities.insert(.structuredOutput) }
            if all.contains("thinking") { capabilities.insert(.reasoning) }
            return ModelDescriptor(
                id: ModelID(provider: descriptor.id, name: name), modelClass: isRemote ? .premium : .local,
                contextTokens: entry["details"]?["context_length"]?.int, capabilities: capabilities,
                price: .free, leavesHost: isRemote || !client.endpoint.isLoopback)
        }
    }

    package func check() async throws(ProviderError) -> ProviderStatus {
        ProviderStatus(version: try await version())
    }
}

/// Puts a streamed answer together: one object a line, the last one done.
struct OllamaAssembler: AnswerAssembler {
    private(set) var draft = CompletionDraft()
    private(set) var isComplete = false
    private var lines: NDJSON

    init(limit: Int) { lines = NDJSON(limit: limit) }

    mutating func feed(_ bytes: [UInt8]) throws(AnswerFault) -> String {
        var text = ""
        do {
            for line in try lines.feed(bytes) where !isComplete { text += try read(try WireClient.parse(line)) }
        } catch let error as AnswerFault {
            throw error
        } catch {
            throw AnswerFault(.answerTooLarge, "\(error)")
        }
        return text
    }

    mutating func finish() throws(AnswerFault) {
        guard !isComplete else { return }
        if let line = lines.finish() { _ = try read(try WireClient.parse(line)) }
        guard isComplete else { throw .malformed("the stream ended without its terminator") }
    }

    mutating func read(_ object: JSON) throws(AnswerFault) -> String {
        draft.servedModel = object["model"]?.text ?? draft.servedModel
        if let host = object["remote_host"]?.text { draft.servedProvider = host }
        try ChatShape.refuseError(in: object, draft)
        let text = object["message"]?["content"]?.text ?? object["response"]?.text ?? ""
        draft.text += text
        if object["done"]?.bool == true {
            isComplete = true
            // Counts of zero are left out.
            if let output = object["eval_count"]?.int ?? (draft.text.isEmpty ? 0 : nil),
                let input = object["prompt_eval_count"]?.int
            {
                draft.usage = Usage(
                    inputTotal: input, cacheRead: max(0, object["prompt_eval_cached_count"]?.int ?? 0), output: output)
            }
            switch object["done_reason"]?.text {
            case nil, "stop": draft.finish = .stop
            case "length": draft.finish = .length
            default: throw .malformed("the model was loaded or unloaded and did not answer", billing: draft.billing)
            }
        }
        return text
    }
}
