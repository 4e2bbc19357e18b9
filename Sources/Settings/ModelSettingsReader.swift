import OrchestratorCore

/// Reads the keys about models: `providers`, `preferred_models`, `budgets`, `local_only`, `on_uncertain`. The values are checked for their
/// form here; whether they fit together is the provider registry's to say.
enum ModelSettingsReader {
    private enum OnUncertain: String, CaseIterable {
        case hold, retry
    }

    static func read(
        _ fields: inout MappingReader, into configuration: inout ScanConfiguration
    ) throws(DocumentError) {
        for node in try fields.elements("providers") {
            let (provider, models) = try provider(node)
            configuration.providers.append(provider)
            configuration.models += models
        }
        let preferred = try fields.strings("preferred_models")
        configuration.preferredModels = preferred.isEmpty ? nil : preferred
        if let node = fields.optional("budgets") { configuration.budgets = try budgets(node) }
        configuration.isLocalOnly = try fields.optionalBoolean("local_only") ?? false
        configuration.retriesUncertain = try fields.optionalChoice("on_uncertain", of: OnUncertain.self) == .retry
    }

    // MARK: Providers

    private static func provider(
        _ node: MarkedNode
    ) throws(DocumentError) -> (ProviderDescriptor, [ModelDescriptor]) {
        var fields = try MappingReader(node)
        let id = try fields.string("id")
        let wire = try fields.choice("protocol", of: ProviderDescriptor.WireProtocol.self)
        let base = try fields.optionalString("base_url") ?? standardURL(of: wire)
        guard let base else {
            throw DocumentError(node.mark, "provider '\(id)': the protocol \(wire.rawValue) needs the key 'base_url'")
        }
        let kind = try fields.optionalChoice("kind", of: ProviderDescriptor.Kind.self) ?? kind(of: wire, base)
        let key = try fields.optional("api_key").map { (node) throws(DocumentError) in try keyReference(node) }
        let limits = try limits(&fields)
        let models = try fields.elements("models").map { (node) throws(DocumentError) in
            try model(node, of: id, kind, wire)
        }
        try fields.finish()
        guard wire != .custom else {
            throw DocumentError(node.mark, "provider '\(id)': custom protocols cannot be configured yet")
        }
        return (ProviderDescriptor(id: id, kind: kind, wire: wire, baseURL: base, key: key, limits: limits), models)
    }

    private static func standardURL(of wire: ProviderDescriptor.WireProtocol) -> String? {
        switch wire {
        case .ollama: "http://127.0.0.1:11434"
        case .openrouter: "https://openrouter.ai/api/v1"
        case .huggingface: "https://router.huggingface.co/v1"
        case .anthropic: "https://api.anthropic.com"
        case .openai, .custom: nil
        }
    }

    /// An Ollama daemon may pass requests on, so it is hybrid even on this machine.
    private static func kind(of wire: ProviderDescriptor.WireProtocol, _ base: String) -> ProviderDescriptor.Kind {
        let isHere = ["://127.", "://localhost", "://[::1]"].contains { base.contains($0) }
        return !isHere ? .cloud : wire == .ollama ? .hybrid : .local
    }

    /// A reference such as `env:NAME`. Whoever writes the key itself is told not to, without the key being repeated.
    private static func keyReference(_ node: MarkedNode) throws(DocumentError) -> KeyReference {
        guard let reference = KeyReference(try node.string(for: "api_key")), reference.scheme == "env" else {
            throw DocumentError(
                node.mark, "'api_key' must be a reference such as env:OPENROUTER_API_KEY, never the key itself")
        }
        return reference
    }

    private static func limits(_ fields: inout MappingReader) throws(DocumentError) -> ProviderLimits {
        var limits = ProviderLimits()
        limits.concurrency = try fields.optionalInteger("concurrency", in: 1...1024) ?? limits.concurrency
        limits.requestsPerMinute = try fields.optionalInteger("requests_per_minute", in: 1...1_000_000)
        limits.tokensPerMinute = try fields.optionalInteger("tokens_per_minute", in: 1...1_000_000_000)
        let seconds = 1...86_400
        func time(_ key: String, _ standard: Int) throws(DocumentError) -> Int {
            try fields.optionalInteger(key, in: seconds).map { $0 * 1000 } ?? standard
        }
        limits.connectTimeout = try time("connect_timeout_s", limits.connectTimeout)
        limits.firstByteTimeout = try time("first_byte_timeout_s", limits.firstByteTimeout)
        limits.idleTimeout = try time("idle_timeout_s", limits.idleTimeout)
        limits.totalTimeout = try time("total_timeout_s", limits.totalTimeout)
        return limits
    }

