package import OrchestratorCore

/// Reads the JSON of models' answers.
package enum AnswerJSON {
    private static let longest = 600

    /// The object in a text: the whole of it, or what stands between the outermost braces (models fence JSON).
    package static func object(in text: String) -> JSON? {
        guard let first = text.firstIndex(of: "{"), let last = text.lastIndex(of: "}"), first < last else { return nil }
        guard let value = try? JSONParser.parse(String(text[first...last])), value.members != nil else { return nil }
        return value
    }

    /// A text of one line and bounded length; empty for anything else.
    package static func short(_ value: JSON?) -> String {
        let text = (value?.text ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return text.count <= longest ? text : text.prefix(longest) + " [...]"
    }
}
