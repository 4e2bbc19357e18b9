package import OrchestratorCore

/// One run: what was asked for and how it ended.
package struct RunRecord: Sendable, Codable, Identifiable {
    package enum State: String, Sendable, Codable {
        case running, finished
        /// Never finished, and no longer to be resumed: the target or the settings have changed since.
        case abandoned
    }

    /// Start and a random part: `20261123T150200Z-3f9a1c`.
    package let id: String
    /// Counts the repository's runs from 1.
    package let number: Int
    package let repository: Repository
    /// Digest of target, settings and rules: an unfinished run is resumed only by an equal one.
    package let identity: Digest
    package let startedAt: Timestamp
    package let settings: RunSettings
    package var state: State
    package var finishedAt: Timestamp?
    package var exitCode: Int?
}

/// What shaped a run's result, as its report states it.
package struct RunSettings: Sendable, Codable, Hashable {
    /// The program's version.
    package let version: String
    /// The options as given, without paths of this machine.
    package let options: [String]
    /// Framework id -> digest, in the order of the report.
    package let ruleSets: [PinnedRuleSet]
    /// Digest of all enabled detection rules.
    package let detectionRules: Digest
    package let detectionRuleCount: Int
    /// Digest of the report templates.
    package let templates: Digest
    /// Whether the target processes personal data, as declared: yes, no, undeclared.
    package let personalData: String
    /// The revision the scan was limited to changes since; nil for a full scan.
    package let since: String?
    /// False where the user asked for findings as if nothing were suppressed.
    package let honoursSuppressions: Bool
    /// The models asked, best first, with what else shapes their answers; empty for a scan without a model.
    package let models: [String]
    /// What people decided beforehand; nil for nothing.
    package let decisions: DecisionSettings?
    /// What a reader must know about how the run went: parts missing, steps degraded.
    package let notices: [String]
    /// What the configuration said that shapes the result, as `key: value`; nil in records of older versions.
    package let configuration: [String]?

    package init(
        version: String, options: [String], ruleSets: [PinnedRuleSet], detectionRules: Digest, detectionRuleCount: Int,
        templates: Digest, personalData: String, since: String?, honoursSuppressions: Bool, models: [String] = [],
        decisions: DecisionSettings? = nil, notices: [String], configuration: [String]? = nil
    ) {
        self.version = version
        self.options = options
        self.ruleSets = ruleSets
        self.detectionRules = detectionRules
        self.detectionRuleCount = detectionRuleCount
        self.templates = templates
        self.personalData = personalData
        self.since = since
        self.honoursSuppressions = honoursSuppressions
        self.models = models
        self.decisions = decisions
        self.notices = notices
        self.configuration = configuration
    }
}

extension RunSettings {
    /// The settings as one text: equal settings give equal texts.
    package var canonical: String { get throws { try JSONText.encode(self) } }
}

/// What people decided about findings before a run.
package struct DecisionSettings: Sendable, Codable, Hashable {
    /// Digests of the exceptions file and of the baseline.
    package let exceptions: Digest?
    /// The lines of entries that had expired: a run over the same tree after that day is another one.
    package let expired: [Int]
    package let requiresSecondPerson: Bool
    package let baseline: Digest?
    /// Severity -> days from when a finding was first seen.
    package let deadlines: [String: Int]

    package init(
        exceptions: Digest?, expired: [Int], requiresSecondPerson: Bool, baseline: Digest?, deadlines: [String: Int]
    ) {
        self.exceptions = exceptions
        self.expired = expired
        self.requiresSecondPerson = requiresSecondPerson
        self.baseline = baseline
        self.deadlines = deadlines
    }

    package var isEmpty: Bool { exceptions == nil && !requiresSecondPerson && baseline == nil && deadlines.isEmpty }
}

/// A rule set as a run used it: versions live side by side, a run keeps the digests it saw.
package struct PinnedRuleSet: Sendable, Codable, Hashable {
    package let id: String
    package let digest: Digest

    package init(id: String, digest: Digest) {
        self.id = id
        self.digest = digest
    }
}
