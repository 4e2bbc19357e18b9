import CTreeSitter

/// Parses source into trees. One parser serves one task at a time.
package final class SyntaxParser {
    private let parser: OpaquePointer

    package init() { parser = ts_parser_new() }

    deinit { ts_parser_delete(parser) }

    /// Parses UTF-8 (or any bytes) with a grammar. The tree does not keep the bytes.
    ///
    /// Parsing always yields a tree; broken stretches are error nodes in it.
    /// - Throws: `parseTimedOut` after `limit`; `tooLarge` from 4 GiB on.
    package func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, grammar: Grammar, limit: Duration
    ) throws(SyntaxTreeError) -> SyntaxTree {
        guard let length = UInt32(exactly: bytes.count) else {
            throw SyntaxTreeError(.tooLarge, "\(bytes.count) bytes exceed the parser's limit of \(UInt32.max)")
        }
        guard ts_parser_set_language(parser, grammar.pointer) else {
            throw SyntaxTreeError(.grammarMissing, "the grammar '\(grammar.name)' does not fit this parser")
        }
        let (seconds, attoseconds) = limit.components
        ts_parser_set_timeout_micros(parser, UInt64(seconds) * 1_000_000 + UInt64(attoseconds / 1_000_000_000_000))
        let tree = bytes.withMemoryRebound(to: CChar.self) {
            ts_parser_parse_string(parser, nil, $0.baseAddress, length)
        }
        guard let tree else {
            ts_parser_reset(parser)
            throw SyntaxTreeError(.parseTimedOut, "parsing \(bytes.count) bytes took longer than \(limit)")
        }
        return SyntaxTree(tree, grammar: grammar)
    }
}

/// A parsed file.
package final class SyntaxTree {
    private let tree: OpaquePointer
    package let grammar: Grammar

    init(_ tree: OpaquePointer, grammar: Grammar) {
        self.tree = tree
        self.grammar = grammar
    }

    deinit { ts_tree_delete(tree) }

    package var root: SyntaxNode { SyntaxNode(ts_tree_root_node(tree)) }
}
