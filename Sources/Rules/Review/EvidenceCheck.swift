import OrchestratorCore

/// Finds the lines that a quote really comes from. A model's line numbers are a hint, its quote is the evidence.
package struct EvidenceCheck: Sendable {
    private let file: ReviewedFile
    /// The text without white space, and for each of its characters the index of its line.
    private let characters: [Character]
    private let lineOf: [Int]

    /// Characters, white space apart, below which a quote proves nothing.
    private static let shortest = 4

    package init(_ file: ReviewedFile) {
        self.file = file
        var characters: [Character] = []
        var lineOf: [Int] = []
        for (index, line) in file.lines.enumerated() {
            for character in Self.bare(line) {
                characters.append(character)
                lineOf.append(index)
            }
        }
        self.characters = characters
        self.lineOf = lineOf
    }

    private static func bare(_ text: String) -> [Character] {
        text.filter { !$0.isWhitespace && $0 != "\u{200B}" }.map { $0 }
    }

    /// The lines of the file that hold the quote, nearest to the stated line where it occurs more than once; nil where it
    /// does not occur.
    package func lines(of quote: String, near stated: Int) -> ClosedRange<Int>? {
        let wanted = Self.bare(quote)
        guard wanted.count >= Self.shortest, wanted.count <= characters.count else { return nil }
        var best: ClosedRange<Int>?
        for start in 0...(characters.count - wanted.count)
        where characters[start] == wanted[0] && characters[start..<start + wanted.count].elementsEqual(wanted) {
            let found = (file.firstLine + lineOf[start])...(file.firstLine + lineOf[start + wanted.count - 1])
            if let known = best, abs(known.lowerBound - stated) <= abs(found.lowerBound - stated) { continue }
            best = found
        }
        return best
    }
}
