package import OrchestratorCore
package import SyntaxTree

/// Cuts files down to what is needed to judge some places: the functions around them, or as much of a long one as stands
/// near; the heads of what these stand in; and the imports, fields and globals that they name. One slicer serves one task
/// at a time.
package final class Slicer {
    private let budget: TokenBudget
    private let counter: any TokenCounting
    private let parser: FileParser

    package init(budget: TokenBudget, counter: any TokenCounting, grammars: GrammarLibrary?) {
        self.budget = budget
        self.counter = counter
        parser = FileParser(grammars)
    }

    /// The slices of one file, in order, none over the budget: chunks that say which of their lines are not shown.
    /// - Parameter places: 1-based lines.
    package func slices(
        of bytes: UnsafeBufferPointer<UInt8>, path: RepositoryPath, language: Language, around places: Set<Int>
    ) -> [Chunk] {
        let lines = SliceLines(bytes)
        let tree = parser.tree(bytes, language)
        var slice = SliceBuilder(lines: lines, tree: tree?.flat)
        for place in places.sorted() where place >= 1 && place <= lines.count { slice.show(around: place) }
        slice.showWhatIsNamed()
        var comments: Set<Int> = []
        if let tree { for range in CommentLines(tree.flat, bytes).ranges { comments.formUnion(range) } }
        let shown = slice.shown.subtracting(comments.subtracting(places)).sorted()
        return parts(of: shown, lines).map { chunk(of: $0, lines, path) }
    }

    /// The lines in parts that fit, cut where lines were left out if possible.
    private func parts(of shown: [Int], _ lines: SliceLines) -> [[Int]] {
        var parts: [[Int]] = []
        var part: [Int] = []
        var tokens = 0
        /// Where the last gap of the part lies, and the tokens before it.
        var gap: (count: Int, tokens: Int)?
        for line in shown {
            // The number of a line and the bar before it take a few.
            let cost = counter.count(UnsafeBufferPointer(rebasing: lines.bytes[lines.range(of: line)])) + 3
            if let last = part.last, line > last + 1 { gap = (part.count, tokens) }
            if tokens + cost > budget.tokens, !part.isEmpty {
                let cut = gap?.count ?? part.count
                parts.append(Array(part[..<cut]))
                tokens -= gap?.tokens ?? tokens
                part.removeFirst(cut)
                gap = nil
            }
            part.append(line)
            tokens += cost
        }
        return part.isEmpty ? parts : parts + [part]
    }

    private func chunk(of shown: [Int], _ lines: SliceLines, _ path: RepositoryPath) -> Chunk {
        let (first, last) = (shown[0], shown[shown.count - 1])
        let range = lines.range(of: first).lowerBound..<lines.range(of: last).upperBound
        let stretch = UnsafeBufferPointer(rebasing: lines.bytes[range])
        var hidden: [ClosedRange<Int>] = []
        for (line, next) in zip(shown, shown.dropFirst()) where next > line + 1 {
            hidden.append((line + 1)...(next - 1))
        }
        let tokens = shown.reduce(0) {
            $0 + counter.count(UnsafeBufferPointer(rebasing: lines.bytes[lines.range(of: $1)]))
        }
        return Chunk(
            path: path, digest: Digest(of: UnsafeRawBufferPointer(stretch)), bytes: range, lines: first...last,
            tokens: tokens, symbol: "", slice: Chunk.Slice(hidden: hidden, context: nil))
    }
}

/// Where the lines of a text lie, line ends included.
struct SliceLines {
    let bytes: UnsafeBufferPointer<UInt8>
    private let starts: [Int]

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        var starts = [0]
        for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") && index + 1 < bytes.count {
            starts.append(index + 1)
        }
        self.starts = starts
    }

    var count: Int { bytes.isEmpty ? 0 : starts.count }

    func range(of line: Int) -> Range<Int> {
        starts[line - 1]..<(line < starts.count ? starts[line] : bytes.count)
    }

    func line(at offset: Int) -> Int {
        var (low, high) = (0, starts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

    /// The first byte of a line that is no blank; nil for a blank line.
    func text(of line: Int) -> Int? { bytes[range(of: line)].firstIndex { $0 > UInt8(ascii: " ") } }
}
