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
        bound(of: request, bodySize: body(for: request).byteCount)
    }

    private func bound(of request: CompletionRequest, bodySize: @autoclosure () -> Int) -> Int {
        // A schema may be put into the prompt, beside the text that was counted.
        let exact = request.exactInputTokens.map { $0 + (request.schema?.schema.byteCount ?? 0) }
        return (exact ?? bodySize()) + CompletionRequest.templateOverhead
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
        // Of daemons that may pass requests on, only Ollama says which.
        let isTrusted = descriptor.kind == .local || descriptor.kind == .hybrid && descriptor.wire == .ollama
        if client.isLocalOnly, request.model.leavesHost || !isTrusted {
            throw refuse(.leavesHost, request, "its answers may come from another host")
        }
        try await admit(request)
        var call = call(
            "asking for a completion", .post, completionPath, body: body(for: request), model: request.model.id.name)
        call.request = request
        let bound = bound(of: request, bodySize: call.body?.count ?? 0)
        let draft = try await client.send(call, fault: { self.fault(status: $0, body: $1, common: $2) }) { answer in
            let kind = answer.header("content-type")?.lowercased() ?? ""
            guard request.isStreamed, !kind.hasPrefix("application/json"), !kind.hasPrefix("text/html") else {
                return try self.draft(of: try WireClient.parse(try await answer.body.collect()))
            }
            return try await self.stream(answer, request, onText)
        }
        return try completion(draft, request, inputBound: bound)
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
        func malformed(_ detail: String) -> ProviderError {
            ProviderError(
                .malformedAnswer, activity: "asking for a completion", provider: descriptor.id,
                model: request.model.id.name, status: 200, billing: draft.billing, providerRequestID: draft.requestID,
                detail: detail)
        }
        if client.isLocalOnly, descriptor.wire == .ollama, draft.servedProvider != nil {
            throw ProviderError(
                .leavesHost, activity: "reading the answer", provider: descriptor.id, model: request.model.id.name,
                billing: draft.billing, detail: "the daemon passed the request on to another host")
        }
        guard let finish = draft.finish else { throw malformed("the answer does not say why it ended") }
        let isExcused = [.length, .refusal, .contentFilter].contains(finish)
        guard !draft.text.isEmpty || isExcused else { throw malformed("the answer has no text") }
        // More tokens than the proven bound cannot be true; such a figure is as good as none.
        let usage = draft.usage.flatMap { usage in
            usage.input <= inputBound && usage.output <= request.maxOutputTokens ? usage : nil
        }
        return Completion(
            text: draft.text, finish: finish, usage: usage, servedModel: draft.servedModel ?? request.model.id.name,
            servedProvider: draft.servedProvider, providerRequestID: draft.requestID, reportedCost: draft.reportedCost,
            isInputTruncated: isInputTruncated(draft, request))
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
}
