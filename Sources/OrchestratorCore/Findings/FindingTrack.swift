/// How a finding stands to the run that this one was compared with.
package enum FindingState: String, Sendable, Codable, CaseIterable {
    case new
    /// The same weakness in the same code, wherever it has moved.
    case unchanged
    /// The same weakness in edited code, or with another severity.
    case changed
    /// Open again after a run in which it was not.
    case reopened
}

/// A finding over time.
package struct FindingTrack: Hashable, Sendable, Codable {
    package let state: FindingState
    /// When a run first saw it, under whatever name its file had then.
    package let firstSeen: Timestamp
    /// The path it had in the run compared with; nil where that is its path still.
    package let previousPath: RepositoryPath?
    /// True where the baseline file lists it, so that it does not count for `--fail-on`.
    package let isInBaseline: Bool
    /// When it should be mended; nil where its severity has no deadline.
    package var due: Timestamp?
    package var isOverdue = false

    package init(
        state: FindingState, firstSeen: Timestamp, previousPath: RepositoryPath? = nil, isInBaseline: Bool = false
    ) {
        self.state = state
        self.firstSeen = firstSeen
        self.previousPath = previousPath
        self.isInBaseline = isInBaseline
    }

    /// Sets the deadline: so many days after it was first seen, judged at a moment.
    package mutating func setDeadline(days: Int?, at now: Timestamp) {
        due = days.map { Timestamp(seconds: firstSeen.seconds + Int64($0) * 86_400) }
        isOverdue = due.map { $0 < now } ?? false
    }
}

/// An open finding of the run compared with that this run does not have.
package struct GoneFinding: Hashable, Sendable {
    package let finding: Finding
    /// True where its file was examined again or is gone, by a run that had its rule; else nobody knows.
    package let isFixed: Bool

    package init(finding: Finding, isFixed: Bool) {
        self.finding = finding
        self.isFixed = isFixed
    }
}

/// What a run was compared with and what became of the findings, fixed when the run was made: a later run changes no
/// report of an earlier one.
package struct RunHistory: Hashable, Sendable, Codable {
    /// A run that another one is compared with.
    package struct Reference: Hashable, Sendable, Codable {
        package let id: String
        package let number: Int
        package let startedAt: Timestamp
        package let commit: String?

        package init(id: String, number: Int, startedAt: Timestamp, commit: String?) {
            self.id = id
            self.number = number
            self.startedAt = startedAt
            self.commit = commit
        }
    }

    /// The open findings of a run by severity.
    package struct Point: Hashable, Sendable, Codable {
        package let startedAt: Timestamp
        package let open: [String: Int]

        package init(startedAt: Timestamp, open: [Severity: Int]) {
            self.startedAt = startedAt
            self.open = Dictionary(uniqueKeysWithValues: open.map { ($0.key.rawValue, $0.value) })
        }

        package func count(_ severity: Severity) -> Int { open[severity.rawValue] ?? 0 }
    }

    /// How a baseline file fits the run.
    package struct Baseline: Hashable, Sendable, Codable {
        package let digest: Digest
        package let entries: Int
        /// Entries that this run has no finding for: they can be removed from the file.
        package let gone: Int

        package init(digest: Digest, entries: Int, gone: Int) {
            self.digest = digest
            self.entries = entries
            self.gone = gone
        }
    }

    /// Nil for the first run.
    package let reference: Reference?
    /// Open findings of the run compared with that are gone from examined code, and that nobody looked at again.
    package let fixed: Int
    package let unknown: Int
    /// Oldest first; the last is this run. Each run was compared with the one before.
    package let trend: [Point]
    package let baseline: Baseline?

    package init(reference: Reference?, fixed: Int, unknown: Int, trend: [Point], baseline: Baseline?) {
        self.reference = reference
        self.fixed = fixed
        self.unknown = unknown
        self.trend = trend
        self.baseline = baseline
    }
}
