package import OrchestratorCore

/// What is publicly known of models, from a dated list: which services there are, their prices, windows and last days, and
/// which models are preferred for code.
package struct ModelCatalogue: Sendable {
    /// Somebody who serves models under one price list.
    package struct Service: Hashable, Sendable {
        package let id: String
        /// Names of hosts; hosts below them count too.
        package let hosts: [String]
        /// False for a flat plan.
        package let chargesPerToken: Bool

        package init(id: String, hosts: [String], chargesPerToken: Bool) {
            self.id = id
            self.hosts = hosts
            self.chargesPerToken = chargesPerToken
        }
    }

    package let prices: PriceTable
    /// Names for code analysis, best first.
    package let preferred: [String]
    private let services: [Service]

    package init(prices: PriceTable, preferred: [String], services: [Service]) {
        self.prices = prices
        self.preferred = preferred
        self.services = services
    }

    /// Whose price list applies: the service whose host is asked, whatever the user calls it; behind any other address the
    /// one service that the protocol belongs to; else the one that the provider is named after. Nil where nobody charges
    /// or nobody can be told.
    package func service(of provider: ProviderDescriptor) -> Service? {
        guard provider.kind != .local else { return nil }
        if let host = Endpoint(provider.baseURL)?.host,
            let service = services.first(where: { $0.hosts.contains { host == $0 || host.hasSuffix("." + $0) } })
        {
            return service
        }
        let name =
            switch provider.wire {
            case .ollama, .openrouter, .huggingface, .anthropic: provider.wire.rawValue
            case .openai, .custom: provider.id
            }
        return services.first { $0.id == name }
    }

    /// Models with what is known of them: what is configured, then what the provider lists, then the list.
    package func complete(
        _ models: [ModelDescriptor], of providers: [ProviderDescriptor]
    ) -> [ModelDescriptor] {
        models.map { model in
            providers.first { $0.id == model.id.provider }.map { complete(model, of: $0) } ?? model
        }
    }

    /// - Parameter listed: the model as its provider lists it.
    package func complete(
        _ model: ModelDescriptor, of provider: ProviderDescriptor, listed: ModelDescriptor? = nil
    ) -> ModelDescriptor {
        // On this machine nobody charges; a service that cannot be told may.
        let service = service(of: provider)
        let isCharged = service?.chargesPerToken ?? (provider.kind != .local)
        return prices.complete(model, as: name(of: model.id, at: service), listed: listed, isCharged: isCharged)
    }

    /// What the provider offers in place of a model that it no longer serves.
    package func successor(of model: ModelID, at provider: ProviderDescriptor) -> String? {
        name(of: model, at: service(of: provider)).flatMap(prices.entry)?.successor
    }

    private func name(of model: ModelID, at service: Service?) -> ModelID? {
        service.map { ModelID(provider: $0.id, name: model.name) }
    }
}
