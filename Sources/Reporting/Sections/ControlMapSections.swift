import OrchestratorCore

/// Every control of every framework at a glance, by family, each leading to its row.
struct ControlMapSections {
    private let sections: ReportSections

    /// Controls of a framework that begins unfolded: whoever goes by the keyboard passes every cell.
    private static let unfolded = 40

    init(_ sections: ReportSections) { self.sections = sections }

    func forEach(_ emit: (Block) throws -> Void) throws {
        try emit(filter)
        for ruleSet in sections.header.method.ruleSets {
            let statuses = Dictionary(
                sections.source.assessments.filter { $0.ruleSet == ruleSet.id }.map { ($0.control, $0) },
                uniquingKeysWith: { first, _ in first })
            var rows: [(title: String, cells: [HeatMap.Cell])] = []
            for control in ruleSet.controls {
                guard let assessment = statuses[control.id] else { continue }
                if rows.last?.title != control.group { rows.append((control.group, [])) }
                rows[rows.count - 1].cells.append(cell(control, assessment))
            }
            try emit(
                .details(
                    summary: [.text("\(ruleSet.title): \(counts(ruleSet))")], id: nil,
                    [
                        .heatMap(
                            HeatMap(
                                title: "\(ruleSet.title): controls by status",
                                rows: rows.map { HeatMap.Row(title: $0.title, cells: $0.cells) }))
                    ], role: "map", isOpen: ruleSet.controls.count <= Self.unfolded))
        }
    }

    private func counts(_ ruleSet: RuleSet) -> String {
        let counts = sections.header.summary.controls[ruleSet.id] ?? [:]
        return ControlStatus.allCases.compactMap { status in counts[status].map { "\($0) \(status.rawValue)" } }
            .joined(separator: ", ")
    }

    private var filter: Block {
        let counts = sections.header.summary.controls.values.reduce(into: [:]) { sums, counts in
            sums.merge(counts) { $0 + $1 }
        }
        return .filter(
            Filter(
                title: "Show controls that are",
                choices: ControlStatus.allCases.map { status in
                    Filter.Choice(
                        role: ReportSections.kind(of: status),
                        label: [ReportSections.badge(status), .text(" \(Self.sign(status)) \(counts[status] ?? 0)")])
                }))
    }

    private func cell(_ control: Control, _ assessment: ControlAssessment) -> HeatMap.Cell {
        let count = assessment.openFindings
        let findings = count == 0 ? "" : ", \(count) open finding\(count == 1 ? "" : "s")"
        return HeatMap.Cell(
            label: control.id, sign: Self.sign(assessment.status) + (count == 0 ? "" : " \(count)"),
            meaning: assessment.status.rawValue + findings, title: control.title,
            role: "of-" + ReportSections.kind(of: assessment.status),
            target: Self.anchor(assessment.ruleSet, control.id))
    }

    private static func sign(_ status: ControlStatus) -> String {
        switch status {
        case .notSatisfied: "✗"
        case .needsReview: "?"
        case .partlySatisfied: "◐"
        case .satisfied: "✓"
        case .notAssessed: "–"
        case .notApplicable: "n/a"
        }
    }

    /// The id of a control's row.
    static func anchor(_ ruleSet: String, _ control: String) -> String {
        "control-"
            + (ruleSet + "-" + control).map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") ? $0 : "-" }
    }
}
