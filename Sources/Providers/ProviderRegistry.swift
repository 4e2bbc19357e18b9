package import OrchestratorCore

/// The providers of a run and their models.
package struct ProviderRegistry: Sendable {
    /// In the order of the configuration.
    package let providers: [any Provider]
    package let models: [ModelDescriptor]

    /// Builds an adapter for each descriptor. Throws the first fault of a descriptor or a model, with the offending
    /// key. With `isLocalOnly`, what could leave this machine is kept in the list but refuses every request.
    package init(
        _ descriptors: [ProviderDescriptor], models: [ModelDescriptor], keys: any KeyResolving,
        isLocalOnly: Bool = false
    ) throws(DescriptorError) {
        try DescriptorValidator.validate(descriptors, models)
        var providers: [any Provider] = []
        for descriptor in descriptors {
            do {
                providers.append(try Self.adapter(descriptor, keys: keys, isLocalOnly: isLocalOnly))
            } catch {
                throw DescriptorError(provider: descriptor.id, key: "base_url", problem: error.detail)
            }
        }
        self.providers = providers
        self.models = models
    }

    /// The adapter of a descriptor's protocol. Throws `misconfigured`.
    package static func adapter(
        _ descriptor: ProviderDescriptor, keys: any KeyResolving, isLocalOnly: Bool = false
    ) throws(ProviderError) -> any Provider {
        let client = try WireClient(descriptor, keys: keys, isLocalOnly: isLocalOnly)
        return switch descriptor.wire {
        case .ollama: OllamaProvider(client)
        case .openrouter: OpenRouterProvider(client)
        case .huggingface: HuggingFaceProvider(client)
        case .anthropic: AnthropicProvider(client)
        case .openai: OpenAIProvider(client)
        case .custom: try CustomProvider(client)
        }
    }

    package func provider(_ id: String) -> (any Provider)? { providers.first { $0.descriptor.id == id } }
    /// Nil where the provider is not configured or its protocol has no batches.
    package func batchProvider(_ id: String) -> (any BatchProvider)? { provider(id) as? any BatchProvider }
    package func model(_ id: ModelID) -> ModelDescriptor? { models.first { $0.id == id } }

    /// Closes all connections.
    package func shutdown() async {
        for provider in providers { await provider.shutdown() }
    }
}
