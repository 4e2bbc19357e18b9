import OrchestratorCore

/// What somebody decided not to count or to count differently, who did so, why and until when; and decisions that have no
/// effect.
struct SuppressionSections {
    private let sections: ReportSections
    /// Rows listed; all are in `findings.sarif`.
    private static let listed = 2000

    init(_ sections: ReportSections) { self.sections = sections }

    func forEach(_ emit: (Block) throws -> Void) throws {
        var suppressed: [[[Inline]]] = []
        var adjusted: [[[Inline]]] = []
        try sections.source.forEachFinding { finding in
            if let suppression = finding.suppression, suppressed.count < Self.listed {
                suppressed.append(place(finding) + decision(suppression))
            }
            if let adjustment = finding.adjustment, adjusted.count < Self.listed {
                adjusted.append(place(finding) + decision(adjustment))
            }
        }
        if suppressed.isEmpty {
            try emit(.paragraph(["Nothing is suppressed."]))
        } else {
            let columns = Self.place + [.init("Decision")] + Self.decision
            try emit(.table(Table("Suppressed findings", columns, rows: suppressed)))
        }
        if !adjusted.isEmpty {
            let columns = Self.place + [.init("Rule's severity")] + Self.decision
            try emit(.table(Table("Findings with another severity than their rule's", columns, rows: adjusted)))
        }
        try exceptions().forEach(emit)
        try idle().forEach(emit)
    }

    private static let place: [Table.Column] = [
        .init("Place"), .init("Severity"), .init("Rule"), .init("Weakness"), .init("Kind of check"),
    ]
    private static let decision: [Table.Column] = [
        .init("Reason", isWide: true), .init("By"), .init("Until"), .init("Written at"),
    ]

    private func place(_ finding: Finding) -> [[Inline]] {
        [
            [.code("\(finding.location.path.text):\(finding.location.startLine)")],
            [ReportSections.badge(finding.severity)], [.text(finding.rule)], [.text("CWE-\(finding.weakness)")],
            [.text(sections.checkType(ofWeakness: finding.weakness).title)],
        ]
    }

    private func decision(_ suppression: Suppression) -> [[Inline]] {
        let place = suppression.kind == .inSource ? "line \(suppression.line)" : "exceptions, line \(suppression.line)"
        return [
            [.text(suppression.kind.title)], [.text(suppression.reason)],
            [.text(Self.people(suppression.author ?? "whoever wrote the source", suppression.approver))],
            [.text(suppression.until ?? "the comment goes")], [.text(place)],
        ]
    }

    private func decision(_ adjustment: SeverityAdjustment) -> [[Inline]] {
        [
            [ReportSections.badge(adjustment.original)], [.text(adjustment.reason)],
            [.text(Self.people(adjustment.author, adjustment.approver))], [.text(adjustment.until)],
            [.text("exceptions, line \(adjustment.line)")],
        ]
    }

    private static func people(_ author: String, _ approver: String?) -> String {
        approver.map { "\(author), approved by \($0)" } ?? author
    }

    /// Every entry of the exceptions file, with what is wrong with it.
    private func exceptions() -> [Block] {
        let exceptions = sections.source.exceptions
        guard !exceptions.isEmpty else { return [] }
        let rows = exceptions.prefix(Self.listed).map { exception -> [[Inline]] in
            let entry = exception.entry
            return [
                [.text("\(entry.line)")], [.text(entry.subject)],
                [.text(entry.severity.map { "severity \($0.rawValue)" } ?? entry.kind.title)],
                [.text(Self.people(entry.author, entry.approver))], [.text(entry.until)],
                [.text("\(exception.matched)")],
                [.text(exception.problem ?? exception.standing.rawValue)],
            ]
        }
        return [
            .table(
                Table(
                    "The exceptions file, entry by entry",
                    [
                        .init("Line", isNumeric: true), .init("Speaks of"), .init("Decision"), .init("By"),
                        .init("Until"), .init("Findings", isNumeric: true), .init("Standing"),
                    ], rows: Array(rows)))
        ]
    }

    private func idle() -> [Block] {
        let idle = sections.source.idleSuppressions
        guard !idle.isEmpty else { return [] }
        return [
            .table(
                Table(
                    "Suppression comments without effect", [.init("Place"), .init("Why")],
                    rows: idle.prefix(Self.listed).map { entry in
                        [[.code("\(entry.path.text):\(entry.comment.line)")], [.text(entry.comment.problem)]]
                    }))
        ]
    }
}
