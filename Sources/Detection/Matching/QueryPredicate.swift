import SyntaxTree

/// One `(#name? ...)` condition of a query, compiled. See `QueryMatcher` for what each means.
struct QueryPredicate: Sendable {
    private enum Test: Sendable {
        case text(Set<[UInt8]>)
        case pattern(Pattern)
        case same(Int)
        case constant
        case inside(Set<String>)
        case holds(Set<String>)
        case scope(Pattern)
        case file(Pattern)
        case explodes(isWhole: Bool, isDelimited: Bool)
    }

    /// How `#explodes?` may read a literal.
    private static let readings: Set = ["whole", "delimited"]

    private let test: Test
    private let capture: Int
    private let isNegated: Bool

    /// Throws `badQuery` for an unknown name or unfit arguments.
    init(_ predicate: TreePattern.Predicate) throws(DetectionError) {
        isNegated = predicate.name.hasPrefix("not-")
        let name = String(predicate.name.dropFirst(isNegated ? 4 : 0))
        let texts = predicate.arguments.compactMap { if case .text(let text) = $0 { text } else { nil } }
        let captures = predicate.arguments.compactMap { if case .capture(let index) = $0 { index } else { nil } }
        func demand(_ fits: Bool, _ expected: String) throws(DetectionError) {
            guard fits else { throw DetectionError(.badQuery, "(#\(predicate.name) ...) expects \(expected)") }
        }
        switch name {
        case "eq?", "any-of?":
            try demand(captures.count == 1 && !texts.isEmpty, "a capture and at least one string")
            test = .text(Set(texts.map { Array($0.utf8) }))
        case "match?":
            try demand(captures.count == 1 && texts.count == 1, "a capture and a pattern")
            test = .pattern(try Pattern(texts[0]))
        case "same?":
            try demand(captures.count == 2 && texts.isEmpty, "two captures")
            test = .same(captures[1])
        case "constant?":
            try demand(captures.count == 1 && texts.isEmpty, "a capture")
            test = .constant
        case "inside?":
            try demand(captures.count == 1 && !texts.isEmpty, "a capture and at least one node kind")
            test = .inside(Set(texts))
        case "holds?":
            try demand(captures.count == 1 && !texts.isEmpty, "a capture and at least one node kind")
            test = .holds(Set(texts))
        case "scope?":
            try demand(captures.count == 1 && texts.count == 1, "a capture and a pattern")
            test = .scope(try Pattern(texts[0]))
        case "file?":
            try demand(captures.isEmpty && texts.count == 1, "a pattern")
            test = .file(try Pattern(texts[0]))
        case "explodes?":
            try demand(captures.count == 1 && Self.readings.isSuperset(of: texts), "a capture, 'whole', 'delimited'")
            test = .explodes(isWhole: texts.contains("whole"), isDelimited: texts.contains("delimited"))
        default: throw DetectionError(.badQuery, "unknown predicate '#\(predicate.name)'")
        }
        capture = captures.first ?? -1
    }

    func holds(for captures: TreeMatcher.Captures, in source: ParsedSource) -> Bool {
        if case .file(let pattern) = test { return source.scratch.matches(pattern, source.bytes) != isNegated }
        guard let node = captures.node(capture) else { return false }
        return holds(for: node, captures, source) != isNegated
    }

    private func holds(for node: Int, _ captures: TreeMatcher.Captures, _ source: ParsedSource) -> Bool {
        let tree = source.tree
        return switch test {
        case .text(let texts): texts.contains(Array(source.text(node)))
        case .pattern(let pattern): source.scratch.matches(pattern, source.text(node))
        case .same(let other): captures.node(other).map { source.text(node).elementsEqual(source.text($0)) } ?? false
        case .constant: !tree.subtree(node).contains { Self.namesValue($0, source) }
        case .inside(let kinds): tree.ancestors(node).contains { kinds.contains(tree.kindName($0)) }
        case .holds(let kinds): tree.subtree(node).contains { kinds.contains(tree.kindName($0)) }
        case .scope(let pattern): source.scratch.matches(pattern, source.text(tree.scope(of: node)))
        case .file: true
        case .explodes(let isWhole, let isDelimited):
            RegexLiteral.pattern(of: Array(source.text(node)), isDelimited: isDelimited).map {
                RegexAmbiguity.explodes($0, isWhole: isWhole)
            } ?? false
        }
    }

    /// True for a leaf that names something which could change: what makes an expression more than its literals.
    private static func namesValue(_ node: Int, _ source: ParsedSource) -> Bool {
        guard source.tree.isNamed(node), source.tree.subtree(node).count == 1 else { return false }
        let kind = source.tree.kindName(node)
        let isName =
            kind.hasSuffix("identifier") || kind.hasSuffix("variable") || kind.hasSuffix("variable_name")
            || ["name", "constant", "this", "self"].contains(kind)
        return isName && !isCapitals(source.text(node))
    }

    /// `MAX_ROWS`: by the conventions of every language here, a constant.
    private static func isCapitals(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        name.count > 1 && name[0] != UInt8(ascii: "_")
            && name.allSatisfy { (65...90).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
    }
}
