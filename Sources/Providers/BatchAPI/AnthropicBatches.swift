package import OrchestratorCore

/// Anthropic's message batches: one request holds all, one download answers. They take no mark of ours, so a lost one is
/// known again by the ids in its results.
extension AnthropicProvider: BatchProvider {
    /// The service takes 256 MB; less keeps the memory of a run small.
    package var batchLimits: BatchLimits { BatchLimits(requests: 100_000, bytes: 64 << 20) }
    package var documentedBatchShare: PriceShare { client.endpoint.host == "api.anthropic.com" ? .half : .whole }

    private var batchPath: String { "\(completionPath)/batches" }
    /// Seconds by which clocks may differ.
    private static let clockSkew: Int64 = 600

    package func submit(_ submission: BatchSubmission) async throws(ProviderError) -> BatchHandle {
        try admit(submission, batchLimits)
        let activity = "submitting a batch"
        let requests = submission.items.map { item in
            JSON.members([
                "custom_id": .string(item.id), "params": BatchRow.withoutStream(body(for: item.request)),
            ])
        }
        var create = call(activity, .post, batchPath, body: .members(["requests": .array(requests)]))
        try refuseSize(create.body?.count ?? 0, batchLimits)
        create.isCharged = true
        let batch = try await batchJSON(create)
        return BatchHandle(provider: descriptor.id, id: try plainID(batch["id"], activity, billing: .unknown))
    }

    package func find(
        _ submission: BatchSubmission, besides known: Set<String>
    ) async throws(ProviderError) -> BatchSearch {
        guard let batches = try await listBatches(batchPath, after: "after_id") else {
            return .undecided("the list of batches has no end")
        }
        var running: [String] = []
        for batch in batches where mayBe(batch, submission) {
            let id = try plainID(batch["id"], "listing batches")
            guard !known.contains(id) else { continue }
            guard batch["processing_status"]?.text == "ended" else {
                running.append(id)
                continue
            }
            if try await isAnswered(id, submission) { return .found(BatchHandle(provider: descriptor.id, id: id)) }
        }
        guard running.isEmpty else {
            return .undecided("it may be one of those not ended: \(running.prefix(3).joined(separator: ", "))")
        }
        return absence(of: submission)
    }

    /// As many requests, and not older. What cannot be told counts as possible.
    private func mayBe(_ batch: JSON, _ submission: BatchSubmission) -> Bool {
        if let created = batch["created_at"]?.text.flatMap(HTTPDate.seconds),
            created < submission.preparedAt - Self.clockSkew
        {
            return false
        }
        guard batch["request_counts"]?.members != nil else { return true }
        return Counts(batch).total == submission.items.count
    }

    /// Whether the results of a batch carry the submission's ids.
    private func isAnswered(_ id: String, _ submission: BatchSubmission) async throws(ProviderError) -> Bool {
        let collection = try await download(
            "\(batchPath)/\(id)/results", into: BatchCollection(), submission.items, decode)
        return !collection.results.isEmpty
    }

    package func status(of batch: BatchHandle) async throws(ProviderError) -> BatchStatus {
        let activity = "asking about a batch"
        let id = try plainID(.string(batch.id), activity)
        return try status(try await batchJSON(call(activity, .get, "\(batchPath)/\(id)")))
    }

    private func status(_ object: JSON) throws(ProviderError) -> BatchStatus {
        let state: BatchStatus.State
        switch object["processing_status"]?.text {
        case "in_progress": state = .running
        case "canceling": state = .cancelling
        case "ended": state = .completed
        default: throw batchError(.malformedAnswer, "asking about a batch", "expected a known status")
        }
        let counts = Counts(object)
        return BatchStatus(
            state: state, total: counts.total, succeeded: counts.succeeded,
            failed: counts.total - counts.succeeded - counts.processing)
    }

    /// The requests of a batch by what became of them; figures that cannot be are cut.
    private struct Counts {
        let processing: Int
        let succeeded: Int
        let total: Int

        init(_ object: JSON) {
            func count(_ key: String) -> Int { min(max(0, object["request_counts"]?[key]?.int ?? 0), 1 << 30) }
            processing = count("processing")
            succeeded = count("succeeded")
            total = processing + succeeded + count("errored") + count("canceled") + count("expired")
        }
    }

    package func results(
        of batch: BatchHandle, for submission: BatchSubmission
    ) async throws(ProviderError) -> BatchResults {
        let activity = "reading the results of a batch"
        let status = try await status(of: batch)
        guard status.isEnded else { throw batchError(.unavailable, activity, "the batch is \(status.state.rawValue)") }
        // The address the batch names is not followed: it could be that of another host.
        let collection = try await download(
            "\(batchPath)/\(batch.id)/results", into: BatchCollection(), submission.items, decode)
        let fault = AnswerFault.malformed("the results do not mention the request")
        return collection.results(for: submission.items) { fault.error(activity, $0.request, status: nil) }
    }

    private func decode(_ line: JSON, _ item: BatchItem, _ key: APIKey?) -> Result<Completion, ProviderError> {
        do {
            return .success(try completion(line["result"], item.request))
        } catch {
            return .failure(error.error("reading the results of a batch", item.request, status: nil, key: key))
        }
    }

    /// Only what succeeded is charged for.
    private func completion(_ result: JSON?, _ request: CompletionRequest) throws(AnswerFault) -> Completion {
        switch result?["type"]?.text {
        case "succeeded":
            let draft = try draft(of: result?["message"] ?? .null)
            return try draft.completion(of: request, inputBound: inputBound(of: request))
        case "errored":
            var fault = AnswerFault(.serverFailed, "the request failed")
            do { try MessageShape.refuseError(result?["error"] ?? .null, CompletionDraft()) } catch { fault = error }
            fault.billing = .notBilled
            throw fault
        case "expired":
            throw AnswerFault(.timedOut, billing: .notBilled, "the batch expired before the request was run")
        case "canceled":
            throw AnswerFault(.cancelled, billing: .notBilled, "the batch was cancelled before the request was run")
        default: throw .malformed("the line says nothing known")
        }
    }

    package func cancel(_ batch: BatchHandle) async throws(ProviderError) -> BatchStatus {
        let activity = "cancelling a batch"
        let id = try plainID(.string(batch.id), activity)
        return try status(try await batchJSON(call(activity, .post, "\(batchPath)/\(id)/cancel")))
    }
}
