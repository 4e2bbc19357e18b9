/// The most tokens one chunk may take.
package struct TokenBudget: Hashable, Sendable, Codable {
    package let tokens: Int

    /// The smallest budget that can hold any single token with room to split.
    package static let minimum = 16

    /// Nil below `minimum`.
    package init?(tokens: Int) {
        guard tokens >= Self.minimum else { return nil }
        self.tokens = tokens
    }
}
