package import OrchestratorCore
package import Providers
package import Settings

/// Which model at which provider a command is about.
package struct ModelPlace: Sendable {
    package let provider: ProviderDescriptor
    /// Empty for a command about a provider.
    package let model: String

    /// Finds the provider of a model: the one named by `provider` or before the first slash; else the only one that has
    /// the model configured; else the only one there is.
    /// - Parameters:
    ///   - text: `MODEL` or `PROVIDER/MODEL`; names of models may hold slashes themselves.
    ///   - need: where given, only providers with this protocol can do it; the text says what, as "download models".
    /// - Throws: `DescriptorError`, and `badConfiguration` where no provider or more than one remains.
    package init(
        _ text: String, provider name: String? = nil,
        need: (wire: ProviderDescriptor.WireProtocol, deed: String)? = nil, in configuration: ScanConfiguration
    ) throws {
        try DescriptorValidator.validate(configuration.providers, configuration.models)
        var (name, model) = (name, text)
        // A service may have models of the same form: a configured one is meant as it stands.
        if name == nil, let id = ModelID(text), configuration.providers.contains(where: { $0.id == id.provider }),
            !configuration.models.contains(where: { $0.id.name == text })
        {
            (name, model) = (id.provider, id.name)
        }
        var candidates = configuration.providers
        if let name {
            candidates = candidates.filter { $0.id == name }
            if candidates.isEmpty {
                let known = configuration.providers.map(\.id).joined(separator: ", ")
                throw Self.error("no provider '\(name)' is configured; there are: \(known.isEmpty ? "none" : known)")
            }
        }
        if let need { candidates = try Self.able(candidates, need) }
        let owners = candidates.filter { candidate in
            configuration.models.contains { $0.id == ModelID(provider: candidate.id, name: model) }
        }
        if owners.count == 1 { candidates = owners }
        guard candidates.count == 1 else {
            throw Self.error(
                candidates.isEmpty
                    ? "no provider is configured"
                    : "more than one provider fits (\(candidates.map(\.id).joined(separator: ", "))); "
                        + "name one with --provider or as PROVIDER/MODEL")
        }
        provider = candidates[0]
        self.model = model
    }

    private static func able(
        _ candidates: [ProviderDescriptor], _ need: (wire: ProviderDescriptor.WireProtocol, deed: String)
    ) throws -> [ProviderDescriptor] {
        let able = candidates.filter { $0.wire == need.wire }
        guard able.isEmpty else { return able }
        let found = candidates.map { "'\($0.id)' speaks \($0.wire.rawValue)" }.joined(separator: ", ")
        throw error(
            "only a provider with the protocol \(need.wire.rawValue) can \(need.deed); "
                + (found.isEmpty ? "none is configured" : found))
    }

    private static func error(_ text: String) -> PipelineError { PipelineError(.badConfiguration, text) }
}

extension ModelPlace {
    /// The Ollama server at this place, with the patience that downloads take: hours, and silence while a large layer is
    /// checked.
    /// - Parameter isLocalOnly: whatever would be answered by another host is refused.
    package func ollama(isLocalOnly: Bool) throws(ProviderError) -> OllamaProvider {
        if isLocalOnly, provider.kind == .cloud || ModelID(provider: provider.id, name: model).isCloudProxied {
            throw ProviderError(
                .leavesHost, activity: "choosing a model", provider: provider.id, model: model.isEmpty ? nil : model,
                billing: .notBilled, detail: "its answers come from another host")
        }
        var limits = provider.limits
        limits.idleTimeout = max(limits.idleTimeout, 600_000)
        limits.totalTimeout = 86_400_000
        limits.answerLimit = 1 << 30
        let patient = ProviderDescriptor(
            id: provider.id, kind: provider.kind, wire: provider.wire, baseURL: provider.baseURL, key: provider.key,
            limits: limits, template: provider.template)
        return OllamaProvider(try WireClient(patient, keys: EnvironmentKeys(), isLocalOnly: isLocalOnly))
    }
}

extension ModelPlace {
    /// Every configured provider with a protocol, or the named one. Throws like `init`, also where there is none.
    package static func all(
        provider name: String?, need: (wire: ProviderDescriptor.WireProtocol, deed: String),
        in configuration: ScanConfiguration
    ) throws -> [ModelPlace] {
        let fitting = configuration.providers.filter { $0.wire == need.wire && ($0.id == name ?? $0.id) }
        guard !fitting.isEmpty else { return [try ModelPlace("", provider: name, need: need, in: configuration)] }
        return try fitting.map { try ModelPlace("", provider: $0.id, need: need, in: configuration) }
    }
}
