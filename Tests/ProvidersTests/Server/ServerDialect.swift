import OrchestratorCore
import Providers
import Testing

/// How a server of each protocol writes its answers.
struct ServerDialect: Sendable, CustomTestStringConvertible {
    let wire: ProviderDescriptor.WireProtocol

    static let all = ProviderDescriptor.WireProtocol.allCases.map(ServerDialect.init)
    var canStream: Bool { wire != .custom }
    var testDescription: String { wire.rawValue }
    var streamType: String { wire == .ollama ? "application/x-ndjson" : "text/event-stream" }

    /// What an answer says.
    struct Content: Sendable {
        var text = "{\"findings\":[]}"
        var input = 40
        var output = 7
        var finish = Completion.Finish.stop
        var model = "served-model"
    }

    private var isChat: Bool { wire == .openai || wire == .openrouter || wire == .huggingface }

    func whole(_ content: Content = Content()) -> String {
        let json: JSON =
            switch wire {
            case .ollama:
                .members([
                    "model": .string(content.model),
                    "message": .members(["role": .string("assistant"), "content": .string(content.text)]),
                    "done": .bool(true), "done_reason": .string(content.finish == .length ? "length" : "stop"),
                    "prompt_eval_count": .int(content.input), "eval_count": .int(content.output),
                ])
            case .anthropic:
                .members([
                    "id": .string("msg_1"), "type": .string("message"), "model": .string(content.model),
                    "content": .array([.members(["type": .string("text"), "text": .string(content.text)])]),
                    "stop_reason": .string(content.finish == .length ? "max_tokens" : "end_turn"),
                    "usage": .members(["input_tokens": .int(content.input), "output_tokens": .int(content.output)]),
                ])
            case .custom:
                .members([
                    "out": .members(["text": .string(content.text)]),
                    "why": .string(content.finish == .length ? "length" : "stop"),
                    "count": .array([.int(content.input), .int(content.output)]), "name": .string(content.model),
                ])
            default:
                .members([
                    "id": .string("gen-1"), "model": .string(content.model),
                    "choices": .array([
                        .members([
                            "index": .int(0), "finish_reason": .string(content.finish.rawValue),
                            "message": .members(["role": .string("assistant"), "content": .string(content.text)]),
                        ])
                    ]),
                    "usage": usage(content),
                ])
            }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private func usage(_ content: Content) -> JSON {
        .members(["prompt_tokens": .int(content.input), "completion_tokens": .int(content.output)])
    }

    /// The pieces of a streamed answer. The last `terminators` of them end it.
    func pieces(_ content: Content = Content()) -> [String] {
        let middle = content.text.index(content.text.startIndex, offsetBy: content.text.count / 2)
        return [String(content.text[..<middle]), String(content.text[middle...])].map { delta($0, content) }
            + ending(content)
    }

    var terminators: Int { isChat ? 1 : 1 }

    private func event(_ json: JSON, _ name: String? = nil) -> String {
        (name.map { "event: \($0)\n" } ?? "") + "data: \(String(decoding: json.bytes, as: UTF8.self))\n\n"
    }

    private func delta(_ text: String, _ content: Content) -> String {
        switch wire {
        case .ollama:
            let line = JSON.members([
                "model": .string(content.model), "message": .members(["content": .string(text)]), "done": .bool(false),
            ])
            return String(decoding: line.bytes, as: UTF8.self) + "\n"
        case .anthropic:
            return event(
                .members([
                    "type": .string("content_block_delta"), "index": .int(0),
                    "delta": .members(["type": .string("text_delta"), "text": .string(text)]),
                ]), "content_block_delta")
        default:
            return ": PROCESSING\n\n"
                + event(
                    .members([
                        "id": .string("gen-1"), "model": .string(content.model),
                        "choices": .array([.members(["index": .int(0), "delta": .members(["content": .string(text)])])]
                        ),
                    ]))
        }
    }

    private func ending(_ content: Content) -> [String] {
        switch wire {
        case .ollama:
            let line = JSON.members([
                "model": .string(content.model), "message": .members(["content": .string("")]), "done": .bool(true),
                "done_reason": .string(content.finish == .length ? "length" : "stop"),
                "prompt_eval_count": .int(content.input), "eval_count": .int(content.output),
            ])
            return [String(decoding: line.bytes, as: UTF8.self) + "\n"]
        case .anthropic:
            let start = JSON.members([
                "type": .string("message_delta"),
                "delta": .members(["stop_reason": .string(content.finish == .length ? "max_tokens" : "end_turn")]),
                "usage": .members(["input_tokens": .int(content.input), "output_tokens": .int(content.output)]),
            ])
            return [event(start, "message_delta"), event(.members(["type": .string("message_stop")]), "message_stop")]
        default:
            let last = JSON.members([
                "choices": .array([
                    .members([
                        "index": .int(0), "delta": .object([]), "finish_reason": .string(content.finish.rawValue),
                    ])
                ])
            ])
            let usage = JSON.members(["choices": .array([]), "usage": usage(content)])
            return [event(last), event(usage), "data: [DONE]\n\n"]
        }
    }

    func error(_ message: String, code: JSON? = nil, type: String? = nil) -> String {
        let json: JSON =
            switch wire {
            case .ollama, .custom: .members(["error": .string(message)])
            case .anthropic:
                .members([
                    "type": .string("error"),
                    "error": .members(["type": .string(type ?? "api_error"), "message": .string(message)]),
                ])
            default:
                .members([
                    "error": .members(["message": .string(message), "code": code, "type": type.map(JSON.string)])
                ])
            }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// A provider of this protocol at an address.
    func descriptor(_ base: String, id: String = "test", limits: ProviderLimits = .quick, key: String? = nil)
        -> ProviderDescriptor
    {
        var template: ProtocolTemplate?
        if wire == .custom {
            var paths = ProtocolTemplate.AnswerPaths(text: "out.text")
            paths.finish = "why"
            paths.inputTokens = "count.0"
            paths.outputTokens = "count.1"
            paths.model = "name"
            paths.error = "error"
            template = ProtocolTemplate(
                path: "/ask?x=1", headers: [.init(name: "x-key", value: "Key {{key}}")],
                body: .members([
                    "m": .string("{{model}}"), "q": .string("{{system}}\n{{prompt}}"), "n": .string("{{max_tokens}}"),
                    "s": .string("{{schema}}"), "t": .string("{{temperature}}"),
                ]), answer: paths)
        }
        return ProviderDescriptor(
            id: id, kind: wire == .ollama ? .hybrid : .local, wire: wire, baseURL: base,
            key: key.flatMap(KeyReference.init),
            limits: limits, template: template)
    }
}

extension ProviderLimits {
    /// Short times, so that a server that misbehaves does not hold the tests up.
    static var quick: ProviderLimits {
        var limits = ProviderLimits()
        limits.connectTimeout = 2000
        limits.firstByteTimeout = 5000
        limits.idleTimeout = 5000
        limits.totalTimeout = 20_000
        limits.answerLimit = 1 << 20
        return limits
    }
}

/// Keys by name.
struct FixedKeys: KeyResolving {
    var keys: [String: String] = [:]

    func key(_ reference: KeyReference) async -> APIKey? { keys[reference.name].map(APIKey.init) }
}
