import CTreeSitter

/// Parses source into trees. One parser serves one task at a time.
package final class SyntaxParser {
    private let parser: OpaquePointer

    /// Steps the parser may take per byte of source, and at least. Real source takes up to three; grammars can be led
    /// into taking thousands. Counted, not timed: the same file always ends the same way.
    private static let stepsPerByte = 10
    private static let leastSteps = 1_000_000
    /// The parser reports after each so many steps.
    private static let stepsPerReport = 100

    package init() { parser = ts_parser_new() }

    deinit { ts_parser_delete(parser) }

    /// Parses UTF-8 (or any bytes) with a grammar. The tree does not keep the bytes.
    ///
    /// Parsing always yields a tree; broken stretches are error nodes in it.
    /// - Throws: `tooMuchWork` where the source leads the grammar astray; `tooLarge` from 4 GiB on; `hostile` for input
    ///   known to break a grammar.
    package func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, grammar: Grammar
    ) throws(SyntaxTreeError) -> SyntaxTree {
        guard bytes.count < UInt32.max else {
            throw SyntaxTreeError(.tooLarge, "\(bytes.count) bytes exceed the parser's limit of \(UInt32.max)")
        }
        try HostileNesting.check(bytes, grammar: grammar.name)
        guard ts_parser_set_language(parser, grammar.pointer) else {
            throw SyntaxTreeError(.grammarMissing, "the grammar '\(grammar.name)' does not fit this parser")
        }
        var run = Run(
            bytes: bytes, reportsLeft: max(Self.leastSteps, bytes.count * Self.stepsPerByte) / Self.stepsPerReport)
        let tree = withUnsafeMutablePointer(to: &run) { run in
            let input = TSInput(payload: run, read: Self.read, encoding: TSInputEncodingUTF8, decode: nil)
            return ts_parser_parse_with_options(
                parser, nil, input, TSParseOptions(payload: run, progress_callback: Self.progress))
        }
        guard let tree else {
            ts_parser_reset(parser)
            throw SyntaxTreeError(.tooMuchWork, "parsing \(bytes.count) bytes took too many steps")
        }
        return SyntaxTree(tree, grammar: grammar)
    }

    /// What the C callbacks see of one parse.
    private struct Run {
        let bytes: UnsafeBufferPointer<UInt8>
        var reportsLeft: Int
    }

    private static let read:
        @convention(c) (UnsafeMutableRawPointer?, UInt32, TSPoint, UnsafeMutablePointer<UInt32>?) -> UnsafePointer<
            CChar
        >? =
            { payload, offset, _, length in
                let bytes = payload!.assumingMemoryBound(to: Run.self).pointee.bytes
                let start = min(Int(offset), bytes.count)
                length!.pointee = UInt32(bytes.count - start)
                return bytes.baseAddress.map { UnsafeRawPointer($0 + start).assumingMemoryBound(to: CChar.self) }
            }

    /// True stops the parse.
    private static let progress: @convention(c) (UnsafeMutablePointer<TSParseState>?) -> Bool = { state in
        let run = state!.pointee.payload!.assumingMemoryBound(to: Run.self)
        run.pointee.reportsLeft -= 1
        return run.pointee.reportsLeft <= 0
    }
}

/// Input that makes a grammar's own C code overrun its buffers: it must never get there.
private enum HostileNesting {
    /// The YAML scanner keeps one entry per level of indentation and per `- ` on a line, in a buffer of 1,024 bytes.
    private static let deepestYAML = 100

    static func check(_ bytes: UnsafeBufferPointer<UInt8>, grammar: String) throws(SyntaxTreeError) {
        guard grammar == "yaml" else { return }
        var marks = 0
        var indent = 0
        var levels: [Int] = []
        var atLineStart = true
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"): (marks, indent, atLineStart) = (0, 0, true)
            case UInt8(ascii: " "), UInt8(ascii: "\t"): indent += 1
            default:
                if isMark(byte), index + 1 == bytes.count || bytes[index + 1] <= UInt8(ascii: " ") { marks += 1 }
                if atLineStart {
                    while let last = levels.last, last >= indent { levels.removeLast() }
                    levels.append(indent)
                    atLineStart = false
                }
            }
            if marks + levels.count > deepestYAML {
                throw SyntaxTreeError(.hostile, "more than \(deepestYAML) levels of nesting")
            }
        }
    }

    private static func isMark(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: ":")
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

    /// The tree as arrays, made when first asked for.
    package private(set) lazy var flat = FlatTree(root, grammar: grammar)
}
