import OrchestratorCore
import SyntaxTree

/// A rule's query with its predicates, ready to run.
///
/// Predicates, all of which must hold for a match to count (`@x` is a capture, missing captures fail):
///
///     (#eq? @x "text")          the text is this             (#not-eq? ...)
///     (#any-of? @x "a" "b")     the text is one of these     (#not-any-of? ...)
///     (#match? @x "regex")      PCRE2, searched in the text  (#not-match? ...)
///     (#same? @x @y)            both captures read the same  (#not-same? ...)
///     (#constant? @x)           literals only, no names      (#not-constant? ...)
///     (#inside? @x "kind" ...)  some ancestor is of a kind   (#not-inside? ...)
///     (#holds? @x "kind" ...)   some descendant is           (#not-holds? ...)
///     (#scope? @x "regex")      found in the enclosing function (or the file)  (#not-scope? ...)
///     (#file? "regex")          found in the file            (#not-file? ...)
final class QueryMatcher: Sendable {
    private let query: SyntaxQuery
    private let predicates: [[QueryPredicate]]
    private let reported: Int?
    private let secret: Int?

    /// What a match of a query marks in the source.
    struct Hit {
        let node: SyntaxNode
        /// Byte ranges that must never be shown.
        let secrets: [Range<Int>]
    }

    /// Throws `badQuery` naming the rule, its place and what was expected.
    init(_ source: String, mark: MarkedNode.Mark, rule: String, grammar: Grammar) throws(DetectionError) {
        do {
            query = try SyntaxQuery(source, grammar: grammar)
        } catch {
            let before = source.utf8.prefix(error.offset ?? 0)
            let line = mark.line + 1 + before.count { $0 == UInt8(ascii: "\n") }
            throw DetectionError(.badQuery, "\(mark.file):\(line): rule '\(rule)': \(error)")
        }
        reported = query.captureNames.firstIndex(of: "match")
        secret = query.captureNames.firstIndex(of: "secret")
        do {
            predicates = try query.predicates.map { (list) throws(DetectionError) in
                try list.map { (predicate) throws(DetectionError) in try QueryPredicate(predicate) }
            }
        } catch {
            throw DetectionError(.badQuery, "\(mark): rule '\(rule)': \(error)")
        }
    }

    /// Calls `body` with each match whose predicates hold and that lies in no broken stretch.
    /// - Returns: false if tree-sitter may have dropped matches.
    func matches(in source: ParsedSource, cursor: SyntaxQueryCursor, _ body: (Hit) -> Void) -> Bool {
        cursor.matches(of: query, in: source.tree.root) { match in
            guard let node = reported.flatMap(match.node) ?? match.captures.first?.node,
                predicates[match.pattern].allSatisfy({ $0.holds(for: match, in: source) }),
                !node.hasError, !source.ancestors(of: node).contains(where: source.tree.flat.isBroken)
            else { return }
            let secrets = match.captures.filter { $0.index == secret }.map(\.node.bytes)
            body(Hit(node: node, secrets: secrets))
        }
    }
}

/// A file's bytes with their tree, for the time of one analysis.
struct ParsedSource {
    let bytes: UnsafeBufferPointer<UInt8>
    let tree: SyntaxTree
    let scratch: PatternScratch

    func text(_ node: SyntaxNode) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[node.bytes.clamped(to: 0..<bytes.count)])
    }

    /// The enclosing nodes, nearest first.
    func ancestors(of node: SyntaxNode) -> [Int] {
        tree.flat.number(of: node).map { Array(tree.flat.ancestors($0)) } ?? []
    }

    /// The text of the enclosing function, or of the whole file.
    func scope(of node: SyntaxNode) -> UnsafeBufferPointer<UInt8> {
        let scope = tree.flat.number(of: node).map(tree.flat.scope) ?? 0
        return UnsafeBufferPointer(rebasing: bytes[tree.flat.bytes(scope).clamped(to: 0..<bytes.count)])
    }

    /// The function and classes around a node: `Store.open`; empty at the top level.
    func symbol(around node: SyntaxNode) -> String {
        guard let parent = tree.flat.number(of: node).flatMap(tree.flat.parent) else { return "" }
        return tree.flat.enclosingNames(parent).map { String(decoding: bytes[$0], as: UTF8.self) }
            .joined(separator: ".")
    }
}
