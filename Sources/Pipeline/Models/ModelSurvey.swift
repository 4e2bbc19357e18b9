package import OrchestratorCore
import Providers
package import Settings

/// A model as it is configured and as its provider has it.
package struct SurveyedModel: Sendable {
    package enum Status: Sendable, Hashable {
        case notAsked, available
        /// The provider answers, but does not offer it.
        case missing
        /// The provider gave no list.
        case unreachable(ProviderError)
        /// A local-only run must not ask for it.
        case refused
    }

    package let model: ModelDescriptor
    package let isConfigured: Bool
    package let status: Status
    package let isRetired: Bool
    /// What the provider offers in its place, where it is retired.
    package let successor: String?
}

/// The models of the configured providers. Asking them costs nothing.
package struct ModelSurvey: Sendable {
    private typealias Listing = Result<[ModelDescriptor], ProviderError>

    private let registry: ProviderRegistry
    private let catalogue: ModelCatalogue
    private let isLocalOnly: Bool

    /// Throws `DescriptorError` for a fault in the configuration, `PipelineError` and `DocumentError` for one in the
    /// catalogue.
    package init(_ configuration: ScanConfiguration, _ installation: Installation) throws {
        registry = try ProviderRegistry(
            configuration.providers, models: configuration.models, keys: EnvironmentKeys(),
            isLocalOnly: configuration.isLocalOnly)
        catalogue = try ModelCatalogue(installation)
        isLocalOnly = configuration.isLocalOnly
    }

    /// The models of the configuration, in its order; each provider's others behind them, by name.
    /// - Parameters:
    ///   - asksProviders: false to open no connection.
    ///   - includesOffered: also those that a provider offers and nobody configured.
    /// - Returns: the models, and why a provider gave no list.
    package func models(
        asksProviders: Bool, includesOffered: Bool
    ) async -> (models: [SurveyedModel], failures: [ProviderError]) {
        let listings = asksProviders ? await listings() : [:]
        await registry.shutdown()
        let models = registry.providers.flatMap { provider in
            entries(of: provider.descriptor, listings[provider.descriptor.id], includesOffered)
        }
        let failures = registry.providers.compactMap { provider in
            if case .failure(let error)? = listings[provider.descriptor.id] { error } else { nil }
        }
        return (models, failures)
    }

    /// One model as its provider has it, configured or not.
    /// - Throws: `leavesHost` where a local-only run must not ask for it, `modelNotFound` where it is neither configured nor
    ///   offered, and why the provider gave no list where it is not configured.
    package func model(_ name: String, at provider: ProviderDescriptor) async throws(ProviderError) -> SurveyedModel {
        func refuse(_ code: ProviderError.Code, _ detail: String) -> ProviderError {
            ProviderError(
                code, activity: "looking up a model", provider: provider.id, model: name, billing: .notBilled,
                detail: detail)
        }
        let names = provider.wire == .ollama ? [name, name + ":latest"] : [name]
        let listings = await listings()
        await registry.shutdown()
        let found = entries(of: provider, listings[provider.id], true).first { names.contains($0.model.id.name) }
        guard let found else {
            if case .failure(let error)? = listings[provider.id] { throw error }
            throw refuse(.modelNotFound, "it is not configured, and the provider does not offer it")
        }
        if found.status == .refused { throw refuse(.leavesHost, "its answers come from another host") }
        return found
    }

    private func listings() async -> [String: Listing] {
        await withTaskGroup(of: (String, Listing).self) { group in
            for provider in registry.providers where !isLocalOnly || provider.descriptor.kind != .cloud {
                group.addTask {
                    do throws(ProviderError) {
                        return (provider.descriptor.id, .success(try await provider.models()))
                    } catch {
                        return (provider.descriptor.id, .failure(error))
                    }
                }
            }
            var listings: [String: Listing] = [:]
            for await (id, listing) in group { listings[id] = listing }
            return listings
        }
    }

    private func entries(
        of provider: ProviderDescriptor, _ listing: Listing?, _ includesOffered: Bool
    ) -> [SurveyedModel] {
        var offered: [String: ModelDescriptor] = [:]
        if case .success(let models)? = listing {
            offered = Dictionary(models.map { ($0.id.name, $0) }) { first, _ in first }
        }
        var result: [SurveyedModel] = []
        for model in registry.models where model.id.provider == provider.id {
            // Ollama lists a name without a tag with the tag it stands for.
            let listed =
                offered.removeValue(forKey: model.id.name)
                ?? (provider.wire == .ollama ? offered.removeValue(forKey: model.id.name + ":latest") : nil)
            result.append(surveyed(model, listed, provider, listing, isConfigured: true))
        }
        guard includesOffered else { return result }
        return result
            + offered.values.sorted { $0.id < $1.id }.map {
                surveyed($0, $0, provider, listing, isConfigured: false)
            }
    }

    private func surveyed(
        _ model: ModelDescriptor, _ listed: ModelDescriptor?, _ provider: ProviderDescriptor, _ listing: Listing?,
        isConfigured: Bool
    ) -> SurveyedModel {
        let complete = catalogue.complete(model, of: provider, listed: listed)
        let status: SurveyedModel.Status =
            switch listing {
            case _ where isLocalOnly && complete.leavesHost: .refused
            case nil: .notAsked
            case .failure(let error)?: .unreachable(error)
            case .success?: listed == nil ? .missing : .available
            }
        let isRetired = complete.isRetired(on: Clock.today)
        return SurveyedModel(
            model: complete, isConfigured: isConfigured, status: status, isRetired: isRetired,
            successor: isRetired ? catalogue.successor(of: model.id, at: provider) : nil)
    }
}
