/// A run of a file's bytes that fits a token budget, bounded by syntax where the grammar is known.
///
/// The chunks of a file cover each of its bytes exactly once, in order, without overlap.
package struct Chunk: Hashable, Sendable, Codable {
    package let path: RepositoryPath
    /// Digest of the chunk's bytes: identical chunks are sent to a model once.
    package let digest: Digest
    /// Half-open byte range in the file.
    package let bytes: Range<Int>
    /// 1-based line numbers of the first and last byte.
    package let lines: ClosedRange<Int>
    /// Tokens by the counter that bounded the chunk.
    package let tokens: Int
    /// The enclosing or first declared symbol, outermost first, joined by dots; empty at the top level.
    package let symbol: String
    /// Lines that hold nothing but comments, where the grammar is known.
    package let comments: [ClosedRange<Int>]

    package init(
        path: RepositoryPath, digest: Digest, bytes: Range<Int>, lines: ClosedRange<Int>, tokens: Int, symbol: String,
        comments: [ClosedRange<Int>] = []
    ) {
        self.path = path
        self.digest = digest
        self.bytes = bytes
        self.lines = lines
        self.tokens = tokens
        self.symbol = symbol
        self.comments = comments
    }
}
