package import OrchestratorCore

/// Anthropic's messages.
package struct AnthropicProvider: WireProvider {
    let client: WireClient

    package init(_ client: WireClient) { self.client = client }

    /// `/v1` may stand in the base URL or not.
    private var prefix: String { client.endpoint.path.hasSuffix("/v1") ? "" : "/v1" }
    var completionPath: String { "\(prefix)/messages" }

    func headers(_ key: APIKey?) -> [(name: String, value: String)] {
        [("anthropic-version", "2023-06-01")] + (key.map { [("x-api-key", $0.reveal())] } ?? [])
    }

    func body(for request: CompletionRequest) -> JSON {
        let format = request.schema.map {
            JSON.members(["format": .members(["type": .string("json_schema"), "schema": $0.schema])])
        }
        return .members([
            "model": .string(request.model.id.name),
            "max_tokens": .int(request.maxOutputTokens),
            "system": system(request),
            "messages": .array(request.messages.map { ChatShape.message($0.role.rawValue, $0.text) }),
            "temperature": request.model.capabilities.contains(.reasoning)
                ? nil : request.temperature.map(ChatShape.number),
            "stop_sequences": request.stop.isEmpty ? nil : .strings(request.stop),
            "output_config": format,
            "stream": .bool(request.isStreamed),
        ])
    }

    /// The stable prefix, marked for caching only where the price of writing to the cache is known.
    private func system(_ request: CompletionRequest) -> JSON? {
        guard !request.system.isEmpty else { return nil }
        let tiers = request.model.price.schedule?.tiers ?? []
        let isCached =
            request.model.capabilities.contains(.promptCaching) && !tiers.isEmpty
            && tiers.allSatisfy { $0.cacheWrite != nil }
        return .array([
            .members([
                "type": .string("text"), "text": .string(request.system),
                "cache_control": isCached ? .members(["type": .string("ephemeral")]) : nil,
            ])
        ])
    }

    func assembler(for request: CompletionRequest) -> MessageAssembler {
        MessageAssembler(limit: descriptor.limits.answerLimit)
    }

    func draft(of answer: JSON) throws(AnswerFault) -> CompletionDraft {
        var draft = CompletionDraft()
        draft.requestID = answer["id"]?.text
        draft.servedModel = answer["model"]?.text
        draft.usage = MessageShape.usage(answer["usage"])
        try MessageShape.refuseError(answer, draft)
        guard let blocks = answer["content"]?.elements else {
            throw .malformed("the answer has no content", billing: draft.billing, requestID: draft.requestID)
        }
        draft.text = blocks.compactMap { $0["type"]?.text == "text" ? $0["text"]?.text : nil }.joined()
        draft.finish = try MessageShape.finish(answer["stop_reason"]?.text, draft)
        return draft
    }

    package func models() async throws(ProviderError) -> [ModelDescriptor] {
        let listing = try await client.json(call("listing models", .get, "\(prefix)/models?limit=1000"))
        guard let entries = listing["data"]?.elements else { throw noList() }
        return entries.compactMap { entry in
            guard let name = entry["id"]?.text, !name.isEmpty else { return nil }
            var capabilities: Set<ModelDescriptor.Capability> = [.streaming, .promptCaching]
            if isSupported(entry, "structured_outputs") { capabilities.insert(.structuredOutput) }
            if isSupported(entry, "thinking") { capabilities.insert(.reasoning) }
            return ModelDescriptor(
                id: ModelID(provider: descriptor.id, name: name), modelClass: .premium,
                contextTokens: entry["max_input_tokens"]?.int, maxOutputTokens: entry["max_tokens"]?.int,
                capabilities: capabilities, price: .unknown("the provider lists no prices"),
                leavesHost: !client.endpoint.isLoopback)
        }
    }

    private func isSupported(_ entry: JSON, _ capability: String) -> Bool {
        let value = entry["capabilities"]?[capability]
        return value?.bool == true || value?["supported"]?.bool == true
    }

    package func check() async throws(ProviderError) -> ProviderStatus {
        _ = try await client.json(call("checking the key", .get, "\(prefix)/models?limit=1"))
        return ProviderStatus()
    }
}

