import Foundation
import Ingestion
package import OrchestratorCore
import Providers
import Store

/// The planned prompts of a run as a file of requests, and the answers to them from a file: for an engine that works
/// offline, or a batch that is uploaded by hand.
package struct OfflineBatch: Sendable {
    let review: ReviewParts
    let store: RunStore
    let run: String

    /// Results that share a transaction.
    private static let groupSize = 500

    /// What was written.
    package struct Export: Sendable {
        package let model: ModelID
        package fileprivate(set) var prompts = 0
        /// Of all prompts, by our count.
        package fileprivate(set) var tokens = 0
        /// The most that all answers can cost; nil where the price is unknown.
        package fileprivate(set) var worstCase: Money? = .zero
        /// Prompts that need no request any more, or must not be sent again without consent.
        package fileprivate(set) var leftOut = 0
    }

    /// What was entered.
    package struct Import: Sendable {
        package fileprivate(set) var answers = 0
        /// Requests that failed.
        package fileprivate(set) var failures = 0
        /// Lines whose answer was known before.
        package fileprivate(set) var known = 0
        /// What the answers cost, at the full price of the model.
        package fileprivate(set) var cost = Money.zero
    }

    /// Refuses a file inside the target: it would be scanned, too, and make it another target.
    static func refuse(_ file: String, inside root: RootFolder) throws(PipelineError) {
        let folder = URL(filePath: OutputFolder.absolute(file)).deletingLastPathComponent().resolvingSymlinksInPath()
        guard !(folder.path + "/").hasPrefix(root.path == "/" ? "/" : root.path + "/") else {
            throw PipelineError(
                .badOutput, "\(file) lies in the folder that is scanned and would change it; take a place outside of it"
            )
        }
    }

    // MARK: Export

    /// Writes the open prompts of the first model, one line each. Throws `BatchFileError`.
    func export(to file: String) throws -> Export {
        let model = review.models[0]
        var export = Export(model: model.id)
        let planned = try store.batches(run: run).filter { $0.state == .pending && $0.model == model.id }
        let obstacles = try review.ledger.obstacles(planned.map(\.key.description))
        let open = planned.filter { obstacles[$0.key.description] == nil }
        export.leftOut = planned.count - open.count
        let prompts = try PlannedPrompts(review, store, run: run)
        try BatchFile.write(
            open.lazy.compactMap { batch in
                prompts.request(batch).map { request in
                    count(batch, request, in: &export)
                    return (id: batch.key.hex, request: request)
                }
            }, to: file)
        return export
    }

    private func count(_ batch: ReviewBatch, _ request: CompletionRequest, in export: inout Export) {
        export.prompts += 1
        export.tokens += batch.tokens
        guard let plan = try? attempt(AttemptID(""), batch, request), let sum = export.worstCase else {
            return export.worstCase = nil
        }
        export.worstCase = try? sum.adding(plan.worstCase)
    }

    /// Throws where no budget could be kept.
    private func attempt(_ id: AttemptID, _ batch: ReviewBatch, _ request: CompletionRequest) throws -> AttemptPlan {
        guard let price = request.model.price.schedule,
            let provider = review.access.registry.provider(request.model.id.provider)
        else {
            throw PipelineError(
                .badConfiguration, "the price of \(request.model.id) is unknown; without it no budget can be kept")
        }
        return try AttemptPlan(id, work: batch.key.description, request, at: price, by: provider)
    }

    // MARK: Import

    /// Enters the results of a file, in whatever order: each is set aside at its worst case and settled, so that the
    /// budgets hold. The same file again costs nothing.
    func importAnswers(from file: String) async throws -> Import {
        var imported = Import()
        let account = review.access.ledger.account(run: run, budgets: review.access.budgets) { Clock.now }
        var results = try Results(self, file)
        var isAtEnd = false
        while !isAtEnd {
            var group: [RunLedger.KnownAttempt] = []
            var fault: (any Error)?
            do {
                while group.count < Self.groupSize, !isAtEnd {
                    switch try results.next() {
                    case .attempt(let attempt): group.append(attempt)
                    case .known: imported.known += 1
                    case .end: isAtEnd = true
                    }
                }
            } catch { fault = error }
            // What stands before a fault counts.
            let (entered, refusal) = try await account.enter(group)
            for attempt in group.prefix(entered) { try imported.add(attempt.end) }
            if let fault { throw fault }
            if let refusal {
                throw PipelineError(
                    .incomplete, "\(refusal); \(imported.answers) answers of \(file) were entered before")
            }
        }
        return imported
    }

    /// The lines of a file of results as attempts.
    private struct Results {
        enum Line {
            case attempt(RunLedger.KnownAttempt)
            case known
            case end
        }

        private let batch: OfflineBatch
        private let pending: [String: ReviewBatch]
        private let obstacles: [String: Ledger.Obstacle]
        private let asked: Asked
        private var reader: BatchFileReader

        /// The request of the line at hand.
        private final class Asked { var request: CompletionRequest? }

        init(_ batch: OfflineBatch, _ file: String) throws {
            self.batch = batch
            let pending = Dictionary(
                try batch.store.batches(run: batch.run).filter { $0.state == .pending }.map { ($0.key.hex, $0) }
            ) { first, _ in first }
            self.pending = pending
            let ledger = batch.review.ledger
            obstacles = try ledger.obstacles(pending.values.map(\.key.description))
            let prompts = try PlannedPrompts(batch.review, batch.store, run: batch.run)
            let asked = Asked()
            self.asked = asked
            let model = batch.review.models[0]
            reader = try BatchFile.read(file) { id in
                asked.request = pending[id].flatMap(prompts.request)
                if let request = asked.request { return request }
                // An answer that an earlier run was given: what the line says is of no interest any more.
                let isKnown = (try? ledger.obstacles([Digest.tag + id]))?.values.contains(.answered) == true
                return isKnown ? CompletionRequest(model: model, system: "", messages: [], maxOutputTokens: 1) : nil
            }
        }

        mutating func next() throws -> Line {
            guard let result = try reader.next() else { return .end }
            guard let request = asked.request, let planned = pending[result.id],
                obstacles[planned.key.description] != .answered
            else { return .known }
            let plan = try batch.attempt(Self.attempt(planned, result.result), planned, request)
            guard let price = request.model.price.schedule else { return .known }
            // Where the answers come from is not known here: less than the full price counts only where the user says so.
            let provider = batch.review.access.registry.provider(request.model.id.provider)?.descriptor
            let reduced = (try? price.inBatch(at: provider?.batchShare ?? .whole)) ?? price
            return .attempt(.init(plan, ReservationEnd(result.result, at: reduced, reserved: plan.worstCase)))
        }

        /// The same for the same answer, so that it is entered once.
        private static func attempt(_ planned: ReviewBatch, _ result: Result<Completion, ProviderError>) -> AttemptID {
            let said: [String]
            switch result {
            case .success(let completion): said = [completion.providerRequestID ?? "", completion.text]
            case .failure(let error): said = [error.providerRequestID ?? "", "\(error)"]
            }
            return AttemptID("import-" + Digest(parts: [planned.key.hex] + said).hex.prefix(32))
        }
    }
}

extension OfflineBatch.Import {
    fileprivate mutating func add(_ end: ReservationEnd) throws {
        guard case .settle(let settlement) = end else { return failures += 1 }
        if settlement.completion == nil { failures += 1 } else { answers += 1 }
        cost = try cost.adding(settlement.amount).adding(settlement.excess)
    }
}
