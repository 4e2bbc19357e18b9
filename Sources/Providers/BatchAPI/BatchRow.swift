import OrchestratorCore

/// A line of OpenAI's batch files, which offline engines take as well: one request, or what became of it.
enum BatchRow {
    static let path = "/v1/chat/completions"

    /// A line with its end.
    static func line(id: String, body: JSON) -> [UInt8] {
        JSON.members([
            "custom_id": .string(id), "method": .string("POST"), "url": .string(path), "body": withoutStream(body),
        ]).bytes + [0x0A]
    }

    /// Batches are never streamed, and some engines refuse the very key.
    static func withoutStream(_ body: JSON) -> JSON {
        .object((body.members ?? []).filter { $0.key != "stream" })
    }

    /// What a line says, by the same reading as an answer to a single request.
    static func result(
        _ line: JSON, _ request: CompletionRequest, inputBound: Int, key: APIKey?
    ) -> Result<Completion, ProviderError> {
        let status = line["response"]?["status_code"]?.int
        do {
            return .success(try completion(line, status, request, inputBound))
        } catch {
            var fault = error
            fault.requestID = fault.requestID ?? line["response"]?["request_id"]?.text
            return .failure(fault.error("reading the results of a batch", request, status: status, key: key))
        }
    }

    private static func completion(
        _ line: JSON, _ status: Int?, _ request: CompletionRequest, _ inputBound: Int
    ) throws(AnswerFault) -> Completion {
        guard let status, line["response"]?["body"] != nil || line["error"] == nil else { throw unanswered(line) }
        let body = line["response"]?["body"] ?? .null
        guard (200..<300).contains(status) else {
            throw StatusTable.fault(status: status, body: ErrorBody(body), retryAfter: nil)
        }
        return try ChatShape.draft(of: body).completion(of: request, inputBound: inputBound)
    }

    /// The fault of an item without an answer. What the end of the batch cut off was never run.
    private static func unanswered(_ line: JSON) -> AnswerFault {
        guard let error = ErrorBody(line) else { return .malformed("the line has neither an answer nor an error") }
        if error.names.contains("batch_expired") {
            return AnswerFault(.timedOut, billing: .notBilled, "the batch expired before the request was run")
        }
        if error.names.contains("batch_cancelled") {
            return AnswerFault(.cancelled, billing: .notBilled, "the batch was cancelled before the request was run")
        }
        let status = line["response"]?["status_code"]?.int ?? ErrorBody.status(line) ?? 500
        return StatusTable.fault(status: status, body: error, retryAfter: nil)
    }
}
