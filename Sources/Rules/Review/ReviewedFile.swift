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

    package struct Hint: Sendable, Hashable {
        package let line: Int
        package let weakness: Int
        package let title: String

        package init(line: Int, weakness: Int, title: String) {
            self.line = line
            self.weakness = weakness
            self.title = title
        }
    }

    package init(
        name: String, path: RepositoryPath, language: Language, firstLine: Int, text: String, hints: [Hint]
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
    }

    /// The same stretch under another name.
    package func named(_ name: String) -> ReviewedFile {
        var file = self
        file.name = name
        return file
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

    /// The block that goes into a prompt.
    package func block(nonce: String) -> String {
        let width = String(lastLine).count
        var text = "=== \(nonce) \(name) \(JSONValue.string(path.text).text) \(language.rawValue)\n"
        for (index, line) in lines.enumerated() {
            let number = String(firstLine + index)
            text += String(repeating: " ", count: width - number.count) + number + " | " + line + "\n"
        }
        for hint in hints {
            text +=
                "(a static analyzer suspects CWE-\(hint.weakness) at line \(hint.line): \(hint.title); confirm or ignore)\n"
        }
        return text
    }
}
