package import OrchestratorCore
package import SyntaxTree

/// Cuts files into chunks that fit a token budget, at the boundaries of functions, classes and statements where the
/// language's grammar is known, else at line ends. One chunker serves one task at a time.
package final class Chunker {
    private let budget: TokenBudget
    private let counter: any TokenCounting
    private let parser: FileParser

    package init(budget: TokenBudget, counter: any TokenCounting, grammars: GrammarLibrary?) {
        self.budget = budget
        self.counter = counter
        parser = FileParser(grammars)
    }

    /// The chunks of one file: each byte in exactly one, in order, none over the budget. Empty for an empty file.
    package func chunks(
        of bytes: UnsafeBufferPointer<UInt8>, path: RepositoryPath, language: Language
    ) -> [Chunk] {
        let tree = parser.tree(bytes, language)
        var splitter = ChunkSplitter(bytes: bytes, budget: budget.tokens, counter: counter)
        let pieces = splitter.split(tree?.root)
        let comments = tree.map { CommentLines($0.flat, bytes) }
        var line = 1
        return pieces.map { piece in
            let text = UnsafeBufferPointer(rebasing: bytes[piece.bytes])
            let first = line
            line += text.count { $0 == UInt8(ascii: "\n") }
            let last = text.last == UInt8(ascii: "\n") ? line - 1 : line
            let lines = first...max(first, last)
            return Chunk(
                path: path, digest: Digest(of: UnsafeRawBufferPointer(text)), bytes: piece.bytes, lines: lines,
                tokens: piece.tokens, symbol: tree.map { Self.symbol(at: piece.bytes, in: $0, bytes) } ?? "",
                comments: comments?.within(lines) ?? [])
        }
    }

    /// What is being declared where the chunk's text begins.
    private static func symbol(
        at range: Range<Int>, in tree: SyntaxTree, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> String {
        guard let first = bytes[range].firstIndex(where: { $0 > UInt8(ascii: " ") }) else { return "" }
        return tree.flat.enclosingNames(tree.flat.innermost(at: first))
            .map { String(decoding: bytes[$0], as: UTF8.self) }.joined(separator: ".")
    }
}
