package import OrchestratorCore

/// A stretch of a file as a model sees it: redacted, line by line, nothing in it that a server would take for a control
/// token.
package struct ReviewedFile: Sendable, Hashable {
    /// What the answer calls it: `F1`.
    package private(set) var name: String
    package let path: RepositoryPath
    package let language: Language
    /// 1-based number of the first line in the file.
    package let firstLine: Int
    package let lines: [String]
    /// What the embedded analyzer found in these lines.
    package let hints: [Hint]
    /// Lines of the file that are not shown, as far as they hold no hint: comments cost much, prove nothing and are where
    /// text that addresses a reviewer stands.
    private let comments: [ClosedRange<Int>]
    /// Set where only the code around candidates is shown.
    package let slice: Chunk.Slice?

    package struct Hint: Sendable, Hashable {
        package let line: Int
        package let weakness: Int
        package let title: String
        /// How the value gets there, step by step; empty where that is not said.
        package let way: [String]

        package init(line: Int, weakness: Int, title: String, way: [String] = []) {
            self.line = line
            self.weakness = weakness
            self.title = title
            self.way = way
        }
    }

    package init(
        name: String, path: RepositoryPath, language: Language, firstLine: Int, text: String, hints: [Hint],
        comments: [ClosedRange<Int>] = [], slice: Chunk.Slice? = nil
    ) {
        self.name = name
        self.path = path
        self.language = language
        self.firstLine = firstLine
        // By scalars: as a character, a carriage return and the line feed after it are neither.
        var scalars = text.unicodeScalars[...]
        if scalars.last == "\n" { scalars.removeLast() }
        lines = scalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            Self.harmless(String(line.last == "\r" ? line.dropLast() : line))
        }
        self.hints = hints
        self.comments = comments + (slice?.hidden ?? [])
        self.slice = slice
    }

    /// The same stretch under another name.
    package func named(_ name: String) -> ReviewedFile {
        var file = self
        file.name = name
        return file
    }

    private func isShown(_ number: Int, _ line: String) -> Bool {
        guard Self.hasText(line) else { return false }
        return !comments.contains { $0.contains(number) } || hints.contains { $0.line == number }
    }

    /// Most lines tell by a byte; only others are taken apart into characters.
    private static func hasText(_ line: String) -> Bool {
        line.utf8.contains { 0x20 < $0 && $0 < 0x7F } || line.contains { !$0.isWhitespace }
    }

    /// The lines, empty where they are not shown: what a quote may come from.
    package var quotable: [String] {
        lines.enumerated().map { index, line in isShown(firstLine + index, line) ? line : "" }
    }

    /// False where all lines are blank or comments.
    package var hasCode: Bool {
        lines.enumerated().contains { index, line in isShown(firstLine + index, line) }
    }

    package var lastLine: Int { firstLine + max(0, lines.count - 1) }

    /// Openings of control tokens that some servers read inside user text.
    private static let controls = [
        "<|", "[INST", "[/INST", "<think", "</think", "<tool_call", "</tool_call", "<s>", "</s>",
    ]
    /// Breaks a control token without changing what people see.
    private static let breaker = "\u{200B}"

    private static func harmless(_ line: String) -> String {
        var text = VisibleText.of(line)
        for control in controls where text.contains(control) {
            text = text.replacing(control, with: String(control.prefix(1)) + breaker + control.dropFirst())
        }
        return text
    }

    private static func way(_ hint: Hint) -> String {
        hint.way.isEmpty ? "" : "; the value's way: " + harmless(hint.way.joined(separator: " -> "))
    }

    /// The block that goes into a prompt: lines without blank ones and comments. The real number stands before the bar at
    /// every tenth line and wherever lines were left out: digits are tokens, and it is the quote that finds the line.
    /// - Parameter isWhole: every line, each with its number.
    package func block(nonce: String, isWhole: Bool = false) -> String {
        var text = "=== \(nonce) \(name) \(JSONValue.string(path.text).text) \(language.rawValue)\n"
        var next = -1
        for (index, line) in lines.enumerated() where isWhole || isShown(firstLine + index, line) {
            let number = firstLine + index
            text += (isWhole || number != next || number.isMultiple(of: 10) ? String(number) : "") + "|" + line + "\n"
            next = number + 1
        }
        for hint in hints {
            text +=
                "(a static analyzer suspects CWE-\(hint.weakness) at line \(hint.line): \(hint.title)\(Self.way(hint)); confirm or ignore)\n"
        }
        return text
    }
}
