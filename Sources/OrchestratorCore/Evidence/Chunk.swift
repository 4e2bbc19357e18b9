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
    /// Set where only some of the lines are shown; nil for a chunk that is read whole.
    package var slice: Slice?

    /// What of a chunk is left out.
    package struct Slice: Hashable, Sendable, Codable {
        /// Lines that are not shown.
        package let hidden: [ClosedRange<Int>]
        /// Over the slices of other files that belong to the same flows; nil for none.
        package var context: Digest?

        package init(hidden: [ClosedRange<Int>], context: Digest?) {
            self.hidden = hidden
            self.context = context
        }
    }

    package init(
        path: RepositoryPath, digest: Digest, bytes: Range<Int>, lines: ClosedRange<Int>, tokens: Int, symbol: String,
        comments: [ClosedRange<Int>] = [], slice: Slice? = nil
    ) {
        self.path = path
        self.digest = digest
        self.bytes = bytes
        self.lines = lines
        self.tokens = tokens
        self.symbol = symbol
        self.comments = comments
        self.slice = slice
    }
}
