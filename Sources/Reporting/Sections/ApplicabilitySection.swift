import OrchestratorCore

/// What an organisation states about the controls of a rule set: for ISO/IEC 27001 its Statement of Applicability.
struct ApplicabilitySection {
    private let ruleSet: RuleSet
    private let statuses: [String: ControlStatus]

    /// Nil where the rule set states nothing.
    init?(_ ruleSet: RuleSet, _ assessments: [ControlAssessment]) {
        guard ruleSet.controls.contains(where: { $0.applicability != nil }) else { return nil }
        self.ruleSet = ruleSet
        statuses = Dictionary(assessments.map { ($0.control, $0.status) }, uniquingKeysWith: { first, _ in first })
    }

    var blocks: [Block] {
        let excluded = ruleSet.controls.filter { $0.applicability?.isApplicable == false }.count
        return [
            .heading(4, [.text("Statement of Applicability")], id: "applicability-\(ruleSet.id)"),
            .paragraph([
                .text(
                    "\(ruleSet.controls.count) controls, \(excluded) of them declared not applicable. The statement is the "
                        + "organisation's own, from the rule set '\(ruleSet.id)' (digest \(ruleSet.digest)).")
            ]), table,
        ]
    }

    private var table: Block {
        .table(
            Table(
                "\(ruleSet.title): applicability of every control",
                [
                    .init("Control"), .init("Title"), .init("Applicable"), .init("Justification", isWide: true),
                    .init("Status"),
                ],
                rows: ruleSet.controls.map { control in
                    let statement = control.applicability
                    return [
                        [.text(control.id)], [.text(control.title)],
                        [.text(statement?.isApplicable == false ? "no" : "yes")],
                        [.text(statement?.justification ?? "not stated")],
                        statuses[control.id].map { [ReportSections.badge($0)] } ?? [],
                    ]
                }))
    }
}
