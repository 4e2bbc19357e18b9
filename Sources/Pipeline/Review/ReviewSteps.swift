import OrchestratorCore
import Providers
import Rules
import Settings
import Store
import Tokens

/// The model's part of a run: plan, complete, verify, parse. Built before the run from what is configured; absent without a
/// model.
struct ReviewSteps: Sendable {
    let access: ModelAccess
    let selection: ModelSelector.Selection
    /// Best first, each once: endpoints that are equal count as one.
    let models: [ModelDescriptor]
    let verifier: ModelDescriptor?
    let instructions: String
    let verifyInstructions: String
    let counter: any TokenCounting
    let configuration: ScanConfiguration

    /// Nil where no model is configured. Throws `DescriptorError` for a fault in the configuration.
    init?(_ configuration: ScanConfiguration, _ installation: Installation, _ state: StateFolder) throws {
        try DescriptorValidator.validate(configuration.providers, configuration.models)
        guard !configuration.models.isEmpty else { return nil }
        access = try ModelAccess(configuration, installation, state)
        instructions = try installation.text("templates/prompts/security-review.md")
        verifyInstructions = try installation.text("templates/prompts/verify-claims.md")
        let scores = try access.scores(instructions)
        let policy = access.policy(configuration)
        selection = ModelSelector(policy, scores: scores).select(
            configuration.selection.task, needs: .init(inputTokens: 1256, outputTokens: 256),
            from: access.registry.models)
        models = selection.models.reduce(into: []) { models, model in
            if !models.contains(where: model.isEqual) { models.append(model) }
        }
        verifier = try Self.verifier(configuration.selection, models, scores)
        counter = installation.tokenCounter
        self.configuration = configuration
    }

    /// The model that is asked to check claims: the one configured, else the best measured one, where it is better than the
    /// model that makes them.
    private static func verifier(
        _ settings: SelectionSettings, _ models: [ModelDescriptor], _ scores: [ModelID: Double]
    ) throws -> ModelDescriptor? {
        if let id = settings.verifier {
            guard let model = models.first(where: { $0.id == id }) else {
                throw PipelineError(
                    .badConfiguration, "'verify_with' names \(id), which is not configured or may not be asked")
            }
            return model.id == models.first?.id ? nil : model
        }
        guard let first = models.first, let own = scores[first.id] else { return nil }
        return models.filter { scores[$0.id] ?? 0 > own }.max { scores[$0.id] ?? 0 < scores[$1.id] ?? 0 }
    }

    /// What a reader of the report must know before the first word about models.
    var notices: [String] {
        let excluded = selection.excluded.sorted { $0.key < $1.key }.map {
            "Model \($0.key) was left out: \($0.value)\(successor(of: $0.key, $0.value))."
        }
        // Of the preference that comes with the program, nobody expects to have every model.
        let missing = configuration.selection.preferred == nil ? [] : selection.missing
        let notices = missing.map { "The preferred model \($0) is at no configured provider." } + excluded
        guard let first = selection.models.first else {
            return notices + ["No configured model may be asked; the embedded analyzer alone did the work."]
        }
        return notices.isEmpty ? [] : notices + ["The first model asked is \(first.id)."]
    }

    private func successor(of model: ModelID, _ reason: ModelSelector.Exclusion) -> String {
        guard case .retired = reason, let provider = access.registry.provider(model.provider)?.descriptor,
            let successor = access.catalogue.successor(of: model, at: provider)
        else { return "" }
        return "; its provider names \(successor) in its place"
    }

    /// What shapes the answers, for the run's identity.
    var identity: [String] {
        let checks = verifier.map { ["verified by \($0.id)", Digest(of: verifyInstructions).description] } ?? []
        return selection.models.map(\.id.description) + [Digest(of: instructions).description, counter.title] + checks
            + ["escalations \(configuration.selection.escalations)"]
            + (configuration.selection.scope == .all ? [] : ["scope \(configuration.selection.scope.rawValue)"])
    }

    func parts(_ library: DetectionLibrary, _ target: Target, largestFile: Int, hints: Hints) -> ReviewParts {
        ReviewParts(
            access: access, models: models, verifier: verifier, selection: configuration.selection,
            instructions: instructions, verifyInstructions: verifyInstructions, library: library, counter: counter,
            root: target.root, largestFile: largestFile, hints: hints)
    }
}

extension Installation {
    /// The exact counter of the Qwen models where its vocabulary is installed, else an estimate that errs upwards.
    var tokenCounter: any TokenCounting {
        if let vocabulary = try? Vocabulary(path: vocabulary) { return BytePairCounter(vocabulary) }
        return ByteClassEstimator()
    }
}
