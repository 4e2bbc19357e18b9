/// One send of one request: a first try, a retry, a failover, a repair and a judgement are an attempt each.
package struct AttemptID: Hashable, Sendable, Codable, CustomStringConvertible {
    package let description: String

    package init(_ text: String) { description = text }
}

/// An attempt and what the provider calls it, as far as an answer said so before it was lost.
package struct AttemptReference: Hashable, Sendable, Codable {
    package let attempt: AttemptID
    package let model: ModelID
    package let providerRequestID: String?

    package init(attempt: AttemptID, model: ModelID, providerRequestID: String?) {
        self.attempt = attempt
        self.model = model
        self.providerRequestID = providerRequestID
    }
}

/// What became of an attempt, as the provider tells afterwards.
package enum AttemptOutcome: Hashable, Sendable {
    case notBilled
    /// With the charge, and the tokens where they are told.
    case billed(Money, Usage?)
}

/// What is known about the charge for a request that failed.
package enum Billing: Hashable, Sendable {
    /// Certain: it never reached the model. Only such a request may be sent again.
    case notBilled
    case billed(Usage)
    case unknown
}
