/// Reads the pattern language of tree-sitter queries; kinds and fields are resolved at once, so that a misspelt one is
/// an error with its place.
struct TreePatternParser {
    private let bytes: [UInt8]
    private let grammar: Grammar
    private var position = 0
    private var predicates: [TreePattern.Predicate] = []
    /// Patterns nested deeper are refused.
    private var depth = 0
    private(set) var captureNames: [String] = []

    private static let deepest = 100

    init(_ source: String, grammar: Grammar) {
        bytes = Array(source.utf8)
        self.grammar = grammar
    }

    mutating func parse() throws(SyntaxTreeError) -> [TreePattern.Alternative] {
        var alternatives: [TreePattern.Alternative] = []
        skipBlanks()
        while position < bytes.count {
            predicates = []
            let root = try item()
            skipBlanks()
            // Predicates may also follow their pattern.
            while peek() == UInt8(ascii: "("), peek(1) == UInt8(ascii: "#") {
                try predicate()
                skipBlanks()
            }
            alternatives.append(TreePattern.Alternative(root: root, predicates: predicates))
        }
        guard !alternatives.isEmpty else { throw failure("the query is empty") }
        return alternatives
    }

    // MARK: Items

    private mutating func item() throws(SyntaxTreeError) -> TreePattern.Item {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.deepest else { throw failure("the query is nested too deeply") }
        if let field = try fieldPrefix() {
            var item = try item()
            item.field = field
            return item
        }
        var item = TreePattern.Item(shape: try shape())
        skipBlanks()
        switch peek() {
        case UInt8(ascii: "?"): item.quantifier = .optional
        case UInt8(ascii: "*"): item.quantifier = .any
        case UInt8(ascii: "+"): item.quantifier = .some
        default: position -= 1
        }
        position += 1
        skipBlanks()
        while peek() == UInt8(ascii: "@") {
            position += 1
            item.captures.append(capture(try name("a capture's name")))
            skipBlanks()
        }
        return item
    }

    /// `field:` and what lies behind it, or nil with nothing read.
    private mutating func fieldPrefix() throws(SyntaxTreeError) -> UInt16? {
        let start = position
        guard let first = peek(), Self.isNameByte(first),
            first != UInt8(ascii: "_") || peek(1).map(Self.isNameByte) == true
        else { return nil }
        let field = try name("a field")
        skipBlanks()
        guard peek() == UInt8(ascii: ":") else {
            position = start
            return nil
        }
        position += 1
        skipBlanks()
        return try number(ofField: field, at: start)
    }

    private func number(ofField name: String, at offset: Int) throws(SyntaxTreeError) -> UInt16 {
        guard let number = grammar.field(name) else {
            throw failure("the grammar '\(grammar.name)' has no field '\(name)'", at: offset)
        }
        return number
    }

    private mutating func shape() throws(SyntaxTreeError) -> TreePattern.Shape {
        switch peek() {
        case UInt8(ascii: "["):
            position += 1
            let (items, _) = try items(until: UInt8(ascii: "]"))
            return .oneOf(items)
        case UInt8(ascii: "\""):
            let start = position
            let token = try string()
            guard let kind = grammar.kind(token, isNamed: false) else {
                throw failure("the grammar '\(grammar.name)' has no token '\(token)'", at: start)
            }
            return .node(.kind(kind), absentFields: [], children: [], endsAnchored: false)
        case UInt8(ascii: "_"):
            position += 1
            return .node(.any, absentFields: [], children: [], endsAnchored: false)
        case UInt8(ascii: "("):
            position += 1
            skipBlanks()
            return try parenthesised()
        default: throw failure("expected a pattern")
        }
    }

    private mutating func parenthesised() throws(SyntaxTreeError) -> TreePattern.Shape {
        let start = position
        guard let first = peek(), Self.isNameByte(first) else {
            let (items, ends) = try items(until: UInt8(ascii: ")"))
            return .sequence(items, endsAnchored: ends)
        }
        let kindName = try name("a node's kind")
        skipBlanks()
        if peek() == UInt8(ascii: ":") {
            // A group whose first element has a field.
            position = start
            let (items, ends) = try items(until: UInt8(ascii: ")"))
            return .sequence(items, endsAnchored: ends)
        }
        let test = try kindTest(kindName, at: start)
        var absent: [UInt16] = []
        let (children, ends) = try items(until: UInt8(ascii: ")"), absentFields: &absent)
        return .node(test, absentFields: absent, children: children, endsAnchored: ends)
    }

