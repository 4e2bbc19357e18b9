/// Gives a finding its ids. They follow from what was found, not from when or on which line, so that the same weakness
/// keeps its id when code above it moves.
package struct FindingFingerprint: Hashable, Sendable {
    /// 20 hexadecimal digits; the same in every file: serves only to recognise a renamed one.
    package let pathless: String
    /// 20 hexadecimal digits; unique within a repository.
    package let id: String

    /// - Parameters:
    ///   - text: the matched source, redacted; runs of white space count as one blank.
    ///   - ordinal: 0 for the first finding in the file with the same rule, symbol and text, 1 for the next.
    package init(rule: String, symbol: String, text: String, ordinal: Int, path: RepositoryPath) {
        let normal = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let base = Digest(parts: ["finding", rule, symbol, normal, String(ordinal)])
        pathless = String(base.hex.prefix(20))
        id = String(Digest(parts: ["located", base.hex, path.text]).hex.prefix(20))
    }
}
