package import OrchestratorCore

/// What is wrong with a configured provider or model, with the key of the configuration that says it.
package struct DescriptorError: Error, Hashable, Sendable, CustomStringConvertible {
    package let provider: String
    package let model: String?
    /// As the configuration spells it: `base_url`, `models[].context_tokens`.
    package let key: String
    package let problem: String

    init(provider: String, model: String? = nil, key: String, problem: String) {
        self.provider = provider
        self.model = model
        self.key = key
        self.problem = problem
    }

    package var description: String {
        let place = model.map { "model '\($0)' of provider '\(provider)'" } ?? "provider '\(provider)'"
        return "\(place): \(key): \(problem)"
    }
}

/// Checks configured providers and models before any of them is used.
package enum DescriptorValidator {
    /// Throws the first fault, in the order of the configuration.
    package static func validate(
        _ providers: [ProviderDescriptor], _ models: [ModelDescriptor]
    ) throws(DescriptorError) {
        var seen: Set<String> = []
        for provider in providers {
            guard seen.insert(provider.id).inserted else {
                throw DescriptorError(provider: provider.id, key: "id", problem: "is used twice")
            }
            try validate(provider)
        }
        var known: Set<ModelID> = []
        for model in models {
            guard let provider = providers.first(where: { $0.id == model.id.provider }) else {
                throw DescriptorError(
                    provider: model.id.provider, model: model.id.name, key: "models[].id",
                    problem: "the provider is not configured")
            }
            guard known.insert(model.id).inserted else {
                throw DescriptorError(
                    provider: provider.id, model: model.id.name, key: "models[].id", problem: "is used twice")
            }
            try validate(model)
        }
    }

    private static func validate(_ provider: ProviderDescriptor) throws(DescriptorError) {
        func check(_ isFine: Bool, _ key: String, _ problem: String) throws(DescriptorError) {
            if !isFine { throw DescriptorError(provider: provider.id, key: key, problem: problem) }
        }
        let id = provider.id.utf8
        try check(
            !id.isEmpty && id.count <= 64
                && id.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 95 },
            "id", "must be 1 to 64 lower-case letters, digits, '-' or '_'")
        guard let endpoint = Endpoint(provider.baseURL) else {
            throw DescriptorError(
                provider: provider.id, key: "base_url",
                problem: "must be http:// or https://, a host, and a path without query")
        }
        try check(
            provider.kind == .cloud || provider.wire != .openrouter && provider.wire != .huggingface
                || endpoint.isLoopback,
            "kind", "this protocol is spoken by a service, so the kind must be cloud")
        try check(
            provider.kind == .cloud || endpoint.isLoopback, "kind",
            "the host '\(endpoint.host)' is not this machine, so the kind must be cloud")
        try check(
            endpoint.isEncrypted || endpoint.isLoopback || provider.key == nil, "base_url",
            "must be https:// for a key to be sent to another host")
        try validate(provider.limits, check)
        try check(
            (provider.wire == .custom) == (provider.template != nil), "template",
            provider.wire == .custom ? "is required for the custom protocol" : "is for the custom protocol only")
        if let template = provider.template { try validate(template, check) }
    }

    private static func validate(
        _ limits: ProviderLimits, _ check: (Bool, String, String) throws(DescriptorError) -> Void
    ) throws(DescriptorError) {
        try check((1...1024).contains(limits.concurrency), "concurrency", "must be 1 to 1,024")
        try check(limits.requestsPerMinute ?? 1 > 0, "requests_per_minute", "must be at least 1")
        try check(limits.tokensPerMinute ?? 1 > 0, "tokens_per_minute", "must be at least 1")
        let times = [
            ("connect_timeout", limits.connectTimeout), ("first_byte_timeout", limits.firstByteTimeout),
            ("idle_timeout", limits.idleTimeout), ("total_timeout", limits.totalTimeout),
        ]
        for (key, value) in times {
            try check((1...86_400_000).contains(value), key, "must be from a millisecond to a day")
        }
        try check((1024...(1 << 30)).contains(limits.answerLimit), "answer_limit", "must be 1 kB to 1 GB")
    }

    private static func validate(
        _ template: ProtocolTemplate, _ check: (Bool, String, String) throws(DescriptorError) -> Void
    ) throws(DescriptorError) {
        try check(
            ProtocolTemplate.isPath(template.path), "template.path", "must start with a slash and hold no white space")
        try check(template.body.members != nil, "template.body", "must be a mapping")
        try check(!template.answer.text.isEmpty, "template.answer.text", "must say where the answer stands")
        for header in template.headers {
            try check(
                ProtocolTemplate.isHeaderName(header.name), "template.headers", "'\(header.name)' is no header name")
            try check(
                ProtocolTemplate.isHeaderValue(header.value), "template.headers",
                "'\(header.name)' has a value of more than one line")
        }
    }

    private static func validate(_ model: ModelDescriptor) throws(DescriptorError) {
        func check(_ isFine: Bool, _ key: String, _ problem: String) throws(DescriptorError) {
            if !isFine {
                throw DescriptorError(
                    provider: model.id.provider, model: model.id.name, key: "models[].\(key)", problem: problem)
            }
        }
        let name = model.id.name.utf8
        try check(
            !name.isEmpty && name.count <= 256 && name.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "id",
            "must be a name without white space")
        try check(
            (256...100_000_000).contains(model.contextTokens ?? 256), "context_tokens", "must be 256 to 100,000,000")
        try check((1...100_000_000).contains(model.maxOutputTokens ?? 1), "max_output_tokens", "must be at least 1")
        if let context = model.contextTokens, let output = model.maxOutputTokens {
            try check(output <= context, "max_output_tokens", "must not exceed context_tokens (\(context))")
        }
    }
}
