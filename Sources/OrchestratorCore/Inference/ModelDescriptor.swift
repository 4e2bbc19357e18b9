/// The name of a model at a provider, printed `provider/name`.
package struct ModelID: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    package let provider: String
    /// As the provider spells it; may hold slashes itself.
    package let name: String

    package init(provider: String, name: String) {
        self.provider = provider
        self.name = name
    }

    /// Reads `provider/name`, cut at the first slash.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        self.init(provider: String(parts[0]), name: String(parts[1]))
    }

    package static func < (left: ModelID, right: ModelID) -> Bool {
        (left.provider, left.name) < (right.provider, right.name)
    }

    package var description: String { "\(provider)/\(name)" }

    /// Named as Ollama names what its daemon passes on to another host: a tag of `cloud`, or one that ends in `-cloud`.
    package var isCloudProxied: Bool {
        guard let colon = name.lastIndex(of: ":") else { return false }
        let tag = name[colon...].dropFirst()
        return tag == "cloud" || tag.hasSuffix("-cloud")
    }
}

/// A model and what it can do.
package struct ModelDescriptor: Hashable, Sendable, Codable {
    package enum Class: String, Sendable, Codable, CaseIterable {
        case local, preview, free, premium, custom
        case fineTuned = "fine-tuned"

        /// What the name of a hosted model tells of its class.
        package init(hostedName name: String) {
            let words = name.split { "-:/".contains($0) }
            if name.hasSuffix(":free") {
                self = .free
            } else if name.hasPrefix("ft:") {
                self = .fineTuned
            } else {
                self = words.contains { ["preview", "beta", "exp"].contains($0) } ? .preview : .premium
            }
        }
    }

    package enum Capability: String, Sendable, Codable, CaseIterable {
        case structuredOutput = "structured output"
        case streaming, seed, reasoning
        case promptCaching = "prompt caching"
    }

    package let id: ModelID
    package var modelClass: Class
    /// The window in tokens, input and output together; nil where the provider does not say.
    package var contextTokens: Int?
    /// Nil where unknown: never taken to be the window.
    package var maxOutputTokens: Int?
    package var capabilities: Set<Capability>
    /// Tasks the model was made for.
    package var specialities: Set<TaskKind>
    package var price: ModelPrice
    /// True where requests leave this machine, a local daemon that passes them on included.
    package var leavesHost: Bool
    /// The day from which the provider no longer serves it (RFC 3339 date), where announced.
    package var retiresOn: String?

    /// - Parameter today: RFC 3339 date.
    package func isRetired(on today: String) -> Bool { retiresOn.map { $0.prefix(10) <= today.prefix(10) } ?? false }

    package init(
        id: ModelID, modelClass: Class, contextTokens: Int? = nil, maxOutputTokens: Int? = nil,
        capabilities: Set<Capability> = [], specialities: Set<TaskKind> = [],
        price: ModelPrice = .unknown("no price is configured"), leavesHost: Bool, retiresOn: String? = nil
    ) {
        self.id = id
        self.modelClass = modelClass
        self.contextTokens = contextTokens
        self.maxOutputTokens = maxOutputTokens
        self.capabilities = capabilities
        self.specialities = specialities
        self.price = price
        self.leavesHost = leavesHost
        self.retiresOn = retiresOn
    }

    /// The same model under the same conditions, at this or another endpoint.
    package func isEqual(_ other: ModelDescriptor) -> Bool {
        id.name == other.id.name && price == other.price && leavesHost == other.leavesHost
            && contextTokens == other.contextTokens && maxOutputTokens == other.maxOutputTokens
    }
}
