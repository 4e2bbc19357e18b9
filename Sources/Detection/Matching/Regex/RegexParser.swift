/// A regular expression as far as the number of ways to match a text goes: groups, names and laziness do not matter.
indirect enum RegexNode {
    case empty
    case take(CharacterClass)
    /// The end of the text, or of a line.
    case end
    /// Looks at what stands around and takes nothing: what it forbids is not known.
    case look
    case sequence([RegexNode])
    case choice([RegexNode])
    /// - Parameter most: nil for no limit.
    case repeated(RegexNode, least: Int, most: Int?)
}

/// Reads what the backtracking engines of Java, JavaScript, .NET, PHP, Python and Ruby have in common.
struct RegexParser {
    private let text: [UInt8]
    private var position = 0
    private var depth = 0

    /// Something that is not understood, or that forbids backtracking.
    private struct NotUnderstood: Error {}

    private static let deepest = 60

    /// The expression, or nil where part of it is not understood.
    static func parse(_ text: [UInt8]) -> RegexNode? {
        var parser = RegexParser(text)
        guard let node = try? parser.choice(), parser.position == text.count else { return nil }
        return node
    }

    private init(_ text: [UInt8]) { self.text = text }

    private var next: UInt8? { position < text.count ? text[position] : nil }

    private mutating func take(_ expected: Character) -> Bool {
        guard next == expected.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func takeAny() throws(NotUnderstood) -> UInt8 {
        guard let byte = next else { throw NotUnderstood() }
        position += 1
        return byte
    }

    private mutating func choice() throws(NotUnderstood) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.deepest else { throw NotUnderstood() }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(NotUnderstood) -> RegexNode {
        var items: [RegexNode] = []
        while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            items.append(try quantified(try atom()))
        }
        return items.count == 1 ? items[0] : items.isEmpty ? .empty : .sequence(items)
    }

    private mutating func quantified(_ atom: RegexNode) throws(NotUnderstood) -> RegexNode {
        var node = atom
        while let (least, most) = quantifier() {
            if case .look = node { return node }
            node = .repeated(node, least: least, most: most)
            if take("?") { continue }
            // Possessive: gives nothing back.
            if next == UInt8(ascii: "+") { throw NotUnderstood() }
        }
        return node
    }

    private mutating func quantifier() -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = position
        guard take("{") else { return nil }
        let least = number()
        var most = least
        if take(",") { most = number() } else if least == nil { most = -1 }
        guard most != -1, take("}"), least != nil || most != nil else {
            position = start
            return nil
        }
        return (least ?? 0, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let byte = next, (48...57).contains(byte), value ?? 0 < 100_000 {
            value = (value ?? 0) * 10 + Int(byte - 48)
            position += 1
        }
        return value
    }

    private mutating func atom() throws(NotUnderstood) -> RegexNode {
        let byte = try takeAny()
        switch Character(Unicode.Scalar(byte)) {
        case "(": return try group()
        case "[": return .take(try bracket())
        case ".": return .take(.any)
        case "^": return .look
        case "$": return .end
        case "\\": return try escape()
        case "{" where next.map { !(48...57).contains($0) } ?? true: return .take(CharacterClass([byte]))
        case "*", "+", "?", "{": throw NotUnderstood()
        default:
            if byte < 128 { return .take(CharacterClass([byte])) }
            return .take(others())
        }
    }

    /// One character beyond ASCII whose first byte was taken.
    private mutating func others() -> CharacterClass {
        while let byte = next, byte & 0xC0 == 0x80 { position += 1 }
        var characters = CharacterClass([])
        characters.takesOthers = true
        return characters
    }

