package import OrchestratorCore
import Providers
import Rules
import Store

/// Puts the planned prompts to models: the only stages that spend money are this one and `VerifyClaims`, by the same
/// means. Every send is reserved before it leaves.
package struct CompleteReview: Stage {
    let review: ReviewParts
    package let settings: Digest
    let store: RunStore
    let run: String
    let progress: any ProgressListener

    package let name = StageName.complete
    package let version = 2

    package func run(_ input: ReviewPlan) async throws -> ReviewOutcome {
        var outcome = ReviewOutcome(digest: input.digest)
        _ = try review.ledger.holdAbandoned(run: run, at: Clock.now)
        let gateway = review.access.gateway(run: run)
        try await reconcile(gateway)
        let sources = try store.sources(run: run)
        let pending = try store.batches(run: run).filter { $0.state == .pending }
        try await ProviderBatches(review: review, store: store, run: run, progress: progress).complete(pending)
        let sender = try ReviewSender(review, review.access.inquiry(gateway), sources: sources, run: run)
        try await HealthWatch(gateway).whileRunning {
            try await send(pending, sender, BudgetWatch(review, run: run, progress: progress), &outcome)
        }
        return outcome
    }

    /// Asks providers what became of attempts whose answer was lost, where they can tell.
    private func reconcile(_ gateway: ProviderGateway) async throws {
        for held in try review.ledger.held(run: run) {
            guard let outcome = try? await gateway.outcome(of: held.attempt) else { continue }
            try review.ledger.reconcile(held.attempt.attempt, outcome, at: Clock.now)
        }
    }

    private func send(
        _ pending: [ReviewBatch], _ sender: ReviewSender, _ watch: BudgetWatch, _ outcome: inout ReviewOutcome
    ) async throws {
        progress.began(.complete, total: pending.count)
        // What was paid for already comes first: no shortage must keep it from being used.
        let obstacles = try review.ledger.obstacles(pending.map(\.key.description))
        let paid = pending.filter { obstacles[$0.key.description] == .answered }
        let open = pending.filter { obstacles[$0.key.description] != .answered }
        var done = 0
        try await ask(paid, sender, watch, &done, &outcome)
        if let shortage = try watch.shortage(of: open), sender.economise() { outcome.downgrade = shortage }
        try await ask(open, sender, watch, &done, &outcome)
        progress.ended(.complete)
    }

    private func ask(
        _ prompts: [ReviewBatch], _ sender: ReviewSender, _ watch: BudgetWatch, _ done: inout Int,
        _ outcome: inout ReviewOutcome
    ) async throws {
        var (count, downgrade) = (done, outcome.downgrade)
        let (left, refusal) = try await QuestionQueue<ReviewBatch>(
            width: review.models.first.map(review.access.width) ?? 1
        ).run(
            prompts, ask: sender.complete,
            note: { batch, answer in
                try record(answer, of: batch)
                count += 1
                progress.advanced(.complete, done: count)
                try watch.look()
            },
            goesOn: { reason in
                guard sender.economise() else { return false }
                downgrade = reason
                return true
            })
        (done, outcome.downgrade) = (count, downgrade)
        for batch in left {
            try store.recordBatch(batch.number, .notAssessed, reason: refusal ?? "not sent", run: run)
        }
    }

    private func record(_ outcome: QuestionQueue<ReviewBatch>.Outcome, of batch: ReviewBatch) throws {
        switch outcome {
        case .answered: try store.recordBatch(batch.number, .answered, run: run)
        case .failed(let reason), .exhausted(let reason):
            try store.recordBatch(batch.number, .notAssessed, reason: reason, run: run)
        }
    }
}

/// What a reader must know of how the prompts were answered.
package struct ReviewOutcome: Sendable, Codable {
    package let digest: Digest
    /// Why cheaper models were asked from some point on; nil where they were not.
    package var downgrade: String?
    /// Why claims were not checked by a second model.
    package var unverified: [String] = []

    init(digest: Digest) { self.digest = digest }
}
