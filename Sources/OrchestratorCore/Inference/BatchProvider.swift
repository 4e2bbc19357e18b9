/// A provider that takes many requests at once, works on them for up to a day, and may ask less for it.
package protocol BatchProvider: Provider {
    /// The most one batch may hold.
    var batchLimits: BatchLimits { get }

    /// The part of the price that requests in a batch cost by the service's own documents: one where these are not known.
    var documentedBatchShare: PriceShare { get }

    /// The bytes an item takes in a batch.
    func batchBytes(of item: BatchItem) -> Int

    /// Sends a batch, once. The caller has recorded the submission before; where the error leaves open whether the
    /// batch was taken (`billing` unknown) or the process dies, `find` tells, and nothing is to be submitted until then.
    func submit(_ submission: BatchSubmission) async throws(ProviderError) -> BatchHandle

    /// Looks for a submission among the provider's batches. `known` are ids of batches that belong to others.
    func find(
        _ submission: BatchSubmission, besides known: Set<String>
    ) async throws(ProviderError) -> BatchSearch

    func status(of batch: BatchHandle) async throws(ProviderError) -> BatchStatus

    /// What became of every item, in the order of the submission. Throws `unavailable` before the batch has ended. May
    /// be asked again and says the same.
    func results(
        of batch: BatchHandle, for submission: BatchSubmission
    ) async throws(ProviderError) -> BatchResults

    /// Asks for an end. What is finished by then is charged and in the results.
    func cancel(_ batch: BatchHandle) async throws(ProviderError) -> BatchStatus
}

extension BatchProvider {
    /// The part of the price that requests in a batch cost.
    package var batchShare: PriceShare { descriptor.batchShare ?? documentedBatchShare }
}

extension BatchProvider {
    /// The items in order, cut into groups that each fit into one batch.
    package func groups(of items: [BatchItem]) -> [[BatchItem]] {
        batchLimits.groups(of: items, bytes: batchBytes)
    }
}

package struct BatchLimits: Hashable, Sendable {
    package let requests: Int
    package let bytes: Int

    package init(requests: Int, bytes: Int) {
        self.requests = requests
        self.bytes = bytes
    }

    /// What stands around the items of a batch.
    private static let frame = 4096

    /// The items in order, cut into groups within the limits that each ask one model. The same items are always cut the
    /// same way, so that a restart knows its submissions again. An item too large for any batch has a group of its own.
    package func groups(of items: [BatchItem], bytes size: (BatchItem) -> Int) -> [[BatchItem]] {
        var groups: [[BatchItem]] = []
        var total = 0
        for item in items {
            let added = size(item)
            let fits = groups.last.map { group in
                group.count < requests && total + added <= bytes
                    && group[0].request.model.id == item.request.model.id
            }
            if fits != true {
                groups.append([])
                total = Self.frame
            }
            groups[groups.count - 1].append(item)
            total += added
        }
        return groups
    }
}

/// One request of a batch.
package struct BatchItem: Hashable, Sendable {
    /// By which the answer is known: 1 to 64 letters, digits, `-` and `_`.
    package let id: String
    package let request: CompletionRequest

    /// Nil for an id that some protocol would refuse. Batches are never streamed.
    package init?(id: String, _ request: CompletionRequest) {
        let isPlain = id.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (97...122).contains(byte | 0x20) || byte == 45 || byte == 95
        }
        guard isPlain, (1...64).contains(id.utf8.count) else { return nil }
        self.id = id
        self.request = request.whole
    }

    /// Equal work has an equal id, after a restart as before.
    package init(work: Digest, _ request: CompletionRequest) {
        id = work.hex
        self.request = request.whole
    }
}

extension CompletionRequest {
    fileprivate var whole: CompletionRequest {
        var request = self
        request.isStreamed = false
        return request
    }
}

/// Requests for one model that go out together. Record it before it is submitted.
package struct BatchSubmission: Hashable, Sendable {
    package let items: [BatchItem]
    /// Counts up where the same items are submitted anew on purpose.
    package let round: Int
    /// Seconds since 1970, taken when it was recorded.
    package let preparedAt: Int64

    package init(items: [BatchItem], round: Int = 1, preparedAt: Int64) {
        self.items = items
        self.round = round
        self.preparedAt = preparedAt
    }

    /// By which a submission is known again: the same for the same items in the same round.
    package var marker: String {
        var builder = Digest.Builder()
        builder.append("batch")
        builder.append(String(round))
        for item in items {
            builder.append(item.request.model.id.description)
            builder.append(item.id)
        }
        return builder.finish().hex
    }
}

/// A batch that a provider has taken.
package struct BatchHandle: Hashable, Sendable, Codable {
    package let provider: String
    /// The provider's name for it.
    package let id: String

    package init(provider: String, id: String) {
        self.provider = provider
        self.id = id
    }
}

package enum BatchSearch: Hashable, Sendable {
    case found(BatchHandle)
    /// It was never taken and no longer can be: it may be submitted.
    case absent
    /// With the reason. Ask again later; to submit now could pay twice.
    case undecided(String)
}

package struct BatchStatus: Hashable, Sendable {
    package enum State: String, Sendable {
        case queued, running, cancelling
        // Ended.
        case completed, failed, expired, cancelled
    }

    package let state: State
    package let total: Int
    package let succeeded: Int
    package let failed: Int

    package init(state: State, total: Int, succeeded: Int, failed: Int) {
        self.state = state
        self.total = total
        self.succeeded = succeeded
        self.failed = failed
    }

    package var isEnded: Bool { [.completed, .failed, .expired, .cancelled].contains(state) }
}

/// What became of one item. The error's billing says what it cost.
package struct BatchResult: Hashable, Sendable {
    package let id: String
    package let result: Result<Completion, ProviderError>

    package init(id: String, _ result: Result<Completion, ProviderError>) {
        self.id = id
        self.result = result
    }
}

package struct BatchResults: Hashable, Sendable {
    /// One for each item.
    package let items: [BatchResult]
    /// Lines of the provider's that could not be used, the first few: for the log.
    package let faults: [String]

    package init(items: [BatchResult], faults: [String]) {
        self.items = items
        self.faults = faults
    }
}
