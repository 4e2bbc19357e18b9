import OrchestratorCore
import Providers
import Store
import Synchronization

/// Compares the budgets with what is still to come, and says when a share of one is used up.
final class BudgetWatch: Sendable {
    private let review: ReviewParts
    private let run: String
    private let progress: any ProgressListener
    private let said = Mutex<Set<String>>([])

    init(_ review: ReviewParts, run: String, progress: any ProgressListener) {
        self.review = review
        self.run = run
        self.progress = progress
    }

    /// What the rest of the budgets lacks for some prompts, at the expected cost of the models they are planned for; nil
    /// where it covers them.
    func shortage(of batches: [ReviewBatch]) throws -> String? {
        var expected: [String: Int64] = [:]
        for batch in batches {
            guard let model = review.models.first(where: { $0.id == batch.model }),
                let cost = try review.forecast(model).cost(prompts: 1, tokens: batch.tokens)
            else { continue }
            expected[model.id.provider, default: 0] += cost.nanodollars
        }
        let all = expected.values.reduce(0, +)
        for provider in expected.keys.sorted() {
            for standing in try standings(provider) {
                guard let limit = standing.limit else { continue }
                let rest = max(0, limit.nanodollars - standing.totals.committed.nanodollars)
                let wanted = standing.isOfProvider ? expected[provider] ?? 0 : all
                guard wanted > rest else { continue }
                return "the rest of the \(standing.title) budget, \(Money(nanodollars: rest)), does not cover the "
                    + "expected \(Money(nanodollars: wanted))"
            }
        }
        return nil
    }

    /// Says which thresholds have been passed since the last look.
    func look() throws {
        for provider in Set(review.models.map(\.id.provider)).sorted() {
            for standing in try standings(provider) {
                guard let limit = standing.limit, limit > .zero else { continue }
                let committed = standing.totals.committed
                let share = Int(Double(committed.nanodollars) / Double(limit.nanodollars) * 100)
                guard let passed = review.access.budgets.alerts.filter({ $0 <= share }).max() else { continue }
                guard said.withLock({ $0.insert("\(standing.title) \(passed)").inserted }) else { continue }
                progress.warned("\(passed) % of the \(standing.title) budget of \(limit) is used: \(committed)")
            }
        }
    }

    private func standings(_ provider: String) throws -> [BudgetStanding] {
        try review.ledger.standings(run: run, provider: provider, at: Clock.now, review.access.budgets)
    }
}

/// What prompts to a model are expected to cost.
struct Forecast {
    let model: ModelDescriptor
    /// Tokens of one answer.
    let outputTokens: Int
    /// Answers that the expectation was measured on; 0 for an assumption.
    let measured: Int

    /// Nil where the price is unknown or the cost beyond measure.
    func cost(prompts: Int, tokens: Int) -> Money? {
        guard let usage = Usage(inputUncached: tokens, output: prompts * outputTokens) else { return nil }
        guard let schedule = model.price.schedule else { return nil }
        // The price of a range of sizes goes by the single prompt.
        let single = Usage(inputUncached: tokens / max(1, prompts), output: outputTokens)
        guard schedule.tiers.count > 1, let single, let each = try? schedule.cost(of: single) else {
            return try? schedule.cost(of: usage)
        }
        let (total, overflow) = each.nanodollars.multipliedReportingOverflow(by: Int64(prompts))
        return overflow ? nil : Money(nanodollars: total)
    }
}

/// Asks resting providers from time to time whether they are back.
struct HealthWatch {
    private let gateway: ProviderGateway
    private static let interval = Duration.seconds(20)

    init(_ gateway: ProviderGateway) { self.gateway = gateway }

    func whileRunning(_ body: () async throws -> Void) async throws {
        let gateway = gateway
        let watching = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: Self.interval)
                await gateway.checkResting()
            }
        }
        defer { watching.cancel() }
        try await body()
    }
}