    // MARK: Models

    private static func model(
        _ node: MarkedNode, of provider: String, _ kind: ProviderDescriptor.Kind,
        _ wire: ProviderDescriptor.WireProtocol
    ) throws(DocumentError) -> ModelDescriptor {
        var fields = try MappingReader(node)
        let id = ModelID(provider: provider, name: try fields.string("id"))
        // A daemon passes on what is named so; in a local-only run the adapter asks it before anything is sent.
        let isHere = wire == .ollama ? kind != .cloud && !id.isCloudProxied : kind == .local
        var model = ModelDescriptor(
            id: id,
            modelClass: try fields.optionalChoice("class", of: ModelDescriptor.Class.self)
                ?? (isHere ? .local : .init(hostedName: id.name)),
            leavesHost: !isHere)
        model.contextTokens = try fields.optionalInteger("context_tokens", in: 256...100_000_000)
        model.maxOutputTokens = try fields.optionalInteger("max_output_tokens", in: 1...100_000_000)
        model.capabilities = [.streaming]
        if try fields.optionalBoolean("structured_output") ?? false { model.capabilities.insert(.structuredOutput) }
        model.price = try price(&fields, isHere: isHere)
        try fields.finish()
        return model
    }

    /// Both prices or none; without them a model on this machine is free and any other has no known price.
    private static func price(_ fields: inout MappingReader, isHere: Bool) throws(DocumentError) -> ModelPrice {
        let input = fields.optional("input_usd_per_mtok")
        let output = fields.optional("output_usd_per_mtok")
        guard let input, let output else {
            if let single = input ?? output {
                throw DocumentError(single.mark, "expected both 'input_usd_per_mtok' and 'output_usd_per_mtok'")
            }
            return isHere ? .free : .unknown("no price is configured")
        }
        let tier = PriceSchedule.Tier(
            input: try amount(input, "input_usd_per_mtok"), output: try amount(output, "output_usd_per_mtok"))
        return .known(PriceSchedule(tiers: [tier], source: .configured))
    }

    private static func amount(_ node: MarkedNode, _ key: String) throws(DocumentError) -> TokenPrice {
        do { return try TokenPrice(dollarsPerMillion: try node.string(for: key)) } catch let error as MoneyError {
            throw DocumentError(node.mark, "'\(key)': \(error)")
        } catch let error as DocumentError { throw error } catch {
            throw DocumentError(node.mark, "'\(key)': \(error)")
        }
    }

    // MARK: Budgets

    private static func budgets(_ node: MarkedNode) throws(DocumentError) -> Budgets {
        var fields = try MappingReader(node)
        var budgets = Budgets()
        budgets.run = try money(&fields, "run_usd")
        budgets.day = try money(&fields, "day_usd")
        budgets.month = try money(&fields, "month_usd")
        if let node = fields.optional("provider_month_usd") {
            guard case .mapping(let pairs, _) = node else {
                throw DocumentError(node.mark, "'provider_month_usd' must be a mapping of provider ids to dollars")
            }
            for pair in pairs { budgets.providers[pair.key] = try dollars(pair.value, pair.key) }
        }
        budgets.runRequests = try fields.optionalInteger("run_requests", in: 0...1_000_000_000)
        budgets.runTokens = try fields.optionalInteger("run_tokens", in: 0...1_000_000_000_000)
        try fields.finish()
        return budgets
    }

    private static func money(_ fields: inout MappingReader, _ key: String) throws(DocumentError) -> Money? {
        try fields.optional(key).map { (node) throws(DocumentError) in try dollars(node, key) }
    }

    private static func dollars(_ node: MarkedNode, _ key: String) throws(DocumentError) -> Money {
        let text = try node.string(for: key)
        do { return try Money(dollars: text) } catch { throw DocumentError(node.mark, "'\(key)': \(error)") }
    }
}
