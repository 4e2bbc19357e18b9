import OrchestratorCore

/// Per framework a table of its controls: those that say something first, the rest folded.
struct ControlSections {
    private let sections: ReportSections

    init(_ sections: ReportSections) { self.sections = sections }

    func forEach(_ emit: (Block) throws -> Void) throws {
        for ruleSet in sections.header.method.ruleSets {
            let assessments = sections.source.assessments.filter { $0.ruleSet == ruleSet.id }
            let controls = Dictionary(uniqueKeysWithValues: ruleSet.controls.map { ($0.id, $0) })
            let rows = assessments.compactMap { assessment in controls[assessment.control].map { (assessment, $0) } }
            let telling = rows.filter { $0.0.status != .notAssessed && $0.0.status != .notApplicable }
            let silent = rows.filter { $0.0.status == .notAssessed || $0.0.status == .notApplicable }
            try emit(.heading(3, [.text(ruleSet.title)], id: "framework-\(ruleSet.id)"))
            try emit(.paragraph([.text(overview(ruleSet))]))
            try emit(table("\(ruleSet.title): controls the scan says something about", telling, hasEvidence: true))
            if !silent.isEmpty {
                try emit(
                    .details(
                        summary: [.text("\(silent.count) controls not assessed or not applicable")], id: nil,
                        [table("\(ruleSet.title): controls not assessed or not applicable", silent, hasEvidence: false)]
                    ))
            }
            try ApplicabilitySection(ruleSet, assessments)?.blocks.forEach(emit)
        }
    }

    private func overview(_ ruleSet: RuleSet) -> String {
        let counts = sections.header.summary.controls[ruleSet.id] ?? [:]
        let parts = ControlStatus.allCases.compactMap { status in
            counts[status].map { "\($0) \(status.rawValue)" }
        }
        return "\(ruleSet.controls.count) controls: \(parts.joined(separator: ", "))."
    }

    /// - Parameter hasEvidence: false where no row can have any: the reasons get the room.
    private func table(
        _ caption: String, _ rows: [(ControlAssessment, Control)], hasEvidence: Bool
    ) -> Block {
        .table(
            Table(
                caption,
                [
                    .init("Control"), .init("Title"), .init("Kind of check"), .init("Status"),
                    .init("Open findings", isNumeric: true), .init("Weaknesses covered", isNumeric: true),
                    .init("Reason", isWide: true),
                ] + (hasEvidence ? [.init("Findings mapped by", isWide: true)] : []),
                rows: rows.map { assessment, control in
                    [
                        [.text(control.id)], [.text(control.title)], [.text(control.checkType.title)],
                        [ReportSections.badge(assessment.status)], [.text(findings(assessment))],
                        [.text("\(assessment.weaknessesCovered) of \(assessment.weaknessesMapped)")],
                        [.text(assessment.reason)],
                    ] + (hasEvidence ? [evidence(assessment, control)] : [])
                }, marks: marks(rows.map(\.0))))
    }

    /// Rows to which the map of controls leads, and which its filter hides.
    private func marks(_ assessments: [ControlAssessment]) -> [Int: Table.Mark] {
        Dictionary(
            uniqueKeysWithValues: assessments.enumerated().map { number, assessment in
                let role = "of-" + ReportSections.kind(of: assessment.status)
                let id = ControlMapSections.anchor(assessment.ruleSet, assessment.control)
                return (number, Table.Mark(id: id, role: role))
            })
    }

    private func findings(_ assessment: ControlAssessment) -> String {
        let suppressed = assessment.suppressedFindings
        return suppressed == 0 ? "\(assessment.openFindings)" : "\(assessment.openFindings), \(suppressed) suppressed"
    }

    /// The mappings that carried findings, by strength and source, firmest first; the run where it is evidence itself.
    private func evidence(_ assessment: ControlAssessment, _ control: Control) -> [Inline] {
        let record = control.evidencedByScan && assessment.status == .partlySatisfied
        let run: [Inline] = record ? ["Run record: ", .code(sections.header.run.id), ". "] : []
        let groups = Dictionary(grouping: assessment.evidence) { Kind(strength: $0.strength, source: $0.source) }
        let texts = groups.sorted { ($1.key.strength, $0.key.source) < ($0.key.strength, $1.key.source) }.map {
            kind, items in
            let numbers = items.map { String($0.weakness) }.joined(separator: ", ")
            return "\(kind.strength.rawValue) (\(kind.source)): CWE-\(numbers)"
        }
        return run + [.text(texts.joined(separator: "; "))]
    }

    private struct Kind: Hashable {
        let strength: Mapping.Strength
        let source: String
    }
}
