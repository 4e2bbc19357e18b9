package import OrchestratorCore

/// Everything a report says besides its lists of controls, findings and files. Those come from a `ReportSource`, one
/// after the other, so that a report needs no more memory for a million of them.
package struct ReportHeader: Sendable {
    /// The version of `report.json`'s shape: raised when a reader of the old one would go wrong.
    package static let schemaVersion = 1

    package let tool: Tool
    package let run: Run
    package let target: Target
    package internal(set) var method: Method
    /// The model's part; nil where none was asked.
    package let review: ReviewSummary?
    /// What other scanners found; nil where nothing was imported.
    package let imports: ImportSummary?
    /// What was observed besides weaknesses, by topic and kind.
    package let observed: [ObservedKind]
    /// Whether data-protection rules bind: yes and no as declared, detected, undeclared.
    package let personalDataApplies: String
    package internal(set) var summary: Summary
    /// The weaknesses that occur in the report.
    package let weaknesses: [Weakness]
    /// The rules that found something.
    package internal(set) var rules: [RuleDescription]
    /// What the run was compared with; nil where it was not.
    package internal(set) var history: RunHistory?
    /// What was looked at of the commits behind the tree; nil where that was not asked for.
    package let historySearch: HistorySearch?

    package init(
        tool: Tool, run: Run, target: Target, method: Method, review: ReviewSummary?,
        imports: ImportSummary? = nil, observed: [ObservedKind] = [], personalDataApplies: String = "undeclared",
        summary: Summary, weaknesses: [Weakness], rules: [RuleDescription], history: RunHistory? = nil,
        historySearch: HistorySearch? = nil
    ) {
        self.tool = tool
        self.run = run
        self.target = target
        self.method = method
        self.review = review
        self.imports = imports
        self.observed = observed
        self.personalDataApplies = personalDataApplies
        self.summary = summary
        self.weaknesses = weaknesses
        self.rules = rules
        self.history = history
        self.historySearch = historySearch
    }

    package struct Tool: Sendable {
        package let name: String
        package let version: String

        package init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    /// The only part that differs between two runs over the same input.
    package struct Run: Sendable {
        package let id: String
        package let number: Int
        package let startedAt: Timestamp
        package let finishedAt: Timestamp
        package let exitCode: Int

        package init(id: String, number: Int, startedAt: Timestamp, finishedAt: Timestamp, exitCode: Int) {
            self.id = id
            self.number = number
            self.startedAt = startedAt
            self.finishedAt = finishedAt
            self.exitCode = exitCode
        }
    }

    package struct Target: Sendable {
        package let name: String
        package let revision: Revision?
        /// Digest over the paths, sizes and digests of all files.
        package let digest: Digest

        package init(name: String, revision: Revision?, digest: Digest) {
            self.name = name
            self.revision = revision
            self.digest = digest
        }
    }

    /// How the result came about, so that somebody else can repeat it.
    package struct Method: Sendable {
        package let options: [String]
        package internal(set) var ruleSets: [RuleSet]
        package let detectionRules: Digest
        package let detectionRuleCount: Int
        package let templates: Digest
        package let personalData: String
        package let since: String?
        package let honoursSuppressions: Bool
        package let notices: [String]
        /// The digest of the exceptions file; nil where there was none.
        package let exceptions: Digest?
        /// Days within which a finding of a severity should be mended.
        package let deadlines: [Severity: Int]

        package init(
            options: [String], ruleSets: [RuleSet], detectionRules: Digest, detectionRuleCount: Int, templates: Digest,
            personalData: String, since: String?, honoursSuppressions: Bool, notices: [String],
            exceptions: Digest? = nil, deadlines: [Severity: Int] = [:]
        ) {
            self.options = options
            self.ruleSets = ruleSets
            self.detectionRules = detectionRules
            self.detectionRuleCount = detectionRuleCount
            self.templates = templates
            self.personalData = personalData
            self.since = since
            self.honoursSuppressions = honoursSuppressions
            self.notices = notices
            self.exceptions = exceptions
            self.deadlines = deadlines
        }
    }
}
