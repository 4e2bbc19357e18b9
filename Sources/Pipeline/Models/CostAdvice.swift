import OrchestratorCore
import Providers
package import Settings
import Store

/// What would have been cheaper, from what was measured: tokens and answers in the ledger, scores, price lists.
package struct CostAdvice: Sendable {
    private let access: ModelAccess
    private let scores: [ModelID: Double]
    private let floor: Double

    /// Cheaper by less than this many percent is not worth a word.
    private static let worthwhile: Int64 = 10
    /// A score lower by more than this is another quality.
    private static let tolerance = 0.05

    /// Throws for faults in the configuration and what cannot be opened.
    package init(_ installation: Installation, _ configuration: ScanConfiguration, state path: String) throws {
        access = try ModelAccess(configuration, installation, try StateFolder(path))
        scores = try access.scores(try installation.text("templates/prompts/security-review.md"))
        floor = Double(configuration.selection.floor) / 100
    }

    package func shutdown() async { await access.registry.shutdown() }

    /// One sentence each, the largest spenders first.
    /// - Parameter run: only this run's attempts; nil for all.
    package func suggestions(run: String?) throws -> [String] {
        var suggestions: [String] = []
        for row in try access.ledger.costs(by: .model, run: run) {
            guard let model = ModelID(row.group), row.settled > .zero else { continue }
            suggestions += cheaper(than: model, row)
            suggestions += batches(model, row)
            suggestions += try doubts(model)
            if row.uncertain > .zero {
                suggestions.append(
                    "\(model): \(row.uncertain) is held for requests of unknown fate; the provider's own bill tells "
                        + "whether --retry-uncertain would pay twice.")
            }
        }
        return suggestions
    }

    /// The cheapest other model that measures as well, or that nobody has measured.
    private func cheaper(than model: ModelID, _ row: CostRow) -> [String] {
        let own = scores[model]
        let candidates = access.registry.models.filter { other in
            guard other.id != model, !(access.isLocalOnly && other.leavesHost) else { return false }
            guard let score = scores[other.id] else { return true }
            return score >= floor && score >= (own ?? score) - Self.tolerance
        }
        let priced = candidates.compactMap { other in cost(of: row, at: other).map { (other, $0) } }
        guard let (best, cost) = priced.min(by: { ($0.1, $0.0.id) < ($1.1, $1.0.id) }),
            cost.nanodollars * 100 <= row.settled.nanodollars * (100 - Self.worthwhile)
        else { return [] }
        func text(_ score: Double?) -> String { score.map { "\(Int(($0 * 100).rounded())) %" } ?? "not measured" }
        return [
            "\(model): the same tokens at \(best.id) would have cost \(cost) instead of \(row.settled) "
                + "(scores: \(text(scores[best.id])) against \(text(own)))."
                + (scores[best.id] == nil ? " 'secorch models calibrate' measures it." : "")
        ]
    }

    /// What was sent and received at another model's prices.
    private func cost(of row: CostRow, at model: ModelDescriptor) -> Money? {
        guard let schedule = model.price.schedule, let tier = schedule.tiers.first else {
            return model.price.isFree ? .zero : nil
        }
        return try? TokenPrice.cost([
            (row.inputTokens - row.cachedTokens, tier.input), (row.cachedTokens, tier.cacheRead ?? tier.input),
            (row.outputTokens, tier.output),
        ])
    }

    private func batches(_ model: ModelID, _ row: CostRow) -> [String] {
        guard let provider = access.registry.batchProvider(model.provider),
            let price = try? access.registry.model(model)?.price.schedule?.inBatch(at: provider.batchShare),
            let tier = price.tiers.first,
            let cost = try? TokenPrice.cost([(row.inputTokens, tier.input), (row.outputTokens, tier.output)]),
            cost.nanodollars * 100 <= row.settled.nanodollars * (100 - Self.worthwhile)
        else { return [] }
        return ["\(model): sent as batches (scan --batch) the same would have cost about \(cost)."]
    }

    private func doubts(_ model: ModelID) throws -> [String] {
        let (answers, doubtful) = try access.ledger.doubts(about: model)
        guard answers >= 20, doubtful * 5 >= answers else { return [] }
        return [
            "\(model): \(doubtful * 100 / answers) % of its answers did not prove that the code was read, and were paid for "
                + "in vain; smaller prompts (context_tokens) or another model would cost less."
        ]
    }
}
