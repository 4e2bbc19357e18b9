import OrchestratorCore
import Reporting
import Rules
import Store

/// A run of the store as the source of its report.
struct StoredReport: ReportSource {
    let header: ReportHeader
    let assessments: [ControlAssessment]
    let idleSuppressions: [(path: RepositoryPath, comment: IdleSuppression)]
    let exceptions: [AppliedException]
    private let store: RunStore
    private let run: RunRecord

    /// - Parameters:
    ///   - templates: the digest of those it is written with; nil for the run's own.
    ///   - finishedAt: when the run ended; it may not be recorded yet.
    ///   - exitCode: what the run's process says; computed from the summary.
    init(
        _ store: RunStore, run: RunRecord, manifest: AssessmentManifest, ruleSets: [RuleSet],
        templates: Digest? = nil, finishedAt: Timestamp, exitCode: (Summary) -> Int
    ) throws {
        self.store = store
        self.run = run
        let honoursSuppressions = run.settings.honoursSuppressions
        assessments = try store.assessments(run: run.id)
        idleSuppressions = honoursSuppressions ? try store.idleSuppressions(run: run.id) : []
        exceptions = try store.exceptions(run: run.id)
        let summary = try Self.summary(store, run, manifest, ruleSets, assessments)
        let journal = Journal(store, run: run)
        let notices = try journal.output(DecidedManifest.self, of: .decide)?.notices ?? []
        header = ReportHeader(
            tool: .init(name: "Security Orchestrator", version: run.settings.version),
            run: .init(
                id: run.id, number: run.number, startedAt: run.startedAt, finishedAt: finishedAt,
                exitCode: exitCode(summary)),
            target: .init(name: run.repository.name, revision: run.repository.revision, digest: manifest.target),
            method: .init(
                options: run.settings.options, ruleSets: ruleSets, detectionRules: run.settings.detectionRules,
                detectionRuleCount: run.settings.detectionRuleCount, templates: templates ?? run.settings.templates,
                personalData: run.settings.personalData, since: run.settings.since,
                honoursSuppressions: honoursSuppressions, notices: run.settings.notices + notices,
                exceptions: run.settings.decisions?.exceptions, deadlines: Self.deadlines(run)),
            review: manifest.review, imports: manifest.imports, observed: manifest.observed ?? [],
            personalDataApplies: (manifest.personalData?.rawValue ?? run.settings.personalData), summary: summary,
            weaknesses: manifest.weaknesses, rules: manifest.rules,
            history: try journal.output(RunHistory.self, of: .track), historySearch: manifest.history)
    }

    private static func summary(
        _ store: RunStore, _ run: RunRecord, _ manifest: AssessmentManifest, _ ruleSets: [RuleSet],
        _ assessments: [ControlAssessment]
    ) throws -> Summary {
        var summary = Summary()
        let checks = Dictionary(uniqueKeysWithValues: manifest.weaknesses.map { ($0.id, $0.checkType) })
        try forEachFinding(store, run) { finding in
            summary.add(finding, check: checks[finding.weakness] ?? .codeCompliance)
        }
        var controls: [String: CheckType] = [:]
        for ruleSet in ruleSets {
            for control in ruleSet.controls { controls[ruleSet.id + "\n" + control.id] = control.checkType }
        }
        for assessment in assessments {
            summary.add(assessment, check: controls[assessment.ruleSet + "\n" + assessment.control] ?? .codeCompliance)
        }
        for count in try store.coverageCounts(run: run.id) { summary.add(count) }
        return summary
    }

    func forEachFinding(_ body: (Finding) throws -> Void) throws {
        try Self.forEachFinding(store, run, body)
    }

    /// With the deadlines of the run, judged at its start.
    private static func forEachFinding(
        _ store: RunStore, _ run: RunRecord, _ body: (Finding) throws -> Void
    ) throws {
        let deadlines = deadlines(run)
        try store.forEachFinding(run: run.id, honouringSuppressions: run.settings.honoursSuppressions) { finding in
            var finding = finding
            finding.track?.setDeadline(days: deadlines[finding.severity], at: run.startedAt)
            try body(finding)
        }
    }

    private static func deadlines(_ run: RunRecord) -> [Severity: Int] {
        let pairs = (run.settings.decisions?.deadlines ?? [:]).compactMap { key, days in
            Severity(rawValue: key).map { ($0, days) }
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    func forEachGone(_ body: (GoneFinding) throws -> Void) throws { try store.forEachGone(run: run.id, body) }

    func forEachFile(_ body: (RunFile) throws -> Void) throws {
        try store.forEachFile(run: run.id) { _, entry in try body(entry) }
    }
}
