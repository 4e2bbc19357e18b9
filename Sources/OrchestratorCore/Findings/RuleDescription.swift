/// What a reader needs to know of a detection rule.
package struct RuleDescription: Hashable, Sendable, Codable, Identifiable {
    package let id: String
    package let title: String
    package let languages: [Language]
    /// CWE number; 0 for none.
    package let weakness: Int
    package let severity: Severity
    /// Percent, see `Finding.confidence`.
    package let confidence: Int
    package let message: String
    package let remediation: String
    package let references: [String]
    /// The other scanner whose rule it is, with its version; nil for our own.
    package let tool: String?

    package init(
        id: String, title: String, languages: [Language], weakness: Int, severity: Severity, confidence: Int,
        message: String, remediation: String, references: [String],
        tool: String? = nil
    ) {
        self.id = id
        self.title = title
        self.languages = languages
        self.weakness = weakness
        self.severity = severity
        self.confidence = confidence
        self.message = message
        self.remediation = remediation
        self.references = references
        self.tool = tool
    }
}
