package import OrchestratorCore

/// The lines of a file, and how to find some of them again after others have moved: by digests, so that no text is kept.
///
/// Looking at a stated line is cheap; looking for it elsewhere is bounded for the file as a whole, since results are not
/// trusted to be few.
package final class FileLines {
    package let lines: [String]
    private let text: String
    private let file: ReviewedFile
    private var known: [String?]
    private var widths: [Int: (scalars: Int, hasPairs: Bool)] = [:]
    /// Bytes that may still be looked at in search of what is not where it should be.
    private var budget = 1 << 31
    private lazy var quotes = EvidenceCheck(file)
    private lazy var hashes = LineHashes.all(of: text)
    /// CodeQL's hash without its count -> the lines that have it.
    private lazy var linesByHash = Dictionary(grouping: hashes.keys.sorted()) { Self.bare(hashes[$0] ?? "") }
    /// Digest -> the numbers of the lines that have it.
    private lazy var linesByDigest = Dictionary(grouping: 1...max(1, lines.count), by: digest)

    /// Lines that an anchor remembers; of longer stretches, the first ones.
    private static let longestAnchor = 20
    /// The largest column that is converted.
    private static let largestColumn = 10_000

    /// - Parameter content: as UTF-8; bytes that are not become U+FFFD.
    package init(_ content: [UInt8], path: RepositoryPath) {
        text = String(decoding: TextEncoding.utf8(of: content) ?? content, as: UTF8.self)
        file = ReviewedFile(name: "", path: path, language: .unknown, firstLine: 1, text: text, hints: [])
        lines = file.lines
        known = Array(repeating: nil, count: lines.count)
    }

    private func spend(_ bytes: Int) -> Bool {
        budget -= bytes
        return budget > 0
    }

    // MARK: Quotes

    /// Where a quote stands, nearest to the stated line; nil where it does not. White space does not count. A quote too
    /// short to prove anything elsewhere counts on its line.
    func place(of quote: String, near line: Int) -> Int? {
        let text = VisibleText.of(quote.replacing("\r", with: ""))
        let bare = text.filter { !$0.isWhitespace }
        guard !bare.isEmpty else { return nil }
        let blank = text.prefix { $0.isWhitespace }.count { $0 == "\n" }
        let first = line + blank
        if lines.indices.contains(first - 1) {
            let height = text.count { $0 == "\n" } - blank
            let stretch = lines[(first - 1)..<min(lines.count, first + height)].map { $0.filter { !$0.isWhitespace } }
            let joined = stretch.joined()
            if let found = joined.firstRange(of: bare),
                joined.distance(from: joined.startIndex, to: found.lowerBound) < stretch[0].count
            {
                return line
            }
        }
        guard bare.count >= 4, spend(self.text.utf8.count) else { return nil }
        return quotes.lines(of: text, near: first).map { max(1, $0.lowerBound - blank) }
    }

    /// The line that has a fingerprint of CodeQL's, nearest to the stated one; nil where none has.
    func place(ofHash hash: String, near line: Int) -> Int? {
        if hashes[line] == hash { return line }
        // The count behind the colon changes with lines above.
        return nearest(linesByHash[Self.bare(hash)] ?? [], to: line)
    }

    private static func bare(_ hash: String) -> String { String(hash.prefix { $0 != ":" }) }

    private func nearest(_ candidates: [Int], to line: Int) -> Int? {
        guard spend(candidates.count * 16) else { return nil }
        return candidates.min { (abs($0 - line), $0) < (abs($1 - line), $1) }
    }

    // MARK: Anchors

    /// What recognises some lines, all of which exist.
    package func anchor(of range: ClosedRange<Int>) -> String {
        range.prefix(Self.longestAnchor).map(digest).joined(separator: " ")
    }

    /// The first line of an anchored stretch, nearest to where it was; nil where it is gone.
    package func line(of anchor: String, near line: Int) -> Int? {
        let wanted = anchor.split(separator: " ").map(String.init)
        guard let first = wanted.first else { return line }
        if holds(wanted, at: line) { return line }
        let candidates = linesByDigest[first] ?? []
        guard spend(candidates.count * 64) else { return nil }
        return nearest(candidates.filter { holds(wanted, at: $0) }, to: line)
    }

    private func holds(_ wanted: [String], at line: Int) -> Bool {
        guard line >= 1, line - 1 + wanted.count <= lines.count else { return false }
        return wanted.enumerated().allSatisfy { digest(line + $0.offset) == $0.element }
    }

    /// 16 hexadecimal digits of a line without its white space.
    private func digest(_ number: Int) -> String {
        guard lines.indices.contains(number - 1) else { return "" }
        if let known = known[number - 1] { return known }
        let digest = String(Digest(of: lines[number - 1].filter { !$0.isWhitespace }).hex.prefix(16))
        known[number - 1] = digest
        return digest
    }

    // MARK: Columns

    /// A column in characters (Unicode code points) for one in UTF-16 units; both are 1-based and within the line.
    func column(_ column: Int, line: Int, isUTF16: Bool) -> Int {
        guard lines.indices.contains(line - 1) else { return 1 }
        let scalars = lines[line - 1].unicodeScalars
        let width = widths[line] ?? (scalars.count, scalars.contains { $0.value > 0xFFFF })
        widths[line] = width
        guard isUTF16, width.hasPairs else { return min(column, width.scalars + 1) }
        var units = 1
        for (index, scalar) in scalars.prefix(Self.largestColumn).enumerated() {
            if units >= column { return index + 1 }
            units += scalar.value > 0xFFFF ? 2 : 1
        }
        return min(Self.largestColumn, width.scalars) + 1
    }
}
