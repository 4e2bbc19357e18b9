/// Regular expressions that let nothing through but letters, digits and a few marks that do no harm.
enum PlainPattern {
    private static let harmless = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-:@ ,")

    /// `^[a-z]+$`: anchored, without alternatives outside groups, of plain characters and classes only.
    static func admitsOnlyPlain(_ pattern: some StringProtocol) -> Bool {
        guard pattern.hasPrefix("^"), pattern.hasSuffix("$"), !pattern.hasSuffix("\\$") else { return false }
        var rest = Array(pattern.dropFirst().dropLast())[...]
        var depth = 0
        while let character = rest.popFirst() {
            switch character {
            case "\\":
                guard let escaped = rest.popFirst(), "wd-".contains(escaped) else { return false }
            case "[":
                guard let end = rest.firstIndex(of: "]"), isPlainClass(rest[..<end]) else { return false }
                rest = rest[(end + 1)...]
            case "(": depth += 1
            case ")": depth -= 1
            case "|": if depth == 0 { return false }
            case "?", "*", "+": break
            case "{":
                guard let end = rest.firstIndex(of: "}") else { return false }
                rest = rest[(end + 1)...]
            default: if !harmless.contains(character) { return false }
            }
        }
        return depth == 0
    }

    /// `[^a-z]` or `\W`: what is left after its matches are removed is plain.
    static func removesTheRest(_ pattern: some StringProtocol) -> Bool {
        var core = pattern[...]
        if core.hasSuffix("+") { core = core.dropLast() }
        if core == "\\W" || core == "\\D" { return true }
        guard core.hasPrefix("[^"), core.hasSuffix("]") else { return false }
        return isPlainClass(Array(core.dropFirst(2).dropLast())[...])
    }

    private static func isPlainClass(_ characters: ArraySlice<Character>) -> Bool {
        guard characters.first != "^" else { return false }
        var rest = characters
        while let character = rest.popFirst() {
            if character == "\\" {
                guard let escaped = rest.popFirst(), "wd-".contains(escaped) else { return false }
            } else if !harmless.contains(character) {
                return false
            }
        }
        return true
    }
}
