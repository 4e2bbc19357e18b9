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
    /// Nil for security, so that records of older runs stay what they were.
    private let kind: RuleCategory?

    package init(
        id: String, title: String, languages: [Language], weakness: Int, severity: Severity, confidence: Int,
        message: String, remediation: String, references: [String],
        tool: String? = nil, category: RuleCategory = .security
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
        kind = category == .security ? nil : category
    }

    package var category: RuleCategory { kind ?? .security }

    /// The same rule, counted like one that looks for a weakness.
    package var asSecurity: RuleDescription {
        RuleDescription(
            id: id, title: title, languages: languages, weakness: weakness, severity: severity, confidence: confidence,
            message: message, remediation: remediation, references: references, tool: tool)
    }
}
