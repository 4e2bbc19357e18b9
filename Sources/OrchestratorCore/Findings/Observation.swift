/// Something in the source that bears on a provision without being a weakness: the name of personal data, an endpoint for
/// erasure. Never a verdict.
package struct Observation: Hashable, Sendable, Codable {
    /// The id of its `ObservationKind`.
    package let kind: String
    /// 1-based.
    package let line: Int
    /// The line, shortened, secrets and personal data replaced.
    package let text: String

    package init(kind: String, line: Int, text: String) {
        self.kind = kind
        self.line = line
        self.text = text
    }
}

/// What observations are about.
package enum ObservationTopic: String, Sendable, Codable, CaseIterable {
    case personalData = "personal_data"
    case consent, retention, export, erasure, region
}

/// What can be observed, as the rules describe it.
package struct ObservationKind: Hashable, Sendable, Codable, Identifiable {
    package let id: String
    package let topic: ObservationTopic
    package let title: String
    /// The provisions it bears on, as a reader knows them: `GDPR Art.17`.
    package let provisions: [String]
    /// True where one place alone shows that personal data is processed.
    package let isDecisive: Bool

    package init(id: String, topic: ObservationTopic, title: String, provisions: [String], isDecisive: Bool) {
        self.id = id
        self.topic = topic
        self.title = title
        self.provisions = provisions
        self.isDecisive = isDecisive
    }
}

/// One kind as a run observed it; with no places where it looked and saw nothing.
package struct ObservedKind: Sendable, Codable {
    package let kind: ObservationKind
    /// All places, and those that count: not in tests, examples and the like.
    package let places: Int
    package let counted: Int
    /// A handful, those that count first; by path and line.
    package let examples: [ObservedPlace]

    package init(kind: ObservationKind, places: Int, counted: Int, examples: [ObservedPlace]) {
        self.kind = kind
        self.places = places
        self.counted = counted
        self.examples = examples
    }
}

package struct ObservedPlace: Hashable, Sendable, Codable {
    package let path: RepositoryPath
    package let line: Int
    package let text: String

    package init(path: RepositoryPath, line: Int, text: String) {
        self.path = path
        self.line = line
        self.text = text
    }
}
