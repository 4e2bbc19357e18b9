import OrchestratorCore

/// What somebody decided not to count, by whom the source says and why; and comments that suppress nothing.
struct SuppressionSections {
    private let sections: ReportSections
    /// Rows listed; all are in `findings.sarif`.
    private static let listed = 2000

    init(_ sections: ReportSections) { self.sections = sections }

    private static func place(of suppression: Suppression, _ finding: Finding) -> String {
        switch suppression.kind {
        case .inSource: "line \(suppression.line)"
        case .byTool: "by \(finding.tools.map(\.tool).joined(separator: ", "))"
        }
    }

    func forEach(_ emit: (Block) throws -> Void) throws {
        var rows: [[[Inline]]] = []
        try sections.source.forEachFinding { finding in
            guard let suppression = finding.suppression, rows.count < Self.listed else { return }
            rows.append([
                [.code("\(finding.location.path.text):\(finding.location.startLine)")],
                [ReportSections.badge(finding.severity)], [.text(finding.rule)],
                [.text(Weakness.label(finding.weakness))],
                [.text(sections.checkType(ofWeakness: finding.weakness).title)], [.text(suppression.reason)],
                [.text(Self.place(of: suppression, finding))],
            ])
        }
        if rows.isEmpty {
            try emit(.paragraph(["Nothing is suppressed."]))
        } else {
            let columns: [Table.Column] = [
                .init("Place"), .init("Severity"), .init("Rule"), .init("Weakness"), .init("Kind of check"),
                .init("Reason"),
                .init("Suppressed at"),
            ]
            try emit(.table(Table("Suppressed findings", columns, rows: rows)))
        }
        let idle = sections.source.idleSuppressions
        guard !idle.isEmpty else { return }
        try emit(
            .table(
                Table(
                    "Suppression comments without effect", [.init("Place"), .init("Why")],
                    rows: idle.prefix(Self.listed).map { entry in
                        [[.code("\(entry.path.text):\(entry.comment.line)")], [.text(entry.comment.problem)]]
                    })))
    }
}
