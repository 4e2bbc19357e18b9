/// A compiled query in tree-sitter's pattern language, matched over a `FlatTree`.
///
/// Understood: `(kind)`, `(_)`, `_`, `"token"`, `(ERROR)`, `(MISSING)`, `field: pattern`, `!field`, `[a b]`, `(a b)`,
/// `? * +`, `.` anchors, `@captures` and `(#predicate? ...)`. Unlike the C library's queries these cost microseconds to
/// compile, drop no matches, and a capture may be used in a predicate wherever it stands. Immutable.
package struct TreePattern: Sendable {
    /// The patterns, each with the predicates written in it.
    package let alternatives: [Alternative]
    package let captureNames: [String]

    package struct Alternative: Sendable {
        let root: Item
        package let predicates: [Predicate]
    }

    /// `(#name argument ...)`.
    package struct Predicate: Sendable, Hashable {
        package let name: String
        package let arguments: [Argument]
        /// Where it stands in the query's text, in bytes.
        package let offset: Int
    }

    package enum Argument: Sendable, Hashable {
        case capture(Int)
        case text(String)
    }

    /// Throws `badQuery` with the byte offset of the first error.
    package init(_ source: String, grammar: Grammar) throws(SyntaxTreeError) {
        var parser = TreePatternParser(source, grammar: grammar)
        alternatives = try parser.parse()
        captureNames = parser.captureNames
    }
}

extension TreePattern {
    /// One element of a list of siblings.
    struct Item: Sendable {
        var shape: Shape
        /// The field it must fill in its parent; 0 for any.
        var field: UInt16 = 0
        var captures: [Int] = []
        var quantifier = Quantifier.one
        /// `.` before it: nothing but tokens may stand between it and what comes before.
        var isAnchored = false
    }

    enum Quantifier: Sendable { case one, optional, any, some }

    indirect enum Shape: Sendable {
        /// A node of a kind with, in order, the given children among its own.
        case node(KindTest, absentFields: [UInt16], children: [Item], endsAnchored: Bool)
        case oneOf([Item])
        case sequence([Item], endsAnchored: Bool)
    }

    enum KindTest: Sendable, Hashable {
        case kind(UInt16)
        case anyNamed
        case any
        case error
        case missing
    }
}