/// What whole and streamed messages have in common.
enum MessageShape {
    /// The convention here: the input figure leaves cached tokens out.
    static func usage(_ usage: JSON?) -> Usage? {
        guard let usage, let input = usage["input_tokens"]?.int, let output = usage["output_tokens"]?.int else {
            return nil
        }
        return Usage(
            inputUncached: input, cacheRead: usage["cache_read_input_tokens"]?.int ?? 0,
            cacheWrite: usage["cache_creation_input_tokens"]?.int ?? 0, output: output)
    }

    static func refuseError(_ object: JSON, _ draft: CompletionDraft) throws(AnswerFault) {
        guard object["type"]?.text == "error" || object["error"] != nil else { return }
        let body = ErrorBody(object)
        let status =
            switch object["error"]?["type"]?.text {
            case "overloaded_error": 529
            case "rate_limit_error": 429
            case "authentication_error": 401
            case "billing_error": 402
            case "permission_error": 403
            case "not_found_error": 404
            case "invalid_request_error": 400
            case "timeout_error": 504
            default: 500
            }
        var fault = StatusTable.fault(status: status, body: body, retryAfter: nil)
        fault.billing = draft.billing
        fault.requestID = draft.requestID
        throw fault
    }

    static func finish(_ reason: String?, _ draft: CompletionDraft) throws(AnswerFault) -> Completion.Finish? {
        switch reason {
        case nil: return nil
        case "end_turn", "stop_sequence": return .stop
        case "max_tokens", "model_context_window_exceeded", "pause_turn": return .length
        case "tool_use": return .toolCall
        case "refusal": return .refusal
        default:
            throw .malformed(
                "the answer ended for an unknown reason", billing: draft.billing, requestID: draft.requestID)
        }
    }
}

/// Puts a streamed message together.
struct MessageAssembler: AnswerAssembler {
    private(set) var draft = CompletionDraft()
    private(set) var isComplete = false
    private var events: ServerSentEvents
    /// The usage of `message_start`, to which the last figures are added: not the whole charge before the end.
    private var startUsage: JSON?

    init(limit: Int) { events = ServerSentEvents(limit: limit) }

    mutating func feed(_ bytes: [UInt8]) throws(AnswerFault) -> String {
        var text = ""
        do {
            for event in try events.feed(bytes) where !isComplete { text += try read(event) }
        } catch let error as AnswerFault {
            throw error
        } catch {
            throw AnswerFault(.answerTooLarge, "\(error)")
        }
        return text
    }

    mutating func finish() throws(AnswerFault) {
        guard !isComplete else { return }
        if let event = try? events.finish() { _ = try read(event) }
        guard isComplete else { throw .malformed("the stream ended without its terminator") }
    }

    private mutating func read(_ event: ServerSentEvents.Event) throws(AnswerFault) -> String {
        guard !event.data.isEmpty else { return "" }
        let data = try WireClient.parse(event.data)
        switch data["type"]?.text ?? event.name {
        case "message_start":
            draft.requestID = data["message"]?["id"]?.text
            draft.servedModel = data["message"]?["model"]?.text
            startUsage = data["message"]?["usage"]
        case "content_block_delta":
            let text = data["delta"]?["text"]?.text ?? ""
            draft.text += text
            return text
        case "message_delta":
            draft.usage = MessageShape.usage(merged(data["usage"]))
            draft.finish = try MessageShape.finish(data["delta"]?["stop_reason"]?.text, draft)
        case "message_stop": isComplete = true
        case "error": try MessageShape.refuseError(data, draft)
        default: break
        }
        return ""
    }

    /// The last figures are cumulative but need not repeat those of the input.
    private func merged(_ last: JSON?) -> JSON? {
        guard let last = last?.members else { return startUsage }
        let known = Set(last.filter { $0.value != .null }.map(\.key))
        return .object(
            last.filter { $0.value != .null } + (startUsage?.members ?? []).filter { !known.contains($0.key) })
    }
}
