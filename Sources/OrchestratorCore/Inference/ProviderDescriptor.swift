/// A configured place that serves models.
package struct ProviderDescriptor: Hashable, Sendable, Codable {
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// Serves on this machine and sends nothing on.
        case local
        case cloud
        /// Runs on this machine but may pass requests to another (an Ollama daemon that is signed in).
        case hybrid
    }

    package enum WireProtocol: String, Sendable, Codable, CaseIterable {
        case ollama, openrouter, huggingface, anthropic, openai, custom
    }

    /// Short, unique, lower-case: it stands before the slash of a model's id.
    package let id: String
    package let kind: Kind
    package let wire: WireProtocol
    /// Scheme, host, port and path prefix, without a slash at the end.
    package let baseURL: String
    /// Where the key is kept; nil for a server that asks for none.
    package let key: KeyReference?
    package let limits: ProviderLimits
    /// For the custom protocol only.
    package let template: ProtocolTemplate?
    /// Whether prompts of a scan go to it in batches, where its protocol has them.
    package let usesBatches: Bool
    /// The part of the price that requests in a batch cost here, where the user knows it; nil leaves it to what the
    /// service documents.
    package let batchShare: PriceShare?

    package init(
        id: String, kind: Kind, wire: WireProtocol, baseURL: String, key: KeyReference? = nil,
        limits: ProviderLimits = ProviderLimits(), template: ProtocolTemplate? = nil, usesBatches: Bool = false,
        batchShare: PriceShare? = nil
    ) {
        self.id = id
        self.kind = kind
        self.wire = wire
        self.baseURL = baseURL
        self.key = key
        self.limits = limits
        self.template = template
        self.usesBatches = usesBatches
        self.batchShare = batchShare
    }
}

/// How much a provider takes and how long it may take. Times are in milliseconds.
package struct ProviderLimits: Hashable, Sendable, Codable {
    /// Requests in flight at once.
    package var concurrency = 4
    /// Nil where no limit is known.
    package var requestsPerMinute: Int?
    package var tokensPerMinute: Int?
    package var connectTimeout = 10_000
    /// From the request to the first byte of the answer: a local server may load a model first.
    package var firstByteTimeout = 300_000
    /// Between two pieces of a streamed answer.
    package var idleTimeout = 60_000
    package var totalTimeout = 600_000
    /// Between two questions about a batch.
    package var batchPoll = 60_000
    /// Bytes of one answer.
    package var answerLimit = 16 << 20

    package init() {}
}

/// The name of a secret, as `scheme:name` (`env:OPENROUTER_API_KEY`, `vault:cloud/key`). Never the secret.
package struct KeyReference: Hashable, Sendable, Codable, CustomStringConvertible {
    package let scheme: String
    package let name: String

    /// Nil unless the text is a scheme of lower-case letters, a colon and a name without white space.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.allSatisfy({ (97...122).contains($0) }),
            !parts[1].isEmpty, parts[1].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        scheme = String(parts[0])
        name = String(parts[1])
    }

    package var description: String { "\(scheme):\(name)" }
}

/// A secret in memory. Prints as a placeholder and cannot be encoded.
package struct APIKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: String

    package init(_ value: String) { self.value = value }

    /// Hands the secret to the one place that puts it on the wire.
    package func reveal() -> String { value }

    package var description: String { "[redacted key]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Finds secrets by their references.
package protocol KeyResolving: Sendable {
    /// Nil where nothing is stored under the name. Asked for each request, so that a rotated key takes effect.
    func key(_ reference: KeyReference) async -> APIKey?
}
