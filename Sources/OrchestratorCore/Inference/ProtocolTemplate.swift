/// A wire protocol described by data: how to build a request and where the answer stands. For servers that speak none
/// of the known protocols; streaming is not offered.
package struct ProtocolTemplate: Hashable, Sendable, Codable {
    /// Path and query after the base URL, starting with a slash.
    package var path: String
    /// Header names and values; `{{key}}` in a value stands for the secret.
    package var headers: [Header]
    /// The body. A string that is exactly a placeholder is replaced by its value, of the value's own type; a
    /// placeholder within a longer string by its text: `{{model}}`, `{{system}}`, `{{prompt}}`, `{{messages}}`,
    /// `{{max_tokens}}`, `{{temperature}}`, `{{seed}}`, `{{stop}}`, `{{schema}}`. A member whose placeholder has no
    /// value is left out.
    package var body: JSON
    package var answer: AnswerPaths

    package struct Header: Hashable, Sendable, Codable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Dotted paths into the answer (`choices.0.message.content`). Only the text is required.
    package struct AnswerPaths: Hashable, Sendable, Codable {
        package var text: String
        package var finish: String?
        /// The values of `finish` that mean the output was cut.
        package var lengthValues: [String] = ["length", "max_tokens"]
        package var inputTokens: String?
        package var outputTokens: String?
        package var cachedTokens: String?
        package var model: String?
        package var error: String?

        package init(text: String) { self.text = text }
    }

    package init(path: String, headers: [Header] = [], body: JSON, answer: AnswerPaths) {
        self.path = path
        self.headers = headers
        self.body = body
        self.answer = answer
    }

    /// The names that may stand between double braces.
    package static let placeholders: Set<String> = [
        "model", "system", "prompt", "messages", "max_tokens", "temperature", "seed", "stop", "schema",
    ]

    package static func isPath(_ text: String) -> Bool {
        text.hasPrefix("/") && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }
    }

    package static func isHeaderName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
    }

    package static func isHeaderValue(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } }
}
