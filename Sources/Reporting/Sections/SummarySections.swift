import OrchestratorCore

/// What the one-page summary shows that no other document does.
struct SummarySections {
    private let sections: ReportSections
    /// Rules named; the rest is in the report. With many frameworks the page is full sooner.
    private var listed: Int { sections.header.method.ruleSets.count > 6 ? 3 : 5 }

    init(_ sections: ReportSections) { self.sections = sections }

    var severities: Block {
        let summary = sections.header.summary
        let columns = Severity.descending.map { Table.Column($0.rawValue, isNumeric: true) }
        return .table(
            Table(
                "Findings by severity",
                [.init("Open")] + columns + [.init("all open", isNumeric: true), .init("suppressed", isNumeric: true)],
                rows: [
                    [["Findings"]] + Severity.descending.map { [.text(String(summary.open[$0] ?? 0))] }
                        + [[.text(String(summary.openCount))], [.text(String(summary.suppressed))]]
                ]))
    }

    var frameworks: Block {
        let summary = sections.header.summary
        let columns = ControlStatus.allCases.map { Table.Column($0.rawValue, isNumeric: true) }
        return .table(
            Table(
                "Controls by framework and status",
                [.init("Framework")] + columns + [.init("controls", isNumeric: true)],
                rows: sections.header.method.ruleSets.map { ruleSet in
                    [[.text(ruleSet.shortTitle)]]
                        + ControlStatus.allCases.map { status in
                            [.text(String(summary.controls[ruleSet.id]?[status] ?? 0))]
                        } + [[.text(String(ruleSet.controls.count))]]
                }))
    }

    /// The rules to begin with: worst first, then those with most places.
    var priorities: [Block] {
        let summary = sections.header.summary
        let rules = sections.header.rules.filter { summary.rules[$0.id] != nil }.sorted {
            ($1.severity, summary.rules[$1.id] ?? 0, $0.id) < ($0.severity, summary.rules[$0.id] ?? 0, $1.id)
        }
        guard !rules.isEmpty else { return [.paragraph(["No open findings, so nothing to begin with."])] }
        let table = Table(
            "The worst kinds of finding",
            [.init("Weakness"), .init("Severity"), .init("Open", isNumeric: true), .init("What to do", isWide: true)],
            rows: rules.prefix(listed).map { rule in
                [
                    [.text("\(rule.title) (\(Weakness.label(rule.weakness)))")], [ReportSections.badge(rule.severity)],
                    [.text(String(summary.rules[rule.id] ?? 0))], [.text(Self.firstSentence(rule.remediation))],
                ]
            })
        let rest = rules.count - listed
        let more = "\(rest) more kind\(rest == 1 ? "" : "s") of finding are in the report and the remediation plan."
        return [.table(table)] + (rest > 0 ? [.paragraph([.text(more)])] : [])
    }

    private static func firstSentence(_ text: String) -> String {
        text.firstRange(of: ". ").map { String(text[..<$0.lowerBound]) + "." } ?? text
    }
}
