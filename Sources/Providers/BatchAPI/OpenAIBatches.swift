package import OrchestratorCore

/// OpenAI's batches: a file of requests is uploaded, a batch made of it, and files of answers and errors come back.
extension OpenAIProvider: BatchProvider {
    /// The service takes 200 MB; less keeps the memory of a run small.
    package var batchLimits: BatchLimits { BatchLimits(requests: 50_000, bytes: 64 << 20) }
    package var documentedBatchShare: PriceShare { client.endpoint.host == "api.openai.com" ? .half : .whole }

    /// The key of a batch's metadata that holds the marker.
    private static let markerKey = "secorch_batch"
    /// Seconds an uploaded file is kept: the batch may take a day.
    private static let fileLifetime = 3 * 86_400

    package func submit(_ submission: BatchSubmission) async throws(ProviderError) -> BatchHandle {
        try admit(submission, batchLimits)
        let marker = submission.marker
        var upload = call("uploading a batch", .post, "/files")
        let boundary = "secorch-\(marker)"
        upload.contentType = "multipart/form-data; boundary=\(boundary)"
        upload.body = try form(submission, boundary)
        let file = try plainID(try await batchJSON(upload)["id"], "uploading a batch")
        let activity = "submitting a batch"
        var create = call(
            activity, .post, "/batches",
            body: .members([
                "input_file_id": .string(file), "endpoint": .string(BatchRow.path),
                "completion_window": .string("24h"), "metadata": .members([Self.markerKey: .string(marker)]),
            ]))
        create.isCharged = true
        let batch = try await batchJSON(create)
        return BatchHandle(provider: descriptor.id, id: try plainID(batch["id"], activity, billing: .unknown))
    }

    /// The requests as a form. JSON escapes line ends, so that no prompt can hold the boundary.
    private func form(_ submission: BatchSubmission, _ boundary: String) throws(ProviderError) -> [UInt8] {
        var form: [UInt8] = []
        func part(_ disposition: String, _ text: String = "") {
            form += Array("--\(boundary)\r\ncontent-disposition: form-data; \(disposition)\r\n\r\n\(text)".utf8)
        }
        part("name=\"purpose\"", "batch\r\n")
        part("name=\"expires_after[anchor]\"", "created_at\r\n")
        part("name=\"expires_after[seconds]\"", "\(Self.fileLifetime)\r\n")
        part("name=\"file\"; filename=\"secorch.jsonl\"")
        for item in submission.items {
            form += BatchRow.line(id: item.id, body: body(for: item.request))
            try refuseSize(form.count, batchLimits)
        }
        form += Array("\r\n--\(boundary)--\r\n".utf8)
        return form
    }

    package func find(
        _ submission: BatchSubmission, besides known: Set<String>
    ) async throws(ProviderError) -> BatchSearch {
        guard let batches = try await listBatches("/batches", after: "after") else {
            return .undecided("the list of batches has no end")
        }
        let marker = submission.marker
        for batch in batches where batch["metadata"]?[Self.markerKey]?.text == marker {
            let id = try plainID(batch["id"], "listing batches")
            if !known.contains(id) { return .found(BatchHandle(provider: descriptor.id, id: id)) }
        }
        return absence(of: submission)
    }

    package func status(of batch: BatchHandle) async throws(ProviderError) -> BatchStatus {
        try status(try await object(batch))
    }

    private func object(_ batch: BatchHandle) async throws(ProviderError) -> JSON {
        let activity = "asking about a batch"
        return try await batchJSON(call(activity, .get, "/batches/\(try plainID(.string(batch.id), activity))"))
    }

    private func status(_ object: JSON) throws(ProviderError) -> BatchStatus {
        let state: BatchStatus.State
        switch object["status"]?.text {
        case "validating": state = .queued
        case "in_progress", "finalizing": state = .running
        case "cancelling": state = .cancelling
        case "completed": state = .completed
        case "failed": state = .failed
        case "expired": state = .expired
        case "cancelled": state = .cancelled
        default: throw batchError(.malformedAnswer, "asking about a batch", "expected a known status")
        }
        let counts = object["request_counts"]
        return BatchStatus(
            state: state, total: counts?["total"]?.int ?? 0, succeeded: counts?["completed"]?.int ?? 0,
            failed: counts?["failed"]?.int ?? 0)
    }

    package func results(
        of batch: BatchHandle, for submission: BatchSubmission
    ) async throws(ProviderError) -> BatchResults {
        let activity = "reading the results of a batch"
        let object = try await object(batch)
        let status = try status(object)
        guard status.isEnded else { throw batchError(.unavailable, activity, "the batch is \(status.state.rawValue)") }
        var collection = BatchCollection()
        for key in ["output_file_id", "error_file_id"] where object[key] != nil {
            let file = try plainID(object[key], activity)
            collection = try await download("/files/\(file)/content", into: collection, submission.items) {
                BatchRow.result($0, $1.request, inputBound: inputBound(of: $1.request), key: $2)
            }
        }
        let fault = missing(status, object)
        return collection.results(for: submission.items) { fault.error(activity, $0.request, status: nil) }
    }

    /// What became of items the results do not mention. A batch that failed was refused as a whole, before any of it ran.
    private func missing(_ status: BatchStatus, _ object: JSON) -> AnswerFault {
        guard status.state == .failed else { return .malformed("the results do not mention the request") }
        let errors = object["errors"]?["data"]?.elements ?? []
        let names = Self.plainNames(Set(errors.compactMap { $0["code"]?.text?.lowercased() }))
        let line = errors.lazy.compactMap { $0["line"]?.int }.first.map { " at line \($0)" } ?? ""
        return AnswerFault(
            names.contains("token_limit_exceeded") ? .throttled : .badRequest, billing: .notBilled,
            "the batch failed: \(names.joined(separator: ", "))\(line)")
    }

    package func cancel(_ batch: BatchHandle) async throws(ProviderError) -> BatchStatus {
        let activity = "cancelling a batch"
        let id = try plainID(.string(batch.id), activity)
        return try status(try await batchJSON(call(activity, .post, "/batches/\(id)/cancel")))
    }
}
