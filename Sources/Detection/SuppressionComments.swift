import OrchestratorCore

/// The `secorch:ignore RULE[, RULE] -- reason` comments of one file.
///
/// A comment speaks for its own line or, where it stands alone, for the next line that is neither blank nor such a
/// comment. Without a rule or a reason it has no effect and is reported.
struct SuppressionComments {
    static let marker = "secorch:ignore"

    private struct Comment {
        let line: Int
        let target: Int
        let rules: [String]
        let reason: String
    }

    private var comments: [Comment] = []
    private var used: Set<Int> = []
    private var idle: [IdleSuppression] = []

    /// - Parameter offsets: where the marker occurs, ascending.
    init(offsets: [Int], lines: LineTable) {
        for line in Set(offsets.map { lines.line(at: $0) }).sorted() { read(line, lines) }
    }

    private mutating func read(_ line: Int, _ lines: LineTable) {
        let text = lines.text(of: line)
        guard let marker = text.firstRange(of: Self.marker) else { return }
        let before = text[..<marker.lowerBound].filter { !$0.isWhitespace }
        guard let opener = ["#", "//", "/*", "--", "<!--", ";", "%", "*", "'"].first(where: before.hasSuffix) else {
            idle.append(IdleSuppression(line: line, problem: "not in a comment"))
            return
        }
        let parts = text[marker.upperBound...].split(separator: "--", maxSplits: 1, omittingEmptySubsequences: false)
        let rules = (parts.first ?? "").split { $0 == "," || $0.isWhitespace }.map(String.init)
        let reason = parts.count > 1 ? Self.trimmed(parts[1]) : ""
        guard !rules.isEmpty, !reason.isEmpty else {
            idle.append(IdleSuppression(line: line, problem: "expected 'secorch:ignore RULE -- reason'"))
            return
        }
        let standsAlone = before == opener
        comments.append(
            Comment(
                line: line, target: standsAlone ? Self.next(after: line, lines) : line, rules: rules, reason: reason))
    }

    private static func next(after line: Int, _ lines: LineTable) -> Int {
        var next = line + 1
        while next <= lines.count {
            let text = lines.text(of: next)
            if !text.allSatisfy(\.isWhitespace), !text.contains(marker) { return next }
            next += 1
        }
        return line
    }

    /// The reason without white space and the end of a block comment.
    private static func trimmed(_ text: Substring) -> String {
        var text = text
        for end in ["*/", "-->", "%>"] {
            if let range = text.firstRange(of: end) { text = text[..<range.lowerBound] }
        }
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// The suppression of a rule at a line, if some comment grants one.
    /// - Parameter rules: the rule's id and those of the rules it stands in for.
    mutating func suppression(of rules: [String], at line: Int) -> Suppression? {
        guard let index = comments.firstIndex(where: { $0.target == line && !Set($0.rules).isDisjoint(with: rules) })
        else {
            return nil
        }
        used.insert(index)
        return Suppression(kind: .inSource, reason: comments[index].reason, line: comments[index].line)
    }

    /// The comments that had no effect, by line.
    var idleOnes: [IdleSuppression] {
        let unused = comments.indices.filter { !used.contains($0) }.map {
            IdleSuppression(
                line: comments[$0].line, problem: "no finding of \(comments[$0].rules.joined(separator: ", "))")
        }
        return (idle + unused).sorted { $0.line < $1.line }
    }
}
