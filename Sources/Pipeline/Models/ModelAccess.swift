import Logging
import OrchestratorCore
import Providers
import Settings
import Store

/// The configured providers and models, with the account book that every request to them is entered in.
struct ModelAccess: Sendable {
    let registry: ProviderRegistry
    let catalogue: ModelCatalogue
    let ledger: Ledger
    let budgets: Budgets
    let isLocalOnly: Bool
    let retriesUncertain: Bool
    /// Whether every provider that has batches is given them.
    let usesBatches: Bool
    /// How long a run waits for its batches.
    let batchWait: Duration

    /// What is publicly known of the models stands in for what the configuration does not say.
    /// - Throws: `DescriptorError` for a fault in the configuration, and the errors of opening the ledger.
    init(_ configuration: ScanConfiguration, _ installation: Installation, _ state: StateFolder) throws {
        catalogue = try ModelCatalogue(installation)
        let models = catalogue.complete(configuration.models, of: configuration.providers)
        registry = try ProviderRegistry(
            configuration.providers, models: models, keys: EnvironmentKeys(), isLocalOnly: configuration.isLocalOnly)
        ledger = try Ledger(state: state)
        budgets = configuration.budgets
        isLocalOnly = configuration.isLocalOnly
        retriesUncertain = configuration.retriesUncertain
        usesBatches = configuration.usesBatches
        batchWait = .seconds(configuration.batchWait)
    }

    /// The way to the models, on the account of a run.
    func gateway(run: String) -> ProviderGateway {
        var settings = GatewaySettings()
        settings.isLocalOnly = isLocalOnly
        settings.retriesUncertain = retriesUncertain
        return ProviderGateway(
            registry.providers, ledger: ledger.account(run: run, budgets: budgets) { Clock.now }, settings: settings,
            logger: Logger(label: "secorch") { _ in SwiftLogNoOpLogHandler() })
    }

    func inquiry(_ gateway: ProviderGateway) -> Inquiry {
        Inquiry(ledger: ledger, gateway: gateway, models: registry.models, retriesUncertain: retriesUncertain)
    }

    /// Requests under way at once: as many as the endpoints of the model take together.
    func width(of model: ModelDescriptor) -> Int {
        let endpoints = registry.models.filter(model.isEqual).compactMap { registry.provider($0.id.provider) }
        return max(1, endpoints.reduce(0) { $0 + $1.descriptor.limits.concurrency })
    }

    /// The measured scores of models, 0 to 1, under given instructions.
    func scores(_ instructions: String) throws -> [ModelID: Double] {
        let measured = try ledger.calibrations(.securityScan, prompt: Digest(of: instructions))
        return Dictionary(measured.map { ($0.model, $0.score) }) { first, _ in first }
    }

    /// How models are to be chosen today.
    func policy(_ configuration: ScanConfiguration) -> ModelSelector.Policy {
        var policy = ModelSelector.Policy()
        policy.isLocalOnly = isLocalOnly
        policy.requiresCloud = configuration.selection.requiresCloud
        policy.floor = Double(configuration.selection.floor) / 100
        policy.today = Clock.today
        policy.preferred = configuration.selection.preferred ?? catalogue.preferred
        return policy
    }
}
