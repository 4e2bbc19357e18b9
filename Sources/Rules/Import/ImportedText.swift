import OrchestratorCore

/// Texts of other tools, bounded. Whatever shows them encodes them for its place.
enum ImportedText {
    /// White space as single blanks, at most `length` characters.
    static func line(_ text: String, _ length: Int) -> String {
        // Bounded before it is taken apart: it may be a megabyte.
        let words = text.prefix(length * 4).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.count <= length ? words : words.prefix(length - 1) + "…"
    }

    /// The text of a SARIF message: links to other places of the result, as `[name](1)`, are their names.
    static func message(_ text: String, arguments: [String] = [], _ length: Int) -> String {
        var text = String(text.prefix(length * 4))
        for (index, argument) in arguments.prefix(20).enumerated() {
            text = text.replacing("{\(index)}", with: argument.prefix(length))
        }
        var output = ""
        var rest = text[...]
        while let link = rest.firstRange(of: "](") {
            let target = rest[link.upperBound...].prefix { $0.isASCII && $0.isNumber }
            let end = target.endIndex
            let opening = rest[..<link.lowerBound].lastIndex(of: "[")
            guard let opening, !target.isEmpty, end < rest.endIndex, rest[end] == ")" else {
                output += rest[..<link.upperBound]
                rest = rest[link.upperBound...]
                continue
            }
            output += rest[..<opening] + rest[rest.index(after: opening)..<link.lowerBound]
            rest = rest[rest.index(after: end)...]
        }
        return line(output + rest, length)
    }

    /// An address that a report may link to; nil for any other.
    static func url(_ text: String?) -> String? {
        guard let text, text.hasPrefix("https://") || text.hasPrefix("http://"), text.utf8.count <= 500,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"<>\"{}|\\^`".utf8.contains($0) })
        else { return nil }
        return text
    }

    /// Letters, digits and `.-_` of a name, every other character as `_`; a name that this changes ends with a digest.
    static func plain(_ name: String, _ length: Int) -> String {
        let characters = name.prefix(length).map { character in
            character.isASCII && (character.isLetter || character.isNumber || ".-_".contains(character))
                ? character : "_"
        }
        let plain = String(characters)
        return plain == name && !plain.isEmpty ? plain : plain + "-" + Digest(of: name).hex.prefix(6)
    }
}
