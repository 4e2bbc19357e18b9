import Detection
package import OrchestratorCore
import Providers
import Rules
import Store

/// The model's stages of one run.
struct Review: Sendable {
    let steps: ReviewSteps
    let library: DetectionLibrary
    let target: Target
    let largestFile: Int
    let weaknesses: WeaknessCatalogue
    let honoursSuppressions: Bool
    let store: RunStore
    let run: String
    let progress: any ProgressListener

    private var settings: Digest { Digest(parts: ["review"] + steps.identity) }

    /// Throws `CancellationError`; what was paid for until then is kept.
    func run(_ findings: DetectionManifest, _ journal: Journal) async throws -> ReviewSummary {
        let parts = try parts()
        let matcher = ClaimMatcher(parts.hints, weaknesses)
        let plan = try await journal.checkpoint(planning(parts), findings)
        let outcome = try await journal.checkpoint(
            CompleteReview(review: parts, settings: settings, store: store, run: run, progress: progress), plan)
        let verified = try await journal.checkpoint(
            VerifyClaims(
                review: parts, settings: settings, matcher: matcher, store: store, run: run, progress: progress),
            outcome)
        await steps.access.registry.shutdown()
        // Cheap and repeatable: always done anew.
        var summary = try await ParseReview(
            review: parts, settings: settings, matcher: matcher, store: store, run: run,
            honoursSuppressions: honoursSuppressions
        ).run(verified)
        summary.absent = try parts.absent(run: run)
        let totals = try steps.access.ledger.costs(by: .run, run: run).first
        summary.requests = totals?.requests ?? 0
        summary.inputTokens = totals?.inputTokens ?? 0
        summary.outputTokens = totals?.outputTokens ?? 0
        summary.settled = totals?.settled ?? .zero
        summary.uncertain = try totals.map { try $0.reserved.adding($0.uncertain) } ?? .zero
        return summary
    }

    /// What the prompts would cost, for each model alone. Sends nothing; the plan itself is kept for the scan.
    func estimates(_ findings: DetectionManifest, _ journal: Journal) async throws -> [ModelEstimate] {
        let parts = try parts()
        _ = try await journal.checkpoint(planning(parts), findings)
        await steps.access.registry.shutdown()
        return try parts.models.map { model in
            ModelEstimate(
                model: model, plan: try planning(parts).estimate(model, findings), forecast: try parts.forecast(model))
        }
    }

    /// The planned prompts, for a batch by hand. Sends nothing.
    func offlineBatch(_ findings: DetectionManifest, _ journal: Journal) async throws -> OfflineBatch {
        let parts = try parts()
        _ = try await journal.checkpoint(planning(parts), findings)
        await steps.access.registry.shutdown()
        return OfflineBatch(review: parts, store: store, run: run)
    }

    private func planning(_ parts: ReviewParts) -> PlanReview {
        PlanReview(review: parts, settings: settings, store: store, run: run, progress: progress)
    }

    private func parts() throws -> ReviewParts {
        // What an earlier attempt at this run merged must not shape what is asked now.
        try store.recordReviews([], agreements: [:], run: run)
        try store.recordImports([], attributions: [:], run: run)
        try store.recordRanks([], run: run)
        _ = try store.orderFindings(run: run, honouringSuppressions: honoursSuppressions)
        return steps.parts(library, target, largestFile: largestFile, hints: try Hints(store, run: run))
    }
}

/// What a scan would ask of one model, if it were asked for everything.
package struct ModelEstimate: Sendable {
    package let model: ModelDescriptor
    package let plan: ReviewPlan
    /// Nil where the price is unknown.
    package let expected: Money?
    /// What a scan with each file in a prompt of its own, and without known answers, would be expected to cost.
    package let expectedSingle: Money?
    /// Tokens of one answer, and on how many answers that was measured; 0 for an assumption.
    package let outputTokens: Int
    package let measuredAnswers: Int

    init(model: ModelDescriptor, plan: ReviewPlan, forecast: Forecast) {
        self.model = model
        self.plan = plan
        expected = forecast.cost(prompts: plan.size.prompts, tokens: plan.size.tokens)
        expectedSingle = forecast.cost(prompts: plan.single.prompts, tokens: plan.single.tokens)
        outputTokens = forecast.outputTokens
        measuredAnswers = forecast.measured
    }
}
