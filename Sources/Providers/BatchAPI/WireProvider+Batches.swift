import OrchestratorCore

/// What batches have in common, whatever the protocol.
extension WireProvider {
    package func batchBytes(of item: BatchItem) -> Int {
        // Beside the body stand the id and the names around both.
        body(for: item.request).bytes.count + item.id.utf8.count + 128
    }

    /// Downloads may be larger than any single answer.
    static var downloadLimit: Int { 2 << 30 }

    func batchError(
        _ code: ProviderError.Code, _ activity: String, billing: Billing = .notBilled, _ detail: String
    ) -> ProviderError {
        ProviderError(code, activity: activity, provider: descriptor.id, billing: billing, detail: detail)
    }

    /// Refuses a submission that no provider could take or that must not leave.
    func admit(_ submission: BatchSubmission, _ limits: BatchLimits) throws(ProviderError) {
        let activity = "submitting a batch"
        let items = submission.items
        guard (1...limits.requests).contains(items.count) else {
            throw batchError(
                .misconfigured, activity, "expected 1 to \(limits.requests) requests, found \(items.count)")
        }
        guard Set(items.map(\.id)).count == items.count, Set(items.map(\.request.model.id)).count == 1 else {
            throw batchError(.misconfigured, activity, "expected different ids and one model")
        }
        for item in items { try refuseLeaving(item.request) }
    }

    func refuseSize(_ bytes: Int, _ limits: BatchLimits) throws(ProviderError) {
        guard bytes <= limits.bytes else {
            throw batchError(
                .misconfigured, "submitting a batch", "expected at most \(limits.bytes) bytes, found \(bytes)")
        }
    }

    /// Sends a call about a batch. Of errors only the code is kept: a message could repeat any of the prompts.
    func batchJSON(_ call: WireClient.Call) async throws(ProviderError) -> JSON {
        try await client.json(call, fault: Self.batchFault)
    }

    static func batchFault(_ status: Int, _ body: ErrorBody?, _ common: AnswerFault) -> AnswerFault {
        var fault = common
        fault.detail = plainNames(body?.names ?? []).joined(separator: ", ")
        if status == 404 {
            fault.code = .badRequest
            fault.detail = "the server knows no such batch, or none at all"
        }
        return fault
    }

    static func plainNames(_ names: some Sequence<String>) -> [String] {
        names.filter { name in
            name.utf8.count <= 60
                && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 || $0 == 45 }
        }.sorted()
    }

    /// An id that goes into a URL: plain, or the answer is malformed.
    func plainID(_ value: JSON?, _ activity: String, billing: Billing = .notBilled) throws(ProviderError) -> String {
        guard let id = value?.text, Self.isPlainID(id) else {
            throw batchError(.malformedAnswer, activity, billing: billing, "expected an id")
        }
        return id
    }

    static func isPlainID(_ id: String) -> Bool {
        (1...200).contains(id.utf8.count) && !id.hasPrefix(".")
            && id.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (97...122).contains(byte | 0x20) || [45, 46, 95].contains(byte)
            }
    }

    /// All batches the provider lists. Nil where the list has no end in reach. `after` is the name of the cursor.
    func listBatches(_ path: String, after cursor: String) async throws(ProviderError) -> [JSON]? {
        let activity = "listing batches"
        var batches: [JSON] = []
        var last: String?
        for _ in 0..<1000 {
            let query = "?limit=100" + (last.map { "&\(cursor)=\($0)" } ?? "")
            let page = try await batchJSON(call(activity, .get, path + query))
            guard let entries = page["data"]?.elements else {
                throw batchError(.malformedAnswer, activity, "expected a list of batches")
            }
            batches += entries
            guard page["has_more"]?.bool == true else { return batches }
            let next = try plainID(page["last_id"] ?? entries.last?["id"], activity)
            guard next != last else { break }
            last = next
        }
        return nil
    }

    /// What it means that no batch of a submission is listed. A request that is still on its way makes no entry yet: only
    /// after all times have run out is absence certain.
    func absence(of submission: BatchSubmission) -> BatchSearch {
        let settled = submission.preparedAt + Int64(2 * descriptor.limits.totalTimeout / 1000) + 120
        let rest = settled - client.now()
        return rest <= 0 ? .absent : .undecided("it may still be on its way for \(rest) seconds")
    }

    func download(
        _ path: String, into collection: BatchCollection, _ items: [BatchItem],
        _ decode: @escaping @Sendable (JSON, BatchItem, APIKey?) -> Result<Completion, ProviderError>
    ) async throws(ProviderError) -> BatchCollection {
        var call = call("reading the results of a batch", .get, path)
        call.answerLimit = Self.downloadLimit
        let key = try await client.key(for: call)
        let known = Dictionary(items.map { ($0.id, $0) }) { first, _ in first }
        return try await client.send(call, fault: Self.batchFault) { answer in
            var collection = collection
            try await collection.read(answer.body) { id, line in known[id].map { decode(line, $0, key) } }
            return collection
        }
    }
}
