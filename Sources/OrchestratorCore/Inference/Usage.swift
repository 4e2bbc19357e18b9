/// Tokens as the provider counted them, brought to one convention. Never negative.
package struct Usage: Hashable, Sendable, Codable {
    /// Input tokens charged at the full price: neither read from nor written to a cache.
    package let inputUncached: Int
    package let cacheRead: Int
    package let cacheWrite: Int
    /// Output tokens, reasoning included.
    package let output: Int
    /// The part of the output that was reasoning.
    package let reasoning: Int

    /// Nil for counts that cannot be: negative, or larger than any window.
    package init?(inputUncached: Int, cacheRead: Int = 0, cacheWrite: Int = 0, output: Int, reasoning: Int = 0) {
        let counts = [inputUncached, cacheRead, cacheWrite, output, reasoning]
        guard counts.allSatisfy({ (0...Self.limit).contains($0) }) else { return nil }
        self.inputUncached = inputUncached
        self.cacheRead = cacheRead
        self.cacheWrite = cacheWrite
        self.output = output
        self.reasoning = min(reasoning, output)
    }

    /// From a figure that includes cached tokens, as most protocols report it.
    package init?(inputTotal: Int, cacheRead: Int = 0, cacheWrite: Int = 0, output: Int, reasoning: Int = 0) {
        guard cacheRead >= 0, cacheWrite >= 0, inputTotal <= Self.limit else { return nil }
        let read = min(cacheRead, max(0, inputTotal))
        let written = min(cacheWrite, max(0, inputTotal) - read)
        self.init(
            inputUncached: inputTotal - read - written, cacheRead: read, cacheWrite: written, output: output,
            reasoning: reasoning)
    }

    private static let limit = 1_000_000_000

    /// All input tokens.
    package var input: Int { inputUncached + cacheRead + cacheWrite }
}
