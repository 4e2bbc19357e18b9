import OrchestratorCore

/// A report narrowed to one framework: its controls, and the findings whose weaknesses it maps at any strength. Coverage
/// stays whole, since every framework rests on it.
struct FrameworkReport: ReportSource {
    let header: ReportHeader
    let assessments: [ControlAssessment]
    private let source: any ReportSource
    private let weaknesses: Set<Int>

    /// Counts the findings anew. Throws what reading them does.
    init(_ source: any ReportSource, framework: String) throws {
        self.source = source
        var header = source.header
        let ruleSets = header.method.ruleSets.filter { $0.id == framework }
        let weaknesses = Set(ruleSets.flatMap(\.controls).flatMap(\.mappings).map(\.weakness))
        let assessments = source.assessments.filter { $0.ruleSet == framework }
        let checks = Dictionary(header.weaknesses.map { ($0.id, $0.checkType) }) { first, _ in first }
        let controls = Dictionary(ruleSets.flatMap(\.controls).map { ($0.id, $0.checkType) }) { first, _ in first }
        header.method.ruleSets = ruleSets
        header.rules = header.rules.filter { weaknesses.contains($0.weakness) && !$0.category.isAdvice }
        header.summary.dropFindingsAndControls()
        try source.forEachFinding { finding in
            guard weaknesses.contains(finding.weakness) else { return }
            header.summary.add(finding, check: checks[finding.weakness] ?? .codeCompliance)
        }
        header.history = try header.history.map { try Self.narrowed($0, source, weaknesses) }
        for assessment in assessments {
            header.summary.add(assessment, check: controls[assessment.control] ?? .codeCompliance)
        }
        self.header = header
        self.assessments = assessments
        self.weaknesses = weaknesses
    }

    /// How the open findings of all frameworks developed says nothing about one.
    private static func narrowed(
        _ history: RunHistory, _ source: any ReportSource, _ weaknesses: Set<Int>
    ) throws -> RunHistory {
        var (fixed, unknown) = (0, 0)
        try source.forEachGone { gone in
            guard weaknesses.contains(gone.finding.weakness) else { return }
            if gone.isFixed { fixed += 1 } else { unknown += 1 }
        }
        return RunHistory(
            reference: history.reference, fixed: fixed, unknown: unknown, trend: [], baseline: history.baseline)
    }

    var idleSuppressions: [(path: RepositoryPath, comment: IdleSuppression)] { source.idleSuppressions }

    func forEachFinding(_ body: (Finding) throws -> Void) throws {
        try source.forEachFinding { finding in
            if weaknesses.contains(finding.weakness) { try body(finding) }
        }
    }

    /// Advice bears on no control.
    func forEachAdvice(_ body: (Finding) throws -> Void) throws {}

    func forEachFile(_ body: (RunFile) throws -> Void) throws { try source.forEachFile(body) }

    var exceptions: [AppliedException] { source.exceptions }

    func forEachGone(_ body: (GoneFinding) throws -> Void) throws {
        try source.forEachGone { gone in
            if weaknesses.contains(gone.finding.weakness) { try body(gone) }
        }
    }
}
