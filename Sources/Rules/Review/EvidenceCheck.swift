import OrchestratorCore

/// Finds the lines that a quote really comes from. A model's line numbers are a hint, its quote is the evidence.
package struct EvidenceCheck: Sendable {
    private let file: ReviewedFile
    private let text: Text
    /// For each line the index of its first element in the text.
    private let lineStarts: [Int]

    /// A text without white space. Characters are slow to take apart, and most code needs none.
    private enum Text {
        case ascii([UInt8])
        case characters([Character])
    }

    /// Characters, white space apart, below which a quote proves nothing.
    private static let shortest = 4

    package init(_ file: ReviewedFile) {
        self.file = file
        let lines = file.quotable
        if let ascii = Self.ascii(lines) {
            (text, lineStarts) = (.ascii(ascii.text), ascii.starts)
            return
        }
        var characters: [Character] = []
        var starts: [Int] = []
        for line in lines {
            starts.append(characters.count)
            characters += Self.bare(line)
        }
        (text, lineStarts) = (.characters(characters), starts)
    }

    /// Nil where a line has other characters.
    private static func ascii(_ lines: [String]) -> (text: [UInt8], starts: [Int])? {
        var text: [UInt8] = []
        text.reserveCapacity(lines.reduce(0) { $0 + $1.utf8.count })
        var starts: [Int] = []
        starts.reserveCapacity(lines.count)
        var seen: UInt8 = 0
        for var line in lines {
            starts.append(text.count)
            line.withUTF8 { bytes in
                for byte in bytes {
                    seen |= byte
                    if byte != 0x20, !(0x09...0x0D).contains(byte) { text.append(byte) }
                }
            }
        }
        return seen < 0x80 ? (text, starts) : nil
    }

    private static func bare(_ text: String) -> [Character] {
        text.filter { !$0.isWhitespace && $0 != "\u{200B}" }.map { $0 }
    }

    /// The lines of the file that hold the quote, nearest to the stated line where it occurs more than once; nil where it
    /// does not occur.
    package func lines(of quote: String, near stated: Int) -> ClosedRange<Int>? {
        if let found = find(quote, near: stated) { return found }
        // Some models copy the bars and the numbers as well.
        let stripped = quote.split(separator: "\n", omittingEmptySubsequences: false).map { line -> Substring in
            let rest = line.drop { $0.isWhitespace || $0.isNumber }
            return rest.first == "|" ? rest.dropFirst() : line
        }.joined(separator: "\n")
        return stripped == quote ? nil : find(stripped, near: stated)
    }

    private func find(_ quote: String, near stated: Int) -> ClosedRange<Int>? {
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
            let found = line(of: start)...line(of: start + wanted.count - 1)
            if let known = best, abs(known.lowerBound - stated) <= abs(found.lowerBound - stated) { continue }
            best = found
        }
        return best
    }

    /// The number of the line in which an element of the text stands.
    private func line(of element: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= element { low = middle } else { high = middle }
        }
        return file.firstLine + low
    }
}
