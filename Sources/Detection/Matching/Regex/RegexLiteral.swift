/// The regular expression that a literal of a program holds.
package enum RegexLiteral {
    /// - Parameters:
    ///   - text: as it stands in the source: `/a+/i`, `r"a+"`, `"\\d+"`, `@"\d+"`, `'~a+~x'`.
    ///   - isDelimited: whether the text of a string has delimiters and flags of its own, as in PHP.
    /// - Returns: nil where values are put into it, or its flags change how it is read.
    package static func pattern(of text: [UInt8], isDelimited: Bool) -> [UInt8]? {
        if text.first == UInt8(ascii: "/") { return undelimited(text) }
        let prefix = text.prefix { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "'") }
        guard prefix.count <= 3, let quote = text.dropFirst(prefix.count).first else { return nil }
        let letters = Set(prefix.map { $0 | 32 })
        guard !letters.contains(UInt8(ascii: "f")), !prefix.contains(UInt8(ascii: "$")) else { return nil }
        let isRaw = letters.contains(UInt8(ascii: "r")) || prefix.contains(UInt8(ascii: "@"))
        var body = text.dropFirst(prefix.count)
        let isTripled = body.count >= 6 && body.prefix(3).allSatisfy { $0 == quote }
        let width = isTripled ? 3 : 1
        guard body.count >= 2 * width, body.last == quote else { return nil }
        body = body.dropFirst(width).dropLast(width)
        // Over several lines it is most likely written with blanks and comments.
        guard !body.contains(10) else { return nil }
        let content = isRaw ? Array(body) : unescaped(body)
        return isDelimited ? undelimited(content) : content
    }

    private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var isEscaped = false
        for byte in text {
            if isEscaped {
                let isPlain = [UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'")].contains(byte)
                result += isPlain ? [byte] : [UInt8(ascii: "\\"), byte]
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                result.append(byte)
            }
        }
        return result
    }

    private static func undelimited(_ text: [UInt8]) -> [UInt8]? {
        guard let opening = text.first else { return nil }
        let pairs: [UInt8: UInt8] = [40: 41, 60: 62, 91: 93, 123: 125]
        guard let end = text.lastIndex(of: pairs[opening] ?? opening), end > 0 else { return nil }
        guard text[(end + 1)...].allSatisfy({ (97...122).contains($0) || $0 == UInt8(ascii: "A") }),
            !text[(end + 1)...].contains(UInt8(ascii: "x"))
        else { return nil }
        let body = Array(text[1..<end])
        let holdsValue = zip(body, body.dropFirst()).contains { $0 == UInt8(ascii: "#") && $1 == UInt8(ascii: "{") }
        return holdsValue || body.contains(10) ? nil : body
    }
}
