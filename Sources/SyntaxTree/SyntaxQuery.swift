import CTreeSitter

/// A compiled tree-sitter query. Immutable, so any number of tasks may run it at once.
package final class SyntaxQuery: Sendable {
    nonisolated(unsafe) let pointer: OpaquePointer
    package let captureNames: [String]
    /// Per pattern, the predicates written in it: `(#eq? @name "eval")` becomes `["eq?", @name, "eval"]`.
    package let predicates: [[Predicate]]

    /// `(#name argument ...)`.
    package struct Predicate: Sendable, Hashable {
        package let name: String
        package let arguments: [Argument]
    }

    package enum Argument: Sendable, Hashable {
        case capture(Int)
        case text(String)
    }

    /// Throws `badQuery` with the byte offset of the first error.
    package init(_ source: String, grammar: Grammar) throws(SyntaxTreeError) {
        var offset: UInt32 = 0
        var kind = TSQueryErrorNone
        let length = UInt32(source.utf8.count)
        guard let pointer = ts_query_new(grammar.pointer, source, length, &offset, &kind) else {
            throw SyntaxTreeError(.badQuery, Self.explain(kind, grammar: grammar), offset: Int(offset))
        }
        self.pointer = pointer
        captureNames = (0..<ts_query_capture_count(pointer)).map { id in
            var length: UInt32 = 0
            return ts_query_capture_name_for_id(pointer, id, &length).map { String(cString: $0) } ?? ""
        }
        predicates = (0..<ts_query_pattern_count(pointer)).map { Self.predicates(of: $0, in: pointer) }
    }

    deinit { ts_query_delete(pointer) }

    private static func predicates(of pattern: UInt32, in pointer: OpaquePointer) -> [Predicate] {
        var count: UInt32 = 0
        guard let steps = ts_query_predicates_for_pattern(pointer, pattern, &count) else { return [] }
        var result: [Predicate] = []
        var arguments: [Argument] = []
        for step in UnsafeBufferPointer(start: steps, count: Int(count)) {
            switch step.type {
            case TSQueryPredicateStepTypeCapture: arguments.append(.capture(Int(step.value_id)))
            case TSQueryPredicateStepTypeString:
                var length: UInt32 = 0
                let text = ts_query_string_value_for_id(pointer, step.value_id, &length)
                arguments.append(.text(text.map { String(cString: $0) } ?? ""))
            default:
                if case .text(let name)? = arguments.first {
                    result.append(Predicate(name: name, arguments: Array(arguments.dropFirst())))
                }
                arguments = []
            }
        }
        return result
    }

    private static func explain(_ kind: TSQueryError, grammar: Grammar) -> String {
        let what =
            switch kind {
            case TSQueryErrorSyntax: "syntax error in the query"
            case TSQueryErrorNodeType: "the grammar '\(grammar.name)' has no such node"
            case TSQueryErrorField: "the grammar '\(grammar.name)' has no such field"
            case TSQueryErrorCapture: "unknown capture in a predicate"
            case TSQueryErrorStructure: "impossible pattern for the grammar '\(grammar.name)'"
            default: "the query does not fit the grammar '\(grammar.name)'"
            }
        return what
    }
}

/// Runs queries. One cursor serves one task at a time.
package final class SyntaxQueryCursor {
    private let cursor: OpaquePointer

    /// Unfinished matches kept at once; beyond it tree-sitter drops some, and `matches` says so.
    private static let matchLimit: UInt32 = 4096

    /// Steps a search may take per byte of source, and at least; see `SyntaxParser`.
    private static let stepsPerByte = 20
    private static let leastSteps = 1_000_000
    /// The cursor reports after each so many steps.
    private static let stepsPerReport = 100

    package init() {
        cursor = ts_query_cursor_new()
        ts_query_cursor_set_match_limit(cursor, Self.matchLimit)
    }

    deinit { ts_query_cursor_delete(cursor) }

    /// A match: the number of its pattern and its captures in order of appearance.
    package struct Match {
        package let pattern: Int
        package let captures: [(index: Int, node: SyntaxNode)]

        /// The first node captured under a name's index.
        package func node(_ index: Int) -> SyntaxNode? { captures.first { $0.index == index }?.node }
    }

    /// Calls `body` with each match under `node`, in document order.
    /// - Returns: false if a limit was exceeded, so that matches may be missing.
    package func matches(of query: SyntaxQuery, in node: SyntaxNode, _ body: (Match) -> Void) -> Bool {
        var reportsLeft = max(Self.leastSteps, node.bytes.count * Self.stepsPerByte) / Self.stepsPerReport
        return withUnsafeMutablePointer(to: &reportsLeft) { reportsLeft in
            var options = TSQueryCursorOptions(payload: reportsLeft, progress_callback: Self.progress)
            ts_query_cursor_exec_with_options(cursor, query.pointer, node.raw, &options)
            var match = TSQueryMatch()
            while ts_query_cursor_next_match(cursor, &match) {
                let captures = UnsafeBufferPointer(start: match.captures, count: Int(match.capture_count))
                body(
                    Match(
                        pattern: Int(match.pattern_index),
                        captures: captures.map { (Int($0.index), SyntaxNode($0.node)) }))
            }
            return reportsLeft.pointee > 0 && !ts_query_cursor_did_exceed_match_limit(cursor)
        }
    }

    /// True stops the search.
    private static let progress: @convention(c) (UnsafeMutablePointer<TSQueryCursorState>?) -> Bool = { state in
        let reportsLeft = state!.pointee.payload!.assumingMemoryBound(to: Int.self)
        reportsLeft.pointee -= 1
        return reportsLeft.pointee <= 0
    }
}
