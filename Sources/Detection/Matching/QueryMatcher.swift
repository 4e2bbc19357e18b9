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
///     (#constant? @x)           literals and NAMES_IN_CAPITALS only (#not-constant? ...)
///     (#inside? @x "kind" ...)  some ancestor is of a kind   (#not-inside? ...)
///     (#holds? @x "kind" ...)   some descendant is           (#not-holds? ...)
///     (#scope? @x "regex")      found in the enclosing function (or the file)  (#not-scope? ...)
///     (#file? "regex")          found in the file            (#not-file? ...)
///     (#explodes? @x)           a literal whose regular expression can take exponential time; with "whole" it has to
///                               match a whole text, with "delimited" it is a string with delimiters of its own
struct QueryMatcher: Sendable {
    private let pattern: TreePattern
    private let predicates: [[QueryPredicate]]
    private let reported: Int?
    private let secret: Int?

    /// What a match of a query marks in the source.
    struct Hit {
        let node: Int
        /// Byte ranges that must never be shown.
        let secrets: [Range<Int>]
    }

    /// Throws `badQuery` naming the rule, its place and what was expected.
    init(_ source: String, mark: MarkedNode.Mark, rule: String, grammar: Grammar) throws(DetectionError) {
        func failure(_ problem: String, at offset: Int) -> DetectionError {
            let line = mark.line + 1 + source.utf8.prefix(offset).count { $0 == UInt8(ascii: "\n") }
            return DetectionError(.badQuery, "\(mark.file):\(line): rule '\(rule)': \(problem)")
        }
        do {
            pattern = try TreePattern(source, grammar: grammar)
        } catch {
            throw failure(error.context, at: error.offset ?? 0)
        }
        reported = pattern.captureNames.firstIndex(of: "match")
        secret = pattern.captureNames.firstIndex(of: "secret")
        var compiled: [[QueryPredicate]] = []
        for alternative in pattern.alternatives {
            var list: [QueryPredicate] = []
            for predicate in alternative.predicates {
                do {
                    list.append(try QueryPredicate(predicate))
                } catch {
                    throw failure(error.context, at: predicate.offset)
                }
            }
            compiled.append(list)
        }
        predicates = compiled
    }

    /// Calls `body` with each match whose predicates hold and that lies in no broken stretch, one per place.
    /// - Returns: false if the search gave up before its end.
    func matches(in source: ParsedSource, _ body: (Hit) -> Void) -> Bool {
        var isWhole = true
        for (alternative, predicates) in zip(pattern.alternatives, predicates) {
            var matcher = TreeMatcher(source.tree)
            var lastReported = -1
            let finished = matcher.matches(of: alternative) { captures in
                guard let node = reported.flatMap(captures.node) ?? captures.first, node != lastReported,
                    predicates.allSatisfy({ $0.holds(for: captures, in: source) }),
                    !source.tree.hasError(node), !source.tree.ancestors(node).contains(where: source.tree.isBroken)
                else { return true }
                lastReported = node
                body(Hit(node: node, secrets: secret.map { captures.nodes($0).map(source.tree.bytes) } ?? []))
                return true
            }
            isWhole = isWhole && finished
        }
        return isWhole
    }
}

/// A file's bytes with their tree, for the time of one analysis.
struct ParsedSource {
    let bytes: UnsafeBufferPointer<UInt8>
    let tree: FlatTree
    let scratch: PatternScratch

    func text(_ node: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[tree.bytes(node).clamped(to: 0..<bytes.count)])
    }

    /// The function and classes around a node: `Store.open`; empty at the top level.
    func symbol(around node: Int) -> String {
        guard let parent = tree.parent(node) else { return "" }
        return tree.enclosingNames(parent).map { String(decoding: bytes[$0], as: UTF8.self) }.joined(separator: ".")
    }
}
