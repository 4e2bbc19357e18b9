import OrchestratorCore

/// Reads the keys about models: `providers`, `selection`, `budgets`, `local_only`, `on_uncertain`. The values are checked for their
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
        if let node = fields.optional("budgets") { configuration.budgets = try budgets(node) }
        if let node = fields.optional("selection") { configuration.selection = try SelectionSettings.read(node) }
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
        let usesBatches = try fields.optionalBoolean("batch") ?? false
        let share = try fields.optionalInteger("batch_price_percent", in: 0...100).map(PriceShare.percent)
        let models = try fields.elements("models").map { (node) throws(DocumentError) in
            try ModelReader.read(node, of: id, kind, wire)
        }
        let template = try template(&fields, id, wire, hasKey: key != nil)
        try fields.finish()
        let provider = ProviderDescriptor(
            id: id, kind: kind, wire: wire, baseURL: base, key: key, limits: limits, template: template,
            usesBatches: usesBatches, batchShare: share)
        return (provider, models)
    }

    private static func template(
        _ fields: inout MappingReader, _ id: String, _ wire: ProviderDescriptor.WireProtocol, hasKey: Bool
    ) throws(DocumentError) -> ProtocolTemplate? {
        let node = fields.optional("template")
        guard wire == .custom else {
            if let node {
                throw DocumentError(node.mark, "provider '\(id)': 'template' is for the protocol custom only")
            }
            return nil
        }
        guard let node else {
            throw DocumentError(fields.mark, "provider '\(id)': the protocol custom needs the key 'template'")
        }
        return try ProtocolTemplateReader.read(node, hasKey: hasKey)
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
        limits.batchPoll = try fields.optionalInteger("batch_poll_s", in: 1...60).map { $0 * 1000 } ?? limits.batchPoll
        return limits
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
        if let node = fields.optional("alerts_percent") {
            budgets.alerts = try node.elements(for: "alerts_percent").map { (element) throws(DocumentError) in
                guard let percent = Int(try element.string(for: "alerts_percent")), (1...100).contains(percent) else {
                    throw DocumentError(element.mark, "'alerts_percent' takes whole numbers from 1 to 100")
                }
                return percent
            }
        }
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
