import OrchestratorCore

/// What is wrong with an answer, before it is known whose answer it was.
struct AnswerFault: Error, Hashable, Sendable {
    var code: ProviderError.Code
    var billing: Billing
    var detail: String
    var retryAfter: Duration?
    var requestID: String?

    init(
        _ code: ProviderError.Code, billing: Billing = .unknown, _ detail: String, retryAfter: Duration? = nil,
        requestID: String? = nil
    ) {
        self.code = code
        self.billing = billing
        self.detail = detail
        self.retryAfter = retryAfter
        self.requestID = requestID
    }

    static func malformed(_ detail: String, billing: Billing = .unknown, requestID: String? = nil) -> AnswerFault {
        AnswerFault(.malformedAnswer, billing: billing, detail, requestID: requestID)
    }
}

/// The message, the code and the type of an error body, in whatever shape a server sends it.
struct ErrorBody: Hashable, Sendable {
    var message = ""
    /// Codes, types and kinds, lower-case: what the server calls the error.
    var names: Set<String> = []
    var isRetryable: Bool?
    var retryAfter: Duration?

    init?(_ body: JSON) {
        guard let error = body["error"] ?? body["errors"]?[0] else {
            // A flat error object: older vLLM.
            guard body["object"]?.text == "error", let text = body["message"]?.text else { return nil }
            message = text
            names = Self.names(body)
            return
        }
        switch error {
        case .string(let text): message = text
        case .object:
            message = error["message"]?.text ?? error["error"]?.text ?? ""
            names = Self.names(error)
        default: message = "an error without text"
        }
        names.formUnion(Self.names(body))
        if let metadata = error["metadata"] { names.formUnion(Self.names(metadata)) }
        if let availability = error["availability"] {
            names.formUnion(Self.names(availability))
            isRetryable = availability["retryable"]?.bool
            retryAfter = availability["retry_after"]?.int.map { .seconds(min(max(0, $0), 864_000)) }
            let excluded = availability["excluded_by"]?.elements?.compactMap(\.text) ?? []
            if !excluded.isEmpty { message += " (excluded by \(excluded.joined(separator: ", ")))" }
        }
    }

    private static func names(_ object: JSON) -> Set<String> {
        Set(["code", "type", "error_type", "reason"].compactMap { object[$0]?.text?.lowercased() })
    }

    /// The status a body inside HTTP 200 claims for itself.
    static func status(_ body: JSON) -> Int? {
        guard let error = body["error"] else { return nil }
        return [error["code"], error["http_status"], error["status"]].lazy.compactMap { $0?.int }
            .first { (400...599).contains($0) }
    }

    /// Whether the server calls the error one of these, or says so in its message.
    func mentions(_ words: String...) -> Bool {
        let text = message.lowercased()
        return words.contains { names.contains($0) || text.contains($0) }
    }
}
