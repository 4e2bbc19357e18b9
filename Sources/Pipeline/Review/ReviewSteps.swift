import OrchestratorCore
import Providers
import Rules
import Settings
import Store
import Tokens

/// The model's part of a run: plan, complete, parse. Built before the run from what is configured; absent without a model.
struct ReviewSteps: Sendable {
    let registry: ProviderRegistry
    let selection: ModelSelector.Selection
    private let catalogue: ModelCatalogue
    let instructions: String
    let counter: any TokenCounting
    let ledger: Ledger
    let configuration: ScanConfiguration

    /// Nil where no model is configured. Throws `DescriptorError` for a fault in the configuration.
    init?(_ configuration: ScanConfiguration, _ installation: Installation, _ state: StateFolder) throws {
        try DescriptorValidator.validate(configuration.providers, configuration.models)
        guard !configuration.models.isEmpty else { return nil }
        catalogue = try ModelCatalogue(installation)
        let models = catalogue.complete(configuration.models, of: configuration.providers)
        registry = try ProviderRegistry(
            configuration.providers, models: models, keys: EnvironmentKeys(), isLocalOnly: configuration.isLocalOnly)
        var policy = ModelSelector.Policy()
        policy.isLocalOnly = configuration.isLocalOnly
        policy.today = Clock.today
        policy.preferred = configuration.preferredModels ?? catalogue.preferred
        selection = ModelSelector(policy).select(
            .codeAnalysis, needs: .init(inputTokens: 1256, outputTokens: 256), from: models)
        instructions = try installation.text("templates/prompts/security-review.md")
        if let vocabulary = try? Vocabulary(path: installation.vocabulary) {
            counter = BytePairCounter(vocabulary)
        } else {
            counter = ByteClassEstimator()
        }
        ledger = try Ledger(state: state)
        self.configuration = configuration
    }

    /// What a reader of the report must know before the first word about models.
    var notices: [String] {
        let excluded = selection.excluded.sorted { $0.key < $1.key }.map {
            "Model \($0.key) was left out: \($0.value)\(successor(of: $0.key, $0.value))."
        }
        // Of the preference that comes with the program, nobody expects to have every model.
        let missing = configuration.preferredModels == nil ? [] : selection.missing
        let notices = missing.map { "The preferred model \($0) is at no configured provider." } + excluded
        guard let first = selection.models.first else {
            return notices + ["No configured model may be asked; the embedded analyzer alone did the work."]
        }
        return notices.isEmpty ? [] : notices + ["The first model asked is \(first.id)."]
    }

    private func successor(of model: ModelID, _ reason: ModelSelector.Exclusion) -> String {
        guard case .retired = reason, let provider = registry.provider(model.provider)?.descriptor,
            let successor = catalogue.successor(of: model, at: provider)
        else { return "" }
        return "; its provider names \(successor) in its place"
    }

    /// What shapes the answers, for the run's identity.
    var identity: [String] {
        selection.models.map(\.id.description) + [Digest(of: instructions).description, counter.title]
    }

    func parts(_ library: DetectionLibrary, _ target: Target, largestFile: Int, hints: Hints) -> ReviewParts {
        ReviewParts(
            registry: registry, models: selection.models, instructions: instructions, library: library,
            counter: counter,
            root: target.root, largestFile: largestFile, hints: hints, ledger: ledger, budgets: configuration.budgets,
            isLocalOnly: configuration.isLocalOnly, retriesUncertain: configuration.retriesUncertain)
    }
}

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
        // What an earlier attempt at this run merged must not shape what is asked now.
        try store.recordReviews([], agreements: [:], run: run)
        _ = try store.orderFindings(run: run, honouringSuppressions: honoursSuppressions)
        let parts = steps.parts(library, target, largestFile: largestFile, hints: try Hints(store, run: run))
        let plan = try await journal.checkpoint(
            PlanReview(review: parts, settings: settings, store: store, run: run, progress: progress), findings)
        _ = try await journal.checkpoint(
            CompleteReview(review: parts, settings: settings, store: store, run: run, progress: progress), plan)
        await steps.registry.shutdown()
        // Cheap and repeatable: always done anew.
        var summary = try await ParseReview(
            review: parts, settings: settings, weaknesses: weaknesses, store: store, run: run,
            honoursSuppressions: honoursSuppressions
        ).run(plan)
        let totals = try steps.ledger.costs(by: .run, run: run).first
        summary.requests = totals?.requests ?? 0
        summary.inputTokens = totals?.inputTokens ?? 0
        summary.outputTokens = totals?.outputTokens ?? 0
        summary.settled = totals?.settled ?? .zero
        summary.uncertain = totals?.uncertain ?? .zero
        return summary
    }
}
