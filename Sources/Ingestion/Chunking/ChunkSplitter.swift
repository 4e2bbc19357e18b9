import OrchestratorCore
import SyntaxTree

/// A stretch of a file and its tokens.
struct Piece {
    let bytes: Range<Int>
    let tokens: Int
}

/// Splits one file: from the root of its tree downwards wherever a node exceeds the budget, and by lines below that.
struct ChunkSplitter {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let budget: Int
    private let counter: any TokenCounting
    private var pieces: [Piece] = []
    /// Bytes that may still be counted on the way down: a tree nested without end must not cost more than a few passes.
    private var allowance: Int

    /// Levels of a tree that are looked into.
    private static let deepest = 100

    init(bytes: UnsafeBufferPointer<UInt8>, budget: Int, counter: any TokenCounting) {
        self.bytes = bytes
        self.budget = budget
        self.counter = counter
        allowance = bytes.count * 12 + 4096
    }

    mutating func split(_ root: SyntaxNode?) -> [Piece] {
        if !bytes.isEmpty { divide(0..<bytes.count, root, depth: 0) }
        return joined()
    }

    private func count(_ range: Range<Int>) -> Int { counter.count(UnsafeBufferPointer(rebasing: bytes[range])) }

    /// Appends the pieces of a range: itself if it fits, else its node's parts.
    private mutating func divide(_ range: Range<Int>, _ node: SyntaxNode?, depth: Int) {
        allowance -= range.count
        // What cannot fit need not be counted.
        if range.count <= budget * 16 {
            let tokens = count(range)
            if tokens <= budget {
                pieces.append(Piece(bytes: range, tokens: tokens))
                return
            }
        }
        guard let node, depth < Self.deepest, allowance > 0 else { return divideByLines(range) }
        let parts = parts(of: node, in: range)
        if parts.isEmpty || (parts.count == 1 && parts[0].node.childCount == 0) { return divideByLines(range) }
        for part in parts { divide(part.range, part.node, depth: depth + 1) }
    }

    /// Neighbouring pieces together as long as they fit.
    private func joined() -> [Piece] {
        var result: [Piece] = []
        for piece in pieces {
            if let last = result.last, last.tokens + piece.tokens <= budget {
                let whole = last.bytes.lowerBound..<piece.bytes.upperBound
                // Tokens may also form across the seam, so the sum is only a first guess.
                let tokens = count(whole)
                if tokens <= budget {
                    result[result.count - 1] = Piece(bytes: whole, tokens: tokens)
                    continue
                }
            }
            result.append(piece)
        }
        return result
    }

    private struct Part {
        let range: Range<Int>
        let node: SyntaxNode
    }

    /// The range cut where the node's children begin. A comment stays with what follows it, and a cut lies at the
    /// beginning of a line if only blanks would come before it.
    private func parts(of node: SyntaxNode, in range: Range<Int>) -> [Part] {
        var parts: [Part] = []
        var start = range.lowerBound
        var current: SyntaxNode?
        var afterComment = false
        let cursor = SyntaxCursor(node)
        guard cursor.goToFirstChild() else { return [] }
        repeat {
            let child = cursor.node
            let isComment = child.kind.hasSuffix("comment")
            let cut = lineStart(before: child.bytes.lowerBound)
            if let node = current, !afterComment, cut > start, cut < range.upperBound {
                parts.append(Part(range: start..<cut, node: node))
                start = cut
            }
            if !(isComment && current != nil && afterComment) { current = child }
            afterComment = isComment
        } while cursor.goToNextSibling()
        if let current { parts.append(Part(range: start..<range.upperBound, node: current)) }
        return parts
    }

    private func lineStart(before position: Int) -> Int {
        var start = position
        while start > 0, bytes[start - 1] == UInt8(ascii: " ") || bytes[start - 1] == UInt8(ascii: "\t") { start -= 1 }
        return start == 0 || bytes[start - 1] == UInt8(ascii: "\n") ? start : position
    }

    /// Appends pieces as long as fit, cut after a line end if one lies in their second half.
    private mutating func divideByLines(_ range: Range<Int>) {
        var start = range.lowerBound
        while start < range.upperBound {
            let rest = UnsafeBufferPointer(rebasing: bytes[start..<range.upperBound])
            var length = max(1, counter.prefix(of: rest, within: budget))
            if length < rest.count, let end = rest[(length / 2)..<length].lastIndex(of: UInt8(ascii: "\n")) {
                length = end + 1
            }
            var tokens = count(start..<(start + length))
            while tokens > budget, length > 1 {
                length = max(1, length * 7 / 8)
                tokens = count(start..<(start + length))
            }
            pieces.append(Piece(bytes: start..<(start + length), tokens: tokens))
            start += length
        }
    }
}
