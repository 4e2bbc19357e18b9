import Foundation
import OrchestratorCore
import Providers
import Store

/// Hands batches to their providers and brings back the answers, each step recorded in the ledger.
struct BatchDesk {
    let review: ReviewParts
    let run: String

    /// Results that share a transaction.
    private static let groupSize = 500

    private var ledger: Ledger { review.ledger }

    /// Who answers batches for a model, and the model's full price; nil where it cannot be asked.
    func provider(for model: ModelID) -> (any BatchProvider, PriceSchedule)? {
        guard let provider = review.access.registry.batchProvider(model.provider),
            let price = review.access.registry.model(model)?.price.schedule
        else { return nil }
        return (provider, price)
    }

    /// Sets the worst cases of a group aside and submits what fits. False where a budget has no room for more.
    func submit(_ items: [BatchItem], to provider: any BatchProvider, at price: PriceSchedule) async throws -> Bool {
        let account = ledger.account(run: run, budgets: review.access.budgets) { Clock.now }
        let entries = try items.map { item in
            let work = Digest.tag + item.id
            return (
                item: item,
                plan: try AttemptPlan(AttemptSender.randomID(), work: work, item.request, at: price, by: provider)
            )
        }
        let (batch, refusal) = try await account.prepare(entries, preparedAt: Self.now)
        if let batch { try await send(batch, Array(items.prefix(batch.items.count)), batch.preparedAt, provider) }
        return refusal == nil
    }

    /// Seconds since 1970 by the real clock, whatever time the reports are to show: absence is concluded from it.
    private static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    /// Submits a batch whose submission is recorded. An interrupted run lets that come to its end.
    private func send(
        _ batch: BatchRecord, _ items: [BatchItem], _ preparedAt: Int64, _ provider: any BatchProvider
    ) async throws {
        let submission = BatchSubmission(items: items, round: batch.round, preparedAt: preparedAt)
        let sending = Task { () -> Result<BatchHandle, ProviderError> in
            do throws(ProviderError) { return .success(try await provider.submit(submission)) } catch {
                return .failure(error)
            }
        }
        switch await sending.value {
        case .success(let handle): try ledger.recordSubmission(batch.marker, as: handle.id)
        case .failure(let error) where error.billing == .notBilled:
            try ledger.recordRefusal(batch, error, at: Clock.now)
        // It may have been taken: it is looked for.
        case .failure: break
        }
    }

    /// Asks what has become of a batch and records it. Returns how many of its requests are answered so far.
    /// - Throws: `ProviderError` where the provider does not tell, with nothing changed; `StoreError`.
    func attend(_ batch: BatchRecord, _ pending: [ReviewBatch], _ prompts: PlannedPrompts) async throws -> Int {
        guard let (provider, price) = provider(for: batch.model),
            let model = review.access.registry.model(batch.model)
        else { return 0 }
        let submission = BatchSubmission(
            items: batch.items.map { $0.outline(model) }, round: batch.round, preparedAt: batch.preparedAt)
        if let id = batch.batchID {
            let handle = BatchHandle(provider: batch.model.provider, id: id)
            return try await collect(batch, handle, submission, provider, price)
        }
        switch try await provider.find(submission, besides: try ledger.batchIDs(provider: batch.model.provider)) {
        case .found(let handle): try ledger.recordSubmission(batch.marker, as: handle.id)
        case .absent: try await submitAgain(batch, pending, prompts, provider)
        case .undecided: break
        }
        return 0
    }

    /// Submits what certainly was never taken: the same requests in the same round. Where they cannot be made any more, or
    /// belong to a run that was given up, the money is given back instead.
    private func submitAgain(
        _ batch: BatchRecord, _ pending: [ReviewBatch], _ prompts: PlannedPrompts, _ provider: any BatchProvider
    ) async throws {
        let planned = Dictionary(pending.map { ($0.key, $0) }) { first, _ in first }
        let items = batch.items.compactMap { item in
            planned[item.work].flatMap(prompts.request).map { BatchItem(work: item.work, $0) }
        }
        guard batch.run == run, items.count == batch.items.count else {
            let error = ProviderError(
                .cancelled, activity: "submitting a batch", provider: batch.model.provider, billing: .notBilled)
            return try ledger.recordRefusal(batch, error, at: Clock.now)
        }
        let now = Self.now
        try ledger.renewSubmission(batch.marker, preparedAt: now)
        try await send(batch, items, now, provider)
    }

    /// Takes the results of a batch that has ended into the ledger. To do it again changes nothing.
    private func collect(
        _ batch: BatchRecord, _ handle: BatchHandle, _ submission: BatchSubmission, _ provider: any BatchProvider,
        _ price: PriceSchedule
    ) async throws -> Int {
        let results: [BatchResult]
        do throws(ProviderError) {
            let status = try await provider.status(of: handle)
            guard status.isEnded else { return status.succeeded }
            results = try await provider.results(of: handle, for: submission).items
        } catch {
            // Who has forgotten a batch will never tell what it cost: it is given up with consent only.
            guard error.status == 404, review.access.retriesUncertain else { throw error }
            let unknown = ProviderError(
                error.code, activity: error.activity, provider: error.provider, status: 404, billing: .unknown)
            results = batch.items.map { BatchResult(id: $0.work.hex, .failure(unknown)) }
        }
        let reduced = (try? price.inBatch(at: provider.batchShare)) ?? price
        let known = Dictionary(batch.items.map { ($0.work.hex, $0) }) { first, _ in first }
        for start in stride(from: 0, to: results.count, by: Self.groupSize) {
            let ends = results[start..<min(start + Self.groupSize, results.count)].compactMap { result in
                known[result.id].map { item in
                    (
                        attempt: item.attempt,
                        end: ReservationEnd(result.result, at: reduced, reserved: item.worstCase)
                    )
                }
            }
            try ledger.end(ends, of: batch, at: Clock.now)
        }
        return batch.items.count
    }
}

extension BatchRecord.Item {
    /// The request as far as the reading of its answer needs it: its id, its model and its bounds.
    fileprivate func outline(_ model: ModelDescriptor) -> BatchItem {
        BatchItem(
            work: work,
            CompletionRequest(
                model: model, system: "", messages: [], maxOutputTokens: maxOutput,
                exactInputTokens: max(0, inputBound - CompletionRequest.templateOverhead)))
    }
}
