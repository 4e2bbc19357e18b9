package import OrchestratorCore

/// The counts a report opens with.
package struct Summary: Sendable {
    /// Open findings by severity, and all suppressed ones.
    package var open: [Severity: Int] = [:]
    package var suppressed = 0
    /// Open findings by how they stand to the run compared with, and those past their deadline by severity.
    package var states: [FindingState: Int] = [:]
    package var overdue: [Severity: Int] = [:]
    /// Open findings by severity without those of the baseline.
    package var beyondBaseline: [Severity: Int] = [:]
    /// Open findings by kind of check and severity.
    package var checks: [CheckType: [Severity: Int]] = [:]
    /// Open findings by rule, most severe and most frequent first where listed.
    package var rules: [String: Int] = [:]
    /// By rule, those that are ranked up.
    package var exposedRules: [String: Int] = [:]
    /// Of the open findings, those that are gone from the tree and in its history only: all, and by rule.
    package var inHistory = 0
    package var pastRules: [String: Int] = [:]
    /// Framework id -> status -> controls, and the same by kind of check.
    package var controls: [String: [ControlStatus: Int]] = [:]
    package var controlChecks: [CheckType: [ControlStatus: Int]] = [:]
    /// Listed files and unlisted paths by reason.
    package var coverage: [CoverageReason: Int] = [:]
    package var unlisted: [CoverageReason: Int] = [:]
    package var languages: [Language: LanguageTally] = [:]

    package init() {}

    package var openCount: Int { open.values.reduce(0, +) }
    package var fileCount: Int { coverage.values.reduce(0, +) }

    package func files(_ state: CoverageState) -> Int {
        coverage.filter { $0.key.state == state }.values.reduce(0, +)
    }

    /// Leaves coverage alone.
    mutating func dropFindingsAndControls() {
        (open, suppressed, states, overdue, beyondBaseline) = ([:], 0, [:], [:], [:])
        (inHistory, pastRules, exposedRules) = (0, [:], [:])
        (checks, rules, controls, controlChecks) = ([:], [:], [:], [:])
    }

    package mutating func add(_ finding: Finding, check: CheckType) {
        guard finding.isOpen else {
            suppressed += 1
            return
        }
        open[finding.severity, default: 0] += 1
        if let track = finding.track { states[track.state, default: 0] += 1 }
        if finding.track?.isOverdue == true { overdue[finding.severity, default: 0] += 1 }
        if finding.track?.isInBaseline != true { beyondBaseline[finding.severity, default: 0] += 1 }
        checks[check, default: [:]][finding.severity, default: 0] += 1
        rules[finding.rule, default: 0] += 1
        if let rank = finding.rank, rank.level > 0 { exposedRules[finding.rule, default: 0] += 1 }
        guard finding.past != nil else { return }
        inHistory += 1
        pastRules[finding.rule, default: 0] += 1
    }

    /// True where some open finding of a rule is ranked up.
    package func isExposed(_ rule: String) -> Bool { exposedRules[rule] != nil }

    /// Open findings of a rule in the tree.
    package func count(ofRule id: String) -> Int { (rules[id] ?? 0) - (pastRules[id] ?? 0) }

    package mutating func add(_ assessment: ControlAssessment, check: CheckType) {
        controls[assessment.ruleSet, default: [:]][assessment.status, default: 0] += 1
        controlChecks[check, default: [:]][assessment.status, default: 0] += 1
    }

    package mutating func add(_ count: CoverageCount) {
        guard count.isListed else {
            unlisted[count.reason, default: 0] += count.files
            return
        }
        coverage[count.reason, default: 0] += count.files
        languages[count.language, default: LanguageTally()].add(count)
    }
}

/// The files of one language.
package struct LanguageTally: Sendable, Hashable {
    package private(set) var files = 0
    package private(set) var analysed = 0
    package private(set) var notAssessed = 0
    package private(set) var lines = 0
    package private(set) var bytes = 0

    mutating func add(_ count: CoverageCount) {
        files += count.files
        lines += count.lines
        bytes += count.bytes
        if count.reason.state == .analysed { analysed += count.files }
        if count.reason.state == .notAssessed { notAssessed += count.files }
    }
}
