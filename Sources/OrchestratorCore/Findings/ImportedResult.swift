/// A tool that reported a finding, beside or instead of the embedded analyzer.
package struct Attribution: Hashable, Sendable, Codable, Comparable {
    /// Name and version.
    package let tool: String
    /// The rule's id as the tool calls it.
    package let rule: String

    package init(tool: String, rule: String) {
        self.tool = tool
        self.rule = rule
    }

    package static func < (left: Attribution, right: Attribution) -> Bool {
        (left.tool, left.rule) < (right.tool, right.rule)
    }
}

/// What another scanner says of one of its rules.
package struct ImportedRule: Hashable, Sendable, Codable {
    package let attribution: Attribution
    /// The rule's id in our reports: the tool's name and the rule's, in plain characters.
    package let id: String
    package let title: String
    package let message: String
    /// What to do about it, shortened; empty where the tool does not say.
    package let help: String
    package let url: String?
    /// CWE numbers, the one the tool names first first; none where it names none.
    package let weaknesses: [Int]
    package let severity: Severity?
    /// Percent, see `Finding.confidence`.
    package let confidence: Int?
    /// Texts of results by name, for tools that keep them apart.
    package let messages: [String: String]

    package init(
        attribution: Attribution, id: String, title: String, message: String, help: String, url: String?,
        weaknesses: [Int], severity: Severity?, confidence: Int?, messages: [String: String]
    ) {
        self.attribution = attribution
        self.id = id
        self.title = title
        self.message = message
        self.help = help
        self.url = url
        self.weaknesses = weaknesses
        self.severity = severity
        self.confidence = confidence
        self.messages = messages
    }
}

/// A result of another scanner at a place that existed when it was imported.
package struct ImportedResult: Hashable, Sendable {
    /// The rule's number within its import.
    package let rule: Int
    package let location: Location
    /// Digests of the lines, by which they are found again; empty where the tool speaks of the whole file.
    package let anchor: String
    package let weaknesses: [Int]
    package let severity: Severity
    package let confidence: Int
    /// Bounded, secrets replaced.
    package let message: String
    /// Why the tool itself does not count it; nil where it does.
    package let suppression: String?

    package init(
        rule: Int, location: Location, anchor: String, weaknesses: [Int], severity: Severity, confidence: Int,
        message: String, suppression: String?
    ) {
        self.rule = rule
        self.location = location
        self.anchor = anchor
        self.weaknesses = weaknesses
        self.severity = severity
        self.confidence = confidence
        self.message = message
        self.suppression = suppression
    }
}

/// Why a result of another scanner was not taken.
package enum ImportRefusal: String, Error, Sendable, Codable, CaseIterable {
    case malformed = "not the shape of a result"
    case tooLarge = "larger than a result may be"
    case overLimit = "more results than are taken"
    case duplicate = "the same result again"
    case notAFailure = "not a failure"
    case goneInBaseline = "gone since the tool's own baseline"
    case noPlace = "no place in a file"
    case outsideTarget = "a place outside the target"
    case noSuchFile = "no such file in the target"
    case noSuchLine = "no such line in the file"
    case textNotFound = "its text is not in the file"
    case contentDiffers = "the tool saw another content of the file"
}

/// An import as it was taken.
package struct ImportRecord: Hashable, Sendable, Codable {
    /// What it is called: a later import of this name takes its place.
    package let name: String
    /// The file's name, without its folder.
    package let file: String
    /// Of the file's bytes, SHA-256.
    package let digest: Digest
    /// Of what was taken.
    package let content: Digest
    package let importedAt: Timestamp
    /// Names with versions, sorted.
    package let tools: [String]
    /// Results in the file, and those that were taken.
    package let results: Int
    package let taken: Int
    /// Of those taken, the ones the tool itself suppresses.
    package let suppressed: Int
    /// Reason -> results.
    package let refusals: [String: Int]
    /// The first few refusals with their place in the file.
    package let examples: [String]

    package init(
        name: String, file: String, digest: Digest, content: Digest, importedAt: Timestamp, tools: [String],
        results: Int, taken: Int, suppressed: Int, refusals: [String: Int], examples: [String]
    ) {
        self.name = name
        self.file = file
        self.digest = digest
        self.content = content
        self.importedAt = importedAt
        self.tools = tools
        self.results = results
        self.taken = taken
        self.suppressed = suppressed
        self.refusals = refusals
        self.examples = examples
    }
}
