/// A weakness somewhere in the target, with the evidence for it.
package struct Finding: Hashable, Sendable, Codable, Identifiable {
    /// Content-derived: rule, path and what was found there. Stable between identical runs.
    package let id: String
    /// The same without the path: serves only to recognise a renamed file.
    package let fingerprint: String
    package let rule: String
    /// CWE number; 0 where another scanner names none.
    package let weakness: Int
    package let severity: Severity
    /// Probability in percent (0 to 100) that the finding is real, as far as rule and context tell.
    package let confidence: Int
    package let message: String
    package let location: Location
    /// The enclosing function or class, outermost first, joined by dots; empty at the top level.
    package let symbol: String
    /// The lines around the finding, secrets and personal data replaced.
    package let evidence: Evidence
    /// How the value got from its source to the place found, step by step; empty where the rule looks at one place only.
    package let flow: [FlowStep]
    /// Set where the source or the user suppressed it; a suppressed finding stays in every report.
    package let suppression: Suppression?
    /// Other scanners that report it, sorted; for a finding of theirs alone, the rule is theirs as well.
    package let tools: [Attribution]
    /// Set where somebody changed the rule's severity.
    package var adjustment: SeverityAdjustment?
    /// How it stands to earlier runs; nil while nobody has compared.
    package var track: FindingTrack?
    /// The commit that first held it, where it is gone from the tree; nil for what is in the tree.
    package var past: PastCommit?
    /// Where it stands among findings of the same severity; nil for nothing special.
    package var rank: FindingRank?

    package init(
        id: String, fingerprint: String, rule: String, weakness: Int, severity: Severity, confidence: Int,
        message: String, location: Location, symbol: String, evidence: Evidence, flow: [FlowStep] = [],
        suppression: Suppression?, tools: [Attribution] = []
    ) {
        self.id = id
        self.fingerprint = fingerprint
        self.rule = rule
        self.weakness = weakness
        self.severity = severity
        self.confidence = confidence
        self.message = message
        self.location = location
        self.symbol = symbol
        self.evidence = evidence
        self.flow = flow
        self.suppression = suppression
        self.tools = tools
    }

    package var isOpen: Bool { suppression == nil }

    /// The other scanners that report it, each with its own rule: `semgrep 1.2 (rule), codeql (other)`.
    package var toolNames: String { tools.map { "\($0.tool) (\($0.rule))" }.joined(separator: ", ") }
}

/// A step of a value's way through the program.
package struct FlowStep: Hashable, Sendable, Codable {
    package let location: Location
    /// What happens there: `assigned to 'name'`.
    package let note: String

    package init(location: Location, note: String) {
        self.location = location
        self.note = note
    }
}

/// A place in a file. Lines and columns are 1-based; columns count Unicode code points; the end column is exclusive.
package struct Location: Hashable, Sendable, Codable {
    package let path: RepositoryPath
    package let startLine: Int
    package let startColumn: Int
    package let endLine: Int
    package let endColumn: Int

    package init(path: RepositoryPath, startLine: Int, startColumn: Int, endLine: Int, endColumn: Int) {
        self.path = path
        self.startLine = startLine
        self.startColumn = startColumn
        self.endLine = endLine
        self.endColumn = endColumn
    }
}

/// Quoted source, bounded in size and redacted.
package struct Evidence: Hashable, Sendable, Codable {
    /// The 1-based number of the first line.
    package let firstLine: Int
    package let lines: [String]

    package init(firstLine: Int, lines: [String]) {
        self.firstLine = firstLine
        self.lines = lines
    }
}

/// Somebody's decision that a finding should not count.
package struct Suppression: Hashable, Sendable, Codable {
    package enum Kind: String, Sendable, Codable {
        /// A `secorch:ignore` comment in the scanned source.
        case inSource
        /// By another scanner, whose results were imported.
        case byTool
        /// Entries of the user's exceptions file.
        case falsePositive, acceptedRisk

        /// For people.
        package var title: String {
            switch self {
            case .inSource: "comment in the source"
            case .byTool: "by its own tool"
            case .falsePositive: "false positive"
            case .acceptedRisk: "accepted risk"
            }
        }
    }

    package let kind: Kind
    /// Why, in the words of whoever wrote it.
    package let reason: String
    /// The 1-based line of the comment, or of the entry in the exceptions file; 0 for a tool's own.
    package let line: Int
    /// Who decided, who approved, and the last day on which it holds; nil for comments.
    package var author: String?
    package var approver: String?
    package var until: String?

    package init(kind: Kind, reason: String, line: Int) {
        self.kind = kind
        self.reason = reason
        self.line = line
    }

    /// What an entry of an exceptions file decides; nil for one that does not suppress.
    package init?(_ entry: FindingException) {
        switch entry.kind {
        case .falsePositive: self.init(kind: .falsePositive, reason: entry.reason, line: entry.line)
        case .acceptedRisk: self.init(kind: .acceptedRisk, reason: entry.reason, line: entry.line)
        case .severity: return nil
        }
        author = entry.author
        approver = entry.approver
        until = entry.until
    }
}

/// Somebody's decision that a finding is more or less severe than its rule says.
package struct SeverityAdjustment: Hashable, Sendable, Codable {
    /// The rule's severity; the finding has the new one.
    package let original: Severity
    package let reason: String
    package let author: String
    package let approver: String?
    /// The last day on which it holds.
    package let until: String
    /// The 1-based line of the entry in the exceptions file.
    package let line: Int

    package init(_ entry: FindingException, original: Severity) {
        self.original = original
        reason = entry.reason
        author = entry.author
        approver = entry.approver
        until = entry.until
        line = entry.line
    }
}

/// Why a finding comes before or after others of the same severity.
package struct FindingRank: Hashable, Sendable, Codable {
    /// Higher comes first; 0 is where nothing is known.
    package let level: Int
    /// A sentence for people.
    package let reason: String

    package init(level: Int, reason: String) {
        self.level = level
        self.reason = reason
    }
}
