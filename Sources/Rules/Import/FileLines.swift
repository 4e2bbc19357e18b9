package import OrchestratorCore

/// The lines of a file, and how to find some of them again after others have moved: by digests, so that no text is kept.
package final class FileLines {
    package let lines: [String]
    private let text: String
    private lazy var hashes = LineHashes.all(of: text)
    private let quotes: EvidenceCheck
    private var known: [String?]
    /// Digest -> the numbers of the lines that have it.
    private lazy var places: [String: [Int]] = {
        var places: [String: [Int]] = [:]
        for number in 1...max(1, lines.count) { places[digest(number), default: []].append(number) }
        return places
    }()

    /// Lines that an anchor remembers; of longer stretches, the first ones.
    private static let longestAnchor = 20

    /// - Parameter content: as UTF-8; bytes that are not become U+FFFD.
    package init(_ content: [UInt8], path: RepositoryPath) {
        text = String(decoding: TextEncoding.utf8(of: content) ?? content, as: UTF8.self)
        let file = ReviewedFile(name: "", path: path, language: .unknown, firstLine: 1, text: text, hints: [])
        lines = file.lines
        quotes = EvidenceCheck(file)
        known = Array(repeating: nil, count: lines.count)
    }

    /// Where a quote stands, nearest to the stated line; nil where it does not. White space does not count. A quote too
    /// short to prove anything elsewhere counts on its line.
    func place(of quote: String, near line: Int) -> Int? {
        let text = VisibleText.of(quote.replacing("\r", with: ""))
        let blank = text.prefix { $0.isWhitespace }.count { $0 == "\n" }
        if let found = quotes.lines(of: text, near: line + blank) { return max(1, found.lowerBound - blank) }
        let bare = text.filter { !$0.isWhitespace }
        guard !bare.isEmpty, bare.count < 4, lines.indices.contains(line - 1),
            lines[line - 1].filter({ !$0.isWhitespace }).contains(bare)
        else { return nil }
        return line
    }

    /// The line that has a fingerprint of CodeQL's, nearest to the stated one; nil where none has.
    func place(ofHash hash: String, near line: Int) -> Int? {
        if hashes[line] == hash { return line }
        // The count behind the colon changes with lines above.
        let bare = hash.prefix { $0 != ":" }
        return hashes.filter { $0.value.prefix { $0 != ":" } == bare }.keys
            .min { (abs($0 - line), $0) < (abs($1 - line), $1) }
    }

    /// What recognises some lines, all of which exist.
    package func anchor(of range: ClosedRange<Int>) -> String {
        range.prefix(Self.longestAnchor).map(digest).joined(separator: " ")
    }

    /// The first line of an anchored stretch, nearest to where it was; nil where it is gone.
    package func line(of anchor: String, near line: Int) -> Int? {
        let wanted = anchor.split(separator: " ").map(String.init)
        guard let first = wanted.first else { return line }
        if holds(wanted, at: line) { return line }
        return (places[first] ?? []).filter { holds(wanted, at: $0) }
            .min { (abs($0 - line), $0) < (abs($1 - line), $1) }
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

    /// A column in characters (Unicode code points) for one in UTF-16 units; both are 1-based and within the line.
    func column(_ column: Int, line: Int, isUTF16: Bool) -> Int {
        guard lines.indices.contains(line - 1) else { return 1 }
        let scalars = lines[line - 1].unicodeScalars
        guard isUTF16, scalars.contains(where: { $0.value > 0xFFFF }) else { return min(column, scalars.count + 1) }
        var units = 1
        for (index, scalar) in scalars.enumerated() {
            if units >= column { return index + 1 }
            units += scalar.value > 0xFFFF ? 2 : 1
        }
        return scalars.count + 1
    }
}
