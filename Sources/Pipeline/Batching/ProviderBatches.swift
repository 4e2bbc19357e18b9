import OrchestratorCore
import Providers
import Store

/// Puts prompts to providers in batches and takes their answers into the ledger. Money is set aside and the submission
/// recorded before anything leaves; what may have been taken is looked for before it is submitted again.
struct ProviderBatches {
    let review: ReviewParts
    let store: RunStore
    let run: String
    let progress: any ProgressListener

    /// Prompts that are made at a time, for the sake of memory.
    private static let sliceSize = 2000

    private var desk: BatchDesk { BatchDesk(review: review, run: run) }

    /// Takes up batches that are not over, submits what may be sent in batches, and waits for them. What was not answered
    /// by then is to be sent singly.
    /// - Throws: `incomplete` where a batch is under way at the end of the time; `CancellationError`.
    func complete(_ pending: [ReviewBatch]) async throws {
        // Those of runs that were given up may hold answers to the same prompts.
        let runs = Set(try store.runs().map(\.id))
        let prompts = try PlannedPrompts(review, store, run: run)
        for batch in try review.ledger.openBatches(runs: runs) {
            try Task.checkCancellation()
            do { _ = try await desk.attend(batch, pending, prompts) } catch is ProviderError {
                // Asked again below, if it matters to this run.
            }
        }
        try await submit(pending, prompts)
        try await wait(pending, prompts, runs)
    }

    // MARK: Submitting

    private func submit(_ pending: [ReviewBatch], _ prompts: PlannedPrompts) async throws {
        let candidates = pending.filter { desk.provider(for: $0.model) != nil && usesBatches($0.model.provider) }
        let obstacles = try review.ledger.obstacles(candidates.map(\.key.description))
        let open = candidates.filter { batch in
            switch obstacles[batch.key.description] {
            case nil: true
            case .held, .charged: review.access.retriesUncertain
            case .answered, .underWay: false
            }
        }
        for model in review.models {
            let planned = open.filter { $0.model == model.id }
            guard let (provider, price) = desk.provider(for: model.id) else { continue }
            for start in stride(from: 0, to: planned.count, by: Self.sliceSize) {
                let slice = planned[start..<min(start + Self.sliceSize, planned.count)]
                let items = slice.compactMap { batch in
                    prompts.request(batch).map { BatchItem(work: batch.key, $0) }
                }
                for group in provider.groups(of: items) {
                    try Task.checkCancellation()
                    guard try await desk.submit(group, to: provider, at: price) else { return }
                }
            }
        }
    }

    private func usesBatches(_ provider: String) -> Bool {
        review.access.usesBatches || review.access.registry.provider(provider)?.descriptor.usesBatches == true
    }

    // MARK: Waiting

    private func wait(_ pending: [ReviewBatch], _ prompts: PlannedPrompts, _ runs: Set<String>) async throws {
        let works = Set(pending.map(\.key))
        let end = ContinuousClock.now + review.access.batchWait
        var answered: [String: Int] = [:]
        var isBegun = false
        while true {
            // A batch whose provider cannot be asked is not waited for: its prompts are listed as held.
            let open = try review.ledger.openBatches(runs: runs).filter { batch in
                desk.provider(for: batch.model) != nil && batch.items.contains { works.contains($0.work) }
            }
            guard !open.isEmpty else { break }
            if !isBegun { progress.began(.complete, total: open.reduce(0) { $0 + $1.items.count }) }
            isBegun = true
            for batch in open {
                try Task.checkCancellation()
                do { answered[batch.marker] = try await desk.attend(batch, pending, prompts) } catch {
                    try Task.checkCancellation()
                    guard let error = error as? ProviderError, error.isWorthRetrying else {
                        throw stopped(error, [batch])
                    }
                }
            }
            progress.advanced(.complete, done: answered.values.reduce(0, +))
            let left = try review.ledger.openBatches(runs: runs).filter { batch in
                open.contains { $0.marker == batch.marker }
            }
            guard !left.isEmpty else { continue }
            guard .now < end else {
                if left.contains(where: { $0.state == .submitted }) { throw stopped(nil, left) }
                break
            }
            let pause = left.compactMap { desk.provider(for: $0.model)?.0.descriptor.limits.batchPoll }.min() ?? 1000
            try await Task.sleep(until: min(end, .now + .milliseconds(pause)), clock: .continuous)
        }
        if isBegun { progress.ended(.complete) }
    }

    /// The error of a run that cannot wait any longer.
    private func stopped(_ error: (any Error)?, _ batches: [BatchRecord]) -> any Error {
        if let error, !(error is ProviderError) { return error }
        let names = batches.map { "\($0.model.provider) \($0.batchID ?? "not yet known by name")" }
        return PipelineError(
            .incomplete,
            "batch under way: \(names.prefix(3).joined(separator: ", "))\(names.count > 3 ? " and more" : ""); the same "
                + "command goes on" + (error.map { ". \($0)" } ?? ""))
    }
}
