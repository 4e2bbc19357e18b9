import OrchestratorCore

/// A provider as its wire protocol sees it. An adapter says how a request is written and an answer read; sending, the
/// stream and the errors are the same for all.
protocol WireProvider: Provider {
    associatedtype Assembler: AnswerAssembler

    var client: WireClient { get }
    var completionPath: String { get }

    func headers(_ key: APIKey?) -> [(name: String, value: String)]
    /// The body, keys in a fixed order, the stable part of the prompt first.
    func body(for request: CompletionRequest) -> JSON
    func assembler(for request: CompletionRequest) -> Assembler
    /// Reads an answer in one piece.
    func draft(of answer: JSON) throws(AnswerFault) -> CompletionDraft
    /// What a status means here, where it differs from the common table.
    func fault(status: Int, body: ErrorBody?, common: AnswerFault) -> AnswerFault
    /// Refuses what must not be sent, after the checks that all share.
    func admit(_ request: CompletionRequest) async throws(ProviderError)
    func isInputTruncated(_ draft: CompletionDraft, _ request: CompletionRequest) -> Bool
}

extension WireProvider {
    package var descriptor: ProviderDescriptor { client.descriptor }

    func headers(_ key: APIKey?) -> [(name: String, value: String)] {
        key.map { [("authorization", "Bearer \($0.reveal())")] } ?? []
    }

    func fault(status: Int, body: ErrorBody?, common: AnswerFault) -> AnswerFault { common }
    func admit(_ request: CompletionRequest) async throws(ProviderError) {}
    func isInputTruncated(_ draft: CompletionDraft, _ request: CompletionRequest) -> Bool { false }

    package func outcome(of attempt: AttemptReference) async throws(ProviderError) -> AttemptOutcome? { nil }
    package func rateHints(for model: String) -> RateHints? { client.rateHints(for: model) }
    package func shutdown() async { await client.transport.shutdown() }

    package func inputBound(of request: CompletionRequest) -> Int {
        request.inputBound(bodySize: body(for: request).byteCount)
    }

    /// A call of this provider with its own headers.
    func call(
        _ activity: String, _ method: HTTPRequest.Method = .get, _ path: String, body: JSON? = nil, model: String? = nil
    ) -> WireClient.Call {
        WireClient.Call(
            activity: activity, model: model, method: method, path: path, body: body?.bytes, request: nil,
            headers: { self.headers($0) })
    }

    func refuse(
        _ code: ProviderError.Code, _ request: CompletionRequest, _ detail: String
    ) -> ProviderError {
        ProviderError(
            code, activity: "asking for a completion", provider: descriptor.id, model: request.model.id.name,
            billing: .notBilled, detail: detail)
    }

    package func complete(
        _ request: CompletionRequest, onText: (@Sendable (String) -> Void)?
    ) async throws(ProviderError) -> Completion {
        try refuseLeaving(request)
        try await admit(request)
        var call = call(
            "asking for a completion", .post, completionPath, body: body(for: request), model: request.model.id.name)
        call.request = request
        let bound = request.inputBound(bodySize: call.body?.count ?? 0)
        let draft = try await client.send(call, fault: { self.fault(status: $0, body: $1, common: $2) }) { answer in
            let kind = answer.header("content-type")?.lowercased() ?? ""
            guard request.isStreamed, !kind.hasPrefix("application/json"), !kind.hasPrefix("text/html") else {
                return try self.draft(of: try WireClient.parse(try await answer.body.collect()))
            }
            return try await self.stream(answer, request, onText)
        }
        return try completion(draft, request, inputBound: bound)
    }

    func refuseLeaving(_ request: CompletionRequest) throws(ProviderError) {
        // Of daemons that may pass requests on, only Ollama says which.
        let isTrusted = descriptor.kind == .local || descriptor.kind == .hybrid && descriptor.wire == .ollama
        if client.isLocalOnly, request.model.leavesHost || !isTrusted {
            throw refuse(.leavesHost, request, "its answers may come from another host")
        }
    }

    private func stream(
        _ answer: HTTPAnswer, _ request: CompletionRequest, _ onText: (@Sendable (String) -> Void)?
    ) async throws -> CompletionDraft {
        var assembler = assembler(for: request)
        do {
            for try await piece in answer.body where !assembler.isComplete {
                let text = try assembler.feed(piece)
                if !text.isEmpty { onText?(text) }
                if assembler.isComplete { answer.body.expectEnd() }
            }
        } catch {
            // What happens after the terminator is of no consequence.
            guard assembler.isComplete else {
                throw (error as? AnswerFault).map { $0.with(assembler.draft) } ?? error
            }
        }
        do {
            try assembler.finish()
        } catch {
            throw error.with(assembler.draft)
        }
        return assembler.draft
    }

    /// A completion that can be used, or the error that it is malformed.
    private func completion(
        _ draft: CompletionDraft, _ request: CompletionRequest, inputBound: Int
    ) throws(ProviderError) -> Completion {
        if client.isLocalOnly, descriptor.wire == .ollama, draft.servedProvider != nil {
            throw ProviderError(
                .leavesHost, activity: "reading the answer", provider: descriptor.id, model: request.model.id.name,
                billing: draft.billing, detail: "the daemon passed the request on to another host")
        }
        do {
            return try draft.completion(
                of: request, inputBound: inputBound, isInputTruncated: isInputTruncated(draft, request))
        } catch {
            throw error.error("asking for a completion", request, status: 200)
        }
    }
}

extension AnswerFault {
    /// The fault of a stream, with what was learnt before it.
    func with(_ draft: CompletionDraft) -> AnswerFault {
        var fault = self
        fault.requestID = fault.requestID ?? draft.requestID
        if fault.billing == .unknown { fault.billing = draft.billing }
        return fault
    }

    /// The error of one request; `key` is what must not be in its text.
    func error(
        _ activity: String, _ request: CompletionRequest, status: Int?, key: APIKey? = nil
    ) -> ProviderError {
        ProviderError(
            code, activity: activity, provider: request.model.id.provider, model: request.model.id.name,
            status: status, billing: billing, retryAfter: retryAfter, providerRequestID: requestID,
            detail: SafeText.line(detail, key: key, request: request))
    }
}

extension CompletionRequest {
    /// An exact count where there is one, else one token per byte of the body; and what a template may add.
    func inputBound(bodySize: @autoclosure () -> Int) -> Int {
        // A schema may be put into the prompt, beside the text that was counted.
        let exact = exactInputTokens.map { $0 + (schema?.schema.byteCount ?? 0) }
        return (exact ?? bodySize()) + Self.templateOverhead
    }
}
