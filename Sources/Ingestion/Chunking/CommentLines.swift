import SyntaxTree

/// The lines of a file that hold nothing but comments or documentation strings.
struct CommentLines {
    /// 1-based, in order, adjacent ones joined.
    private(set) var ranges: [ClosedRange<Int>] = []

    private let bytes: UnsafeBufferPointer<UInt8>

    init(_ tree: FlatTree, _ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        var line = 1
        var seen = 0
        for node in 0..<tree.count where Self.isComment(node, tree) {
            let range = tree.bytes(node)
            // Nodes come in document order; one within another adds nothing.
            guard range.lowerBound >= seen, range.upperBound <= bytes.count, isAlone(range) else { continue }
            line += newlines(seen..<range.lowerBound)
            // Some grammars count the line end as part of the comment.
            let inside = newlines(range) - (bytes[range].last == UInt8(ascii: "\n") ? 1 : 0)
            add(line...(line + max(0, inside)))
            line += newlines(range)
            seen = range.upperBound
        }
    }

    /// A comment, or a string that stands as a statement of its own, as Python documents.
    private static func isComment(_ node: Int, _ tree: FlatTree) -> Bool {
        let name = tree.kindName(node)
        if tree.isNamed(node), name.hasSuffix("comment") { return true }
        guard name == "expression_statement" else { return false }
        let children = Array(tree.children(node).prefix(2))
        guard children.count == 1, tree.kindName(children[0]) == "string" else { return false }
        return !tree.children(children[0]).contains { tree.kindName($0) == "interpolation" }
    }

    /// True where nothing but white space stands before and after on the same lines.
    private func isAlone(_ range: Range<Int>) -> Bool {
        let before = bytes[..<range.lowerBound].reversed().prefix { $0 != UInt8(ascii: "\n") }
        let after =
            bytes[range].last == UInt8(ascii: "\n")
            ? [] : bytes[range.upperBound...].prefix { $0 != UInt8(ascii: "\n") }
        return before.allSatisfy(Self.isBlank) && after.allSatisfy(Self.isBlank)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    private func newlines(_ range: Range<Int>) -> Int { bytes[range].count { $0 == UInt8(ascii: "\n") } }

    private mutating func add(_ lines: ClosedRange<Int>) {
        guard let last = ranges.last, lines.lowerBound <= last.upperBound + 1 else { return ranges.append(lines) }
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, lines.upperBound)
    }

    /// Those within some lines.
    func within(_ lines: ClosedRange<Int>) -> [ClosedRange<Int>] {
        ranges.filter { $0.overlaps(lines) }.map { $0.clamped(to: lines) }
    }
}
