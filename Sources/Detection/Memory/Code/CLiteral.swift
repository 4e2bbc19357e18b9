/// Reads C's literals.
enum CLiteral {
    static func number(_ text: String) -> CExpression.Form {
        var digits = text.lowercased().filter { $0 != "'" }
        if digits.contains(".") || (digits.contains("e") && !digits.hasPrefix("0x")) {
            return LiteralText.real(digits).map { .real($0) } ?? .opaque([])
        }
        var type = CType.int
        while let last = digits.last, last == "u" || last == "l" || last == "i" {
            if last == "u" { type.isUnsigned = true }
            if last == "l" { type.name = "long" }
            digits.removeLast()
        }
        let value: Int128?
        if digits.hasPrefix("0x") {
            value = Int128(digits.dropFirst(2), radix: 16)
        } else if digits.hasPrefix("0b") {
            value = Int128(digits.dropFirst(2), radix: 2)
        } else if digits.hasPrefix("0"), digits.count > 1 {
            value = Int128(digits.dropFirst(), radix: 8)
        } else {
            value = Int128(digits)
        }
        guard let value else { return .opaque([]) }
        if let bounds = type.bounds, value > bounds.1 { type.name = "long" }
        return .integer(value, type)
    }

    static func character(_ text: String) -> Int128? {
        guard let quote = text.firstIndex(of: "'"), text.hasSuffix("'") else { return nil }
        let inner = text[text.index(after: quote)...].dropLast()
        if inner.hasPrefix("\\x") { return Int128(inner.dropFirst(2), radix: 16) }
        if inner.hasPrefix("\\"), let octal = Int128(inner.dropFirst(), radix: 8) { return octal }
        let plain = LiteralText.unescaped(inner)
        return plain.unicodeScalars.first.map { Int128($0.value) }
    }

    static func text(_ text: String) -> CExpression.Form {
        guard let quote = text.firstIndex(of: "\""), text.hasSuffix("\""), text.count > 1 else { return .opaque([]) }
        let content = LiteralText.unescaped(text[text.index(after: quote)...].dropLast())
        return .text(count: content.utf8.count, isWide: text.hasPrefix("L"), content: content)
    }
}

/// Reads the value of a macro: numbers, texts, names, and sums and products of them with casts left out.
struct MacroText {
    private var rest: Substring
    private let place: Int

    static func expression(_ text: String, place: Int) -> CExpression? {
        var reader = MacroText(rest: text[...], place: place)
        guard let value = reader.sum(0) else { return nil }
        reader.skip()
        return reader.rest.isEmpty ? value : nil
    }

    private mutating func skip() { rest = rest.drop { $0.isWhitespace } }

    private mutating func take(_ text: String) -> Bool {
        skip()
        guard rest.hasPrefix(text) else { return false }
        rest = rest.dropFirst(text.count)
        return true
    }

    private static let levels: [[String]] = [["|"], ["^"], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]]

    private mutating func sum(_ level: Int) -> CExpression? {
        guard level < Self.levels.count else { return primary() }
        guard var left = sum(level + 1) else { return nil }
        while let sign = Self.levels[level].first(where: { take($0) }) {
            guard let right = sum(level + 1) else { return nil }
            left = CExpression(place: place, form: .binary(sign, left, right))
        }
        return left
    }

    private mutating func primary() -> CExpression? {
        skip()
        guard let first = rest.first, rest.utf8.count < 400 else { return nil }
        if take("(") {
            guard let inner = sum(0), take(")") else { return nil }
            return inner
        }
        if take("-") {
            return primary().map { inner in
                if case .integer(let number, let type) = inner.form { return make(.integer(-number, type)) }
                return make(.negative(inner))
            }
        }
        if first == "\"" || (first == "L" && rest.dropFirst().first == "\"") {
            let start = rest.firstIndex(of: "\"") ?? rest.startIndex
            guard let end = rest[rest.index(after: start)...].firstIndex(of: "\""), rest[end...].count == 1 else {
                return nil
            }
            defer { rest = "" }
            return make(CLiteral.text(String(rest)))
        }
        let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || (first.isNumber && $0 == ".") }
        guard !word.isEmpty else { return nil }
        rest = rest.dropFirst(word.count)
        if first.isNumber { return make(CLiteral.number(String(word))) }
        return named(String(word))
    }

    private mutating func named(_ word: String) -> CExpression? {
        guard take("(") else { return make(.name(word)) }
        if take(")") { return make(.call(make(.name(word)), [])) }
        guard word == "sizeof" else { return nil }
        let inner = rest.prefix { $0 != ")" }
        rest = rest.dropFirst(inner.count)
        guard take(")"), inner.allSatisfy({ $0.isLetter || $0 == "_" || $0.isNumber }) else { return nil }
        return make(.sizeOf(make(.name(String(inner)))))
    }

    private func make(_ form: CExpression.Form) -> CExpression { CExpression(place: place, form: form) }
}