    private mutating func group() throws(NotUnderstood) -> RegexNode {
        var looks = false
        if take("?") {
            switch Character(Unicode.Scalar(try takeAny())) {
            case ":": break
            case "=", "!": looks = true
            case "#":
                while try takeAny() != UInt8(ascii: ")") {}
                return .empty
            case "P":
                guard take("<") else { throw NotUnderstood() }
                try skipName(to: ">")
            case "'": try skipName(to: "'")
            case "<":
                if take("=") || take("!") { looks = true } else { try skipName(to: ">") }
            case "i":
                if take(")") { return .empty }
                guard take(":") else { throw NotUnderstood() }
            default: throw NotUnderstood()
            }
        } else if next == UInt8(ascii: "*") {
            throw NotUnderstood()
        }
        let inner = try choice()
        guard take(")") else { throw NotUnderstood() }
        return looks ? .look : inner
    }

    private mutating func skipName(to end: Character) throws(NotUnderstood) {
        while !take(end) { _ = try takeAny() }
    }

    private mutating func escape() throws(NotUnderstood) -> RegexNode {
        let byte = try takeAny()
        switch Character(Unicode.Scalar(byte)) {
        case "b", "B", "A", "G": return .look
        case "z", "Z": return .end
        default:
            position -= 1
            return .take(try escapedClass())
        }
    }

    /// What stands for a character or a class after a backslash, inside brackets or not.
    private mutating func escapedClass() throws(NotUnderstood) -> CharacterClass {
        let byte = try takeAny()
        switch Character(Unicode.Scalar(byte)) {
        case "d": return .digits
        case "D": return .digits.inverted
        case "w": return .words
        case "W": return .words.inverted
        case "s": return .spaces
        case "S": return .spaces.inverted
        case "n": return CharacterClass([10])
        case "r": return CharacterClass([13])
        case "t": return CharacterClass([9])
        case "f": return CharacterClass([12])
        case "v": return CharacterClass([11])
        case "p":
            guard take("{") else { throw NotUnderstood() }
            let start = position
            try skipName(to: "}")
            let name = String(decoding: text[start..<position - 1], as: UTF8.self)
            guard let named = CharacterClass.named(name) else { throw NotUnderstood() }
            return named
        default:
            // References, hexadecimal characters and what engines disagree on.
            let isLetterOrDigit = CharacterClass.words.overlaps(CharacterClass([byte & 127])) && byte != 95
            guard byte < 128, !isLetterOrDigit else { throw NotUnderstood() }
            return CharacterClass([byte])
        }
    }

    private mutating func bracket() throws(NotUnderstood) -> CharacterClass {
        let isInverted = take("^")
        var result = CharacterClass([])
        var isFirst = true
        while isFirst || next != UInt8(ascii: "]") {
            isFirst = false
            let byte = try takeAny()
            if byte == UInt8(ascii: "[") {
                result.formUnion(try posixClass())
            } else if byte == UInt8(ascii: "\\") {
                result.formUnion(try escapedClass())
            } else if byte >= 128 {
                result.formUnion(others())
            } else if next == UInt8(ascii: "-"), position + 1 < text.count, text[position + 1] != UInt8(ascii: "]") {
                position += 1
                result.formUnion(try range(from: byte))
            } else if byte == UInt8(ascii: "&"), next == byte {
                throw NotUnderstood()
            } else {
                result.insert(byte)
            }
        }
        position += 1
        return isInverted ? result.inverted : result
    }

    private mutating func range(from first: UInt8) throws(NotUnderstood) -> CharacterClass {
        let last = try takeAny()
        if last >= 128 {
            var result = CharacterClass(first...127)
            result.formUnion(others())
            return result
        }
        guard last != UInt8(ascii: "\\"), last >= first else { throw NotUnderstood() }
        return CharacterClass(first...last)
    }

    /// `[:alpha:]` after its first bracket; any other bracket stands for itself.
    private mutating func posixClass() throws(NotUnderstood) -> CharacterClass {
        guard take(":") else { return CharacterClass([UInt8(ascii: "[")]) }
        let start = position
        try skipName(to: "]")
        let name = String(decoding: text[start..<max(start, position - 2)], as: UTF8.self)
        guard let named = CharacterClass.named(name) else { throw NotUnderstood() }
        return named
    }
}
