import OrchestratorCore

/// The request and answer shape of OpenAI's chat completions, which most servers speak.
enum ChatShape {
    /// Where servers differ.
    struct Options: Sendable {
        /// OpenAI's own reasoning models refuse the older name.
        var limitKey = "max_tokens"
        var sendsTemperature = true
        var extra: [JSON.Member] = []
    }

    static func messages(_ request: CompletionRequest) -> JSON {
        let system = request.system.isEmpty ? [] : [message("system", request.system)]
        return .array(system + request.messages.map { message($0.role.rawValue, $0.text) })
    }

    static func message(_ role: String, _ text: String) -> JSON {
        .members(["role": .string(role), "content": .string(text)])
    }

    static func body(_ request: CompletionRequest, _ options: Options = Options()) -> JSON {
        let format = request.schema.map { schema in
            JSON.members([
                "type": .string("json_schema"),
                "json_schema": .members([
                    "name": .string(schema.name), "strict": .bool(true), "schema": schema.schema,
                ]),
            ])
        }
        guard
            case .object(let members) = JSON.members([
                "model": .string(request.model.id.name),
                "messages": messages(request),
                options.limitKey: .int(request.maxOutputTokens),
                "temperature": options.sendsTemperature ? request.temperature.map(number) : nil,
                "seed": request.seed.map(JSON.int),
                "stop": request.stop.isEmpty ? nil : .strings(request.stop),
                "response_format": format,
                "stream": .bool(request.isStreamed),
                "stream_options": request.isStreamed ? .members(["include_usage": .bool(true)]) : nil,
            ])
        else { return .null }
        return .object(members + options.extra)
    }

    /// A temperature as JSON; what is not finite is left to the server.
    static func number(_ value: Double) -> JSON {
        guard value.isFinite else { return .null }
        return value == value.rounded() && abs(value) < 1000 ? .int(Int(value)) : .number("\(value)")
    }

    /// Reads an answer in one piece.
    static func draft(of answer: JSON) throws(AnswerFault) -> CompletionDraft {
        var draft = CompletionDraft()
        note(answer, in: &draft)
        try refuseError(in: answer, draft)
        guard let choice = answer["choices"]?[0] else {
            throw .malformed("the answer has no choices", billing: draft.billing, requestID: draft.requestID)
        }
        try refuseError(in: choice, draft)
        draft.text = choice["message"]?["content"]?.text ?? parts(choice["message"]?["content"]) ?? ""
        draft.finish = try finish(choice, draft)
        if let refusal = choice["message"]?["refusal"]?.text, !refusal.isEmpty { draft.finish = .refusal }
        return draft
    }

    /// Content as a list of parts, as some servers send it.
    private static func parts(_ content: JSON?) -> String? {
        content?.elements?.compactMap { $0["text"]?.text }.joined()
    }

    /// What stands beside the choices: model, id, usage, charge.
    static func note(_ answer: JSON, in draft: inout CompletionDraft) {
        draft.requestID = answer["id"]?.text ?? draft.requestID
        draft.servedModel = answer["model"]?.text ?? draft.servedModel
        draft.servedProvider = answer["provider"]?.text ?? draft.servedProvider
        if let usage = answer["usage"], usage.members != nil { draft.usage = Self.usage(usage) }
    }

    /// The convention of this shape: the input figure includes cached tokens, the output figure reasoning.
    static func usage(_ usage: JSON) -> Usage? {
        guard let input = usage["prompt_tokens"]?.int, let output = usage["completion_tokens"]?.int else { return nil }
        let details = usage["prompt_tokens_details"]
        return Usage(
            inputTotal: input, cacheRead: details?["cached_tokens"]?.int ?? 0,
            cacheWrite: details?["cache_write_tokens"]?.int ?? 0, output: output,
            reasoning: max(0, usage["completion_tokens_details"]?["reasoning_tokens"]?.int ?? 0))
    }

    /// An error inside an answer of status 200.
    static func refuseError(in object: JSON, _ draft: CompletionDraft) throws(AnswerFault) {
        guard object["error"] != nil, let body = ErrorBody(object) else { return }
        let status = ErrorBody.status(object) ?? 500
        var fault = StatusTable.fault(status: status, body: body, retryAfter: nil)
        // The model may have been at work before the error, whatever status the body claims.
        fault.billing = draft.billing
        fault.requestID = draft.requestID
        throw fault
    }

    static func finish(_ choice: JSON, _ draft: CompletionDraft) throws(AnswerFault) -> Completion.Finish? {
        switch choice["finish_reason"]?.text {
        case nil: return nil
        case "stop", "eos", "eos_token", "stop_sequence": return .stop
        case "length", "max_tokens": return .length
        case "content_filter": return .contentFilter
        case "refusal": return .refusal
        case "tool_calls", "function_call": return .toolCall
        case "error":
            throw .malformed("the answer ended with an error", billing: draft.billing, requestID: draft.requestID)
        default:
            throw .malformed(
                "the answer ended for an unknown reason", billing: draft.billing, requestID: draft.requestID)
        }
    }
}

/// Puts a streamed chat completion together: events with deltas, a last one with the usage, then `[DONE]`.
struct ChatAssembler: AnswerAssembler {
    private(set) var draft = CompletionDraft()
    private(set) var isComplete = false
    private var events: ServerSentEvents
    /// Reads what only one provider sends beside the choices.
    private let noteExtra: @Sendable (JSON, inout CompletionDraft) -> Void

    init(limit: Int, noteExtra: @escaping @Sendable (JSON, inout CompletionDraft) -> Void = { _, _ in }) {
        events = ServerSentEvents(limit: limit)
        self.noteExtra = noteExtra
    }

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
        if event.data.elementsEqual("[DONE]".utf8) {
            isComplete = true
            return ""
        }
        guard !event.data.isEmpty else { return "" }
        let chunk = try WireClient.parse(event.data)
        ChatShape.note(chunk, in: &draft)
        noteExtra(chunk, &draft)
        try ChatShape.refuseError(in: chunk, draft)
        guard let choice = chunk["choices"]?[0] else { return "" }
        try ChatShape.refuseError(in: choice, draft)
        if let finish = try ChatShape.finish(choice, draft), draft.finish != .refusal { draft.finish = finish }
        if let refusal = choice["delta"]?["refusal"]?.text, !refusal.isEmpty { draft.finish = .refusal }
        let text = choice["delta"]?["content"]?.text ?? ""
        draft.text += text
        return text
    }
}
