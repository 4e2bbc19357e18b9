package import OrchestratorCore

/// A server of a protocol that is described by data. Not streamed, no list of models, no look-up.
package struct CustomProvider: WireProvider {
    let client: WireClient
    private let template: ProtocolTemplate

    /// Throws `misconfigured` where the descriptor has no template.
    package init(_ client: WireClient) throws(ProviderError) {
        guard let template = client.descriptor.template else {
            throw ProviderError(
                .misconfigured, activity: "reading the protocol", provider: client.descriptor.id, billing: .notBilled,
                detail: "the custom protocol needs a template")
        }
        self.client = client
        self.template = template
    }

    var completionPath: String { template.path }

    func headers(_ key: APIKey?) -> [(name: String, value: String)] {
        template.headers.map { ($0.name, $0.value.replacing("{{key}}", with: key?.reveal() ?? "")) }
    }

    func body(for request: CompletionRequest) -> JSON { TemplateFill(request).fill(template.body) ?? .null }

    /// Streaming is never asked for; a server that streams all the same is read as one that answers nonsense.
    func assembler(for request: CompletionRequest) -> ChatAssembler {
        ChatAssembler(limit: descriptor.limits.answerLimit)
    }

    func admit(_ request: CompletionRequest) async throws(ProviderError) {
        if request.isStreamed { throw refuse(.misconfigured, request, "the custom protocol cannot stream") }
    }

    func draft(of answer: JSON) throws(AnswerFault) -> CompletionDraft {
        let paths = template.answer
        var draft = CompletionDraft()
        draft.servedModel = paths.model.flatMap { answer.at($0)?.text }
        if let input = paths.inputTokens.flatMap({ answer.at($0)?.int }),
            let output = paths.outputTokens.flatMap({ answer.at($0)?.int })
        {
            draft.usage = Usage(
                inputTotal: input, cacheRead: max(0, paths.cachedTokens.flatMap { answer.at($0)?.int } ?? 0),
                output: output)
        }
        if let error = paths.error.flatMap({ answer.at($0) }) {
            throw AnswerFault(.serverFailed, billing: draft.billing, error.text ?? "the answer holds an error")
        }
        guard let text = answer.at(paths.text)?.text else {
            throw .malformed("the answer has no text at \(paths.text)", billing: draft.billing)
        }
        draft.text = text
        let reason = paths.finish.flatMap { answer.at($0)?.text }
        draft.finish = reason.map { paths.lengthValues.contains($0) } == true ? .length : .stop
        return draft
    }

    package func models() async throws(ProviderError) -> [ModelDescriptor] { [] }

    /// No path is known that would answer for nothing: only a connection can be tried, and is, by asking for the base.
    package func check() async throws(ProviderError) -> ProviderStatus {
        do {
            try await client.send(call("checking the provider", .get, "/")) { _ in }
        } catch {
            // Any answer shows that the server is there; only the key's refusal matters beyond that.
            if error.status == nil || error.code == .authentication { throw error }
        }
        return ProviderStatus()
    }
}

/// Replaces the placeholders of a template by the values of a request. Values stay values: none is read as JSON.
struct TemplateFill {
    private let values: [String: JSON]

    init(_ request: CompletionRequest) {
        var values: [String: JSON] = [
            "model": .string(request.model.id.name), "system": .string(request.system),
            "prompt": .string(request.messages.map(\.text).joined(separator: "\n\n")),
            "messages": ChatShape.messages(request), "max_tokens": .int(request.maxOutputTokens),
        ]
        values["temperature"] = request.temperature.map(ChatShape.number)
        values["seed"] = request.seed.map(JSON.int)
        values["stop"] = request.stop.isEmpty ? nil : .strings(request.stop)
        values["schema"] = request.schema?.schema
        self.values = values
    }

    /// Nil for a placeholder without a value.
    func fill(_ template: JSON) -> JSON? {
        switch template {
        case .string(let text): return fill(text)
        case .array(let elements): return .array(elements.compactMap(fill))
        case .object(let members):
            return .object(members.compactMap { member in fill(member.value).map { JSON.Member(member.key, $0) } })
        default: return template
        }
    }

    private func fill(_ text: String) -> JSON? {
        let pieces = Self.pieces(text)
        if pieces.count == 1, case .placeholder(let name) = pieces[0] { return values[name] }
        // Text put in is not searched for placeholders again: a prompt may hold any.
        return .string(
            pieces.map { piece in
                switch piece {
                case .text(let text): text
                case .placeholder(let name): values[name]?.numberText ?? ""
                }
            }.joined())
    }

    enum Piece: Hashable {
        case text(String)
        case placeholder(String)
    }

    /// A text cut at its placeholders; braces around anything else are text.
    static func pieces(_ text: String) -> [Piece] {
        var pieces: [Piece] = []
        var plain = ""
        var rest = text[...]
        while !rest.isEmpty {
            if rest.hasPrefix("{{"),
                let name = ProtocolTemplate.placeholders.first(where: { rest.hasPrefix("{{\($0)}}") })
            {
                if !plain.isEmpty { pieces.append(.text(plain)) }
                plain = ""
                pieces.append(.placeholder(name))
                rest.removeFirst(name.count + 4)
            } else {
                plain.append(rest.removeFirst())
            }
        }
        if !plain.isEmpty { pieces.append(.text(plain)) }
        return pieces
    }
}

extension JSON {
    /// The value at a dotted path; a whole number names an element of an array.
    func at(_ path: String) -> JSON? {
        var value: JSON? = self
        for step in path.split(separator: ".") {
            value = Int(step).flatMap { value?[$0] } ?? value?[String(step)]
        }
        return value
    }
}
