import Foundation
import Logging
package import OrchestratorCore
import Providers
import Rules
import Store

/// Puts the planned prompts to models: the only stage that spends money. Every send is reserved before it leaves; an
/// answer that was paid for is never asked for again; what may have been paid for is not sent again without consent.
package struct CompleteReview: Stage {
    let review: ReviewParts
    package let settings: Digest
    let store: RunStore
    let run: String
    let progress: any ProgressListener

    package let name = StageName.complete
    package let version = 1

    package func run(_ input: ReviewPlan) async throws -> ReviewPlan {
        let account = review.ledger.account(run: run, budgets: review.budgets) { Clock.now }
        _ = try review.ledger.holdAbandoned(run: run, at: Clock.now)
        var gatewaySettings = GatewaySettings()
        gatewaySettings.isLocalOnly = review.isLocalOnly
        gatewaySettings.retriesUncertain = review.retriesUncertain
        let gateway = ProviderGateway(
            review.registry.providers, ledger: account, settings: gatewaySettings, logger: Self.logger)
        try await reconcile(gateway)
        let pending = try store.batches(run: run).filter { $0.state == .pending }
        try await send(
            pending, Sender(stage: self, gateway: gateway, key: try review.ledger.stateKey(), sources: try sources()))
        return input
    }

    private static let logger = Logger(label: "secorch") { _ in SwiftLogNoOpLogHandler() }

    /// Asks providers what became of attempts whose answer was lost, where they can tell.
    private func reconcile(_ gateway: ProviderGateway) async throws {
        for held in try review.ledger.held(run: run) {
            guard let outcome = try? await gateway.outcome(of: held.attempt) else { continue }
            try review.ledger.reconcile(held.attempt.attempt, outcome, at: Clock.now)
        }
    }

    private func sources() throws -> [Int: SourceFile] {
        var sources: [Int: SourceFile] = [:]
        try store.forEachFile(run: run) { ordinal, entry in sources[ordinal] = entry.file }
        return sources
    }

    /// As many at once as the first model's provider takes, in order. Where a budget has no room, what is under way may
    /// give some of its reservation back, so that is waited for; only a refusal with nothing under way is the end.
    private func send(_ pending: [ReviewBatch], _ sender: Sender) async throws {
        progress.began(.complete, total: pending.count)
        var queue = pending[...]
        var refusal: String?
        try await withThrowingTaskGroup(of: (ReviewBatch, Sender.Outcome).self) { group in
            var underWay = 0
            var allowed = width
            func fill() {
                while underWay < allowed, let batch = queue.popFirst() {
                    underWay += 1
                    group.addTask { (batch, try await sender.completeWhatever(batch)) }
                }
            }
            fill()
            while let (batch, outcome) = try await group.next() {
                underWay -= 1
                if case .exhausted(let reason) = outcome {
                    queue = ([batch] + queue).sorted { $0.number < $1.number }[...]
                    guard underWay > 0 else {
                        refusal = reason
                        break
                    }
                    // Fewer at once from here on: less is set aside at a time.
                    allowed = underWay
                    continue
                }
                try record(outcome, of: batch)
                progress.advanced(.complete, done: pending.count - queue.count - underWay)
                try Task.checkCancellation()
                fill()
            }
        }
        for batch in queue {
            try store.recordBatch(batch.number, .notAssessed, reason: refusal ?? "not sent", run: run)
        }
        progress.ended(.complete)
    }

    private var width: Int {
        let provider = review.models.first.flatMap { review.registry.provider($0.id.provider) }
        return max(1, provider?.descriptor.limits.concurrency ?? 1)
    }

    private func record(_ outcome: Sender.Outcome, of batch: ReviewBatch) throws {
        switch outcome {
        case .answered: try store.recordBatch(batch.number, .answered, run: run)
        case .failed(let reason), .exhausted(let reason):
            try store.recordBatch(batch.number, .notAssessed, reason: reason, run: run)
        }
    }
}

/// Sends single batches.
struct Sender: Sendable {
    let stage: CompleteReview
    let gateway: ProviderGateway
    let key: StateKey
    let sources: [Int: SourceFile]

    enum Outcome: Sendable {
        case answered
        case failed(String)
        /// A budget or a limit is reached: nothing more is to be sent.
        case exhausted(String)
    }

    /// In a task of its own: an interrupted run lets what was sent come to its end, and pays for an answer instead of
    /// holding money for none.
    func completeWhatever(_ batch: ReviewBatch) async throws -> Outcome {
        try await Task { try await complete(batch) }.value
    }

    /// Throws `CancellationError`; what was recorded until then is kept.
    private func complete(_ batch: ReviewBatch) async throws -> Outcome {
        let review = stage.review
        if try review.ledger.completion(batch.key) != nil { return .answered }
        guard let files = review.files(of: batch, sources, review.reader()) else {
            return .failed("changed during the scan")
        }
        let prompt = ReviewPrompt(instructions: review.instructions, files: files)
        var failures: [String] = []
        for model in review.models {
            guard let limits = ReviewSettings(model), batch.tokens + limits.maxOutput <= model.contextTokens ?? .max
            else { continue }
            let work = prompt.key(model.id, maxOutput: limits.maxOutput)
            if try review.ledger.completion(work) != nil { return .answered }
            if !review.retriesUncertain, try review.ledger.isHeld(work: work.description) {
                return .failed("held: an earlier request may have been charged; --retry-uncertain sends it again")
            }
            let request = prompt.request(
                model, maxOutput: limits.maxOutput, nonce: key.nonce(for: prompt.digest), tokens: batch.tokens)
            do {
                _ = try await gateway.complete(
                    GatewayJob(work: work.description, request: request, candidates: [model]))
                return .answered
            } catch {
                try Task.checkCancellation()
                if let limit = error.limit { return .exhausted("budget reached: \(LedgerError(overBudget: limit))") }
                if error.last.code == .ledgerFailed { return .exhausted(error.description) }
                if error.isHeld { return .failed("held: \(error)") }
                failures.append("\(error)")
            }
        }
        return .failed(failures.isEmpty ? "no model has a window large enough" : failures.joined(separator: "; "))
    }
}
