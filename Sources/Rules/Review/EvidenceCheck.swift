import OrchestratorCore

/// Finds the lines that a quote really comes from. A model's line numbers are a hint, its quote is the evidence.
package struct EvidenceCheck: Sendable {
    private let file: ReviewedFile
    private let text: Text
    /// For each element of the text the index of its line.
    private let lineOf: [Int]

    /// A text without white space. Characters are slow to take apart, and most code needs none.
    private enum Text {
        case ascii([UInt8])
        case characters([Character])
    }

    /// Characters, white space apart, below which a quote proves nothing.
    private static let shortest = 4

    package init(_ file: ReviewedFile) {
        self.file = file
        if file.lines.allSatisfy({ line in line.utf8.allSatisfy { $0 < 0x80 } }) {
            let (bytes, lines) = Self.joined(file.lines) {
                $0.utf8.filter { $0 != 0x20 && !(0x09...0x0D).contains($0) }
            }
            (text, lineOf) = (.ascii(bytes), lines)
        } else {
            let (characters, lines) = Self.joined(file.lines, Self.bare)
            (text, lineOf) = (.characters(characters), lines)
        }
    }

    private static func joined<Element>(
        _ lines: [String], _ bare: (String) -> [Element]
    ) -> (text: [Element], lineOf: [Int]) {
        var text: [Element] = []
        var lineOf: [Int] = []
        for (index, line) in lines.enumerated() {
            text += bare(line)
            lineOf += repeatElement(index, count: text.count - lineOf.count)
        }
        return (text, lineOf)
    }

    private static func bare(_ text: String) -> [Character] {
        text.filter { !$0.isWhitespace && $0 != "\u{200B}" }.map { $0 }
    }

    /// The lines of the file that hold the quote, nearest to the stated line where it occurs more than once; nil where it
    /// does not occur.
    package func lines(of quote: String, near stated: Int) -> ClosedRange<Int>? {
        let wanted = Self.bare(quote)
        guard wanted.count >= Self.shortest else { return nil }
        switch text {
        case .characters(let text): return lines(of: wanted, in: text, near: stated)
        case .ascii(let text):
            let bytes = wanted.compactMap(\.asciiValue)
            return bytes.count == wanted.count ? lines(of: bytes, in: text, near: stated) : nil
        }
    }

    private func lines<Element: Equatable>(
        of wanted: [Element], in text: [Element], near stated: Int
    ) -> ClosedRange<Int>? {
        guard wanted.count <= text.count else { return nil }
        var best: ClosedRange<Int>?
        for start in 0...(text.count - wanted.count)
        where text[start] == wanted[0] && text[start..<start + wanted.count].elementsEqual(wanted) {
            let found = (file.firstLine + lineOf[start])...(file.firstLine + lineOf[start + wanted.count - 1])
            if let known = best, abs(known.lowerBound - stated) <= abs(found.lowerBound - stated) { continue }
            best = found
        }
        return best
    }
}