    private func kindTest(_ name: String, at offset: Int) throws(SyntaxTreeError) -> TreePattern.KindTest {
        switch name {
        case "_": return .anyNamed
        case "ERROR": return .error
        case "MISSING": return .missing
        default:
            guard let kind = grammar.kind(name, isNamed: true) else {
                throw failure("the grammar '\(grammar.name)' has no node '\(name)'", at: offset)
            }
            return .kind(kind)
        }
    }

    private mutating func items(until end: UInt8) throws(SyntaxTreeError) -> ([TreePattern.Item], endsAnchored: Bool) {
        var absent: [UInt16] = []
        let result = try items(until: end, absentFields: &absent)
        guard absent.isEmpty else { throw failure("'!field' belongs directly into a node") }
        return result
    }

    private mutating func items(
        until end: UInt8, absentFields: inout [UInt16]
    ) throws(SyntaxTreeError) -> ([TreePattern.Item], endsAnchored: Bool) {
        var items: [TreePattern.Item] = []
        var isAnchored = false
        while true {
            skipBlanks()
            switch (peek(), peek(1)) {
            case (nil, _): throw failure("unfinished pattern")
            case (end, _):
                position += 1
                return (items, isAnchored)
            case (UInt8(ascii: "."), _):
                position += 1
                isAnchored = true
            case (UInt8(ascii: "!"), _):
                position += 1
                let place = position
                absentFields.append(try number(ofField: try name("a field"), at: place))
            case (UInt8(ascii: "("), UInt8(ascii: "#")): try predicate()
            default:
                var item = try item()
                item.isAnchored = isAnchored
                isAnchored = false
                items.append(item)
            }
        }
    }

    // MARK: Predicates

    private mutating func predicate() throws(SyntaxTreeError) {
        let start = position
        position += 2
        let name = try name("a predicate's name")
        var arguments: [TreePattern.Argument] = []
        while true {
            skipBlanks()
            switch peek() {
            case UInt8(ascii: ")"):
                position += 1
                predicates.append(TreePattern.Predicate(name: name, arguments: arguments, offset: start))
                return
            case UInt8(ascii: "@"):
                position += 1
                arguments.append(.capture(capture(try self.name("a capture's name"))))
            case UInt8(ascii: "\""): arguments.append(.text(try string()))
            default: throw failure("expected a capture, a string or ')'")
            }
        }
    }

    private mutating func capture(_ name: String) -> Int {
        if let known = captureNames.firstIndex(of: name) { return known }
        captureNames.append(name)
        return captureNames.count - 1
    }

    // MARK: Tokens

    private func peek(_ ahead: Int = 0) -> UInt8? {
        position + ahead < bytes.count ? bytes[position + ahead] : nil
    }

    /// Blanks, and comments from `;` to the end of the line.
    private mutating func skipBlanks() {
        while let byte = peek() {
            if byte == UInt8(ascii: ";") {
                while let next = peek(), next != UInt8(ascii: "\n") { position += 1 }
            } else if byte > UInt8(ascii: " ") {
                return
            } else {
                position += 1
            }
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (97...122).contains(byte | 0x20) || (48...57).contains(byte)
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    private mutating func name(_ expected: String) throws(SyntaxTreeError) -> String {
        let start = position
        while let byte = peek(), Self.isNameByte(byte) { position += 1 }
        // The `?` at the end of a predicate's name belongs to it.
        if start >= 1, bytes[start - 1] == UInt8(ascii: "#"), peek() == UInt8(ascii: "?") { position += 1 }
        guard position > start else { throw failure("expected \(expected)") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func string() throws(SyntaxTreeError) -> String {
        let start = position
        position += 1
        var text: [UInt8] = []
        while let byte = peek() {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let next = peek() else { break }
                position += 1
                switch next {
                case UInt8(ascii: "n"): text.append(UInt8(ascii: "\n"))
                case UInt8(ascii: "r"): text.append(UInt8(ascii: "\r"))
                case UInt8(ascii: "t"): text.append(UInt8(ascii: "\t"))
                default: text.append(next)
                }
            default: text.append(byte)
            }
        }
        throw failure("unfinished string", at: start)
    }

    private func failure(_ problem: String, at offset: Int? = nil) -> SyntaxTreeError {
        SyntaxTreeError(.badQuery, problem, offset: offset ?? min(position, bytes.count))
    }
}
