/// Gives a finding its ids. They follow from what was found, not from when or on which line, so that the same weakness
/// keeps its id when code above it moves or its line is formatted anew.
package struct FindingFingerprint: Hashable, Sendable {
    /// Raised when the same finding would get another id: results kept under an older scheme are made again.
    package static let scheme = "2"

    /// 20 hexadecimal digits of rule and source: the same in every file and function, and for every repetition. Serves
    /// only to recognise findings whose file or function has another name.
    package let pathless: String
    /// 20 hexadecimal digits; unique within a repository.
    package let id: String

    /// - Parameters:
    ///   - text: the matched source, redacted; layout does not count, see `normal`.
    ///   - ordinal: 0 for the first finding in the file with the same rule, symbol and text, 1 for the next.
    package init(rule: String, symbol: String, text: String, ordinal: Int, path: RepositoryPath) {
        let normal = Self.normal(text)
        pathless = String(Digest(parts: ["finding", rule, normal]).hex.prefix(20))
        let parts = ["located", rule, symbol, normal, String(ordinal), path.text]
        id = String(Digest(parts: parts).hex.prefix(20))
    }

    /// Source as formatters leave it alone: white space only between words, one kind of quotes, no comma or semicolon
    /// before a closing bracket or at the end.
    static func normal(_ text: String) -> String {
        var output: [Unicode.Scalar] = []
        var isApart = false
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace {
                isApart = true
                continue
            }
            if isApart, isWord(scalar), let last = output.last, isWord(last) { output.append(" ") }
            isApart = false
            if closers.contains(scalar) { while let last = output.last, isTrailing(last) { output.removeLast() } }
            output.append(quotes.contains(scalar) ? "\"" : scalar)
        }
        while let last = output.last, isTrailing(last) { output.removeLast() }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: output)
        return String(result)
    }

    private static let closers: Set<Unicode.Scalar> = [")", "]", "}"]
    private static let quotes: Set<Unicode.Scalar> = ["'", "`"]

    private static func isTrailing(_ scalar: Unicode.Scalar) -> Bool { scalar == "," || scalar == ";" }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar == "$" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }
}
