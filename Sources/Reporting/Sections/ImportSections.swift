import OrchestratorCore

/// What other scanners found: what was taken of it, what it agrees with, and what is no finding.
struct ImportSections {
    private let sections: ReportSections

    init(_ sections: ReportSections) { self.sections = sections }

    var blocks: [Block] {
        guard let summary = sections.header.imports else {
            return [.paragraph(["No results of other scanners were imported."])]
        }
        return [
            .paragraph([
                .text(
                    "A result counts only where its place is in the scanned tree as its tool saw it. An agreement makes a "
                        + "finding surer and names every tool; a result that nobody shares is a finding of its tool. No "
                        + "import makes a control satisfied.")
            ]), table(summary),
        ] + refusals(summary) + unconfirmed(summary)
    }

    /// Which other scanners report a finding; nil where its rule says so already, or none does.
    static func tools(of finding: Finding, _ rule: RuleDescription?) -> String? {
        let names = finding.toolNames
        if rule?.tool != nil { return finding.tools.count > 1 ? "Reported by \(names)." : nil }
        let confidence = "confidence \(finding.confidence) %"
        return finding.tools.isEmpty ? nil : "Also reported by \(names), imported; together: \(confidence)."
    }

    private func table(_ summary: ImportSummary) -> Block {
        .table(
            Table(
                "Imported results",
                [
                    .init("Import"), .init("Tools"), .init("Results", isNumeric: true),
                    .init("Agreeing", isNumeric: true),
                    .init("Of the tool alone", isNumeric: true), .init("Suppressed by the tool", isNumeric: true),
                    .init("Not confirmed", isNumeric: true), .init("Refused", isNumeric: true), .init("File"),
                ],
                rows: summary.imports.map { entry in
                    [
                        [.text(entry.name)], [.text(entry.tools.joined(separator: ", "))], [.text("\(entry.results)")],
                        [.text("\(entry.merged)")], [.text("\(entry.alone)")], [.text("\(entry.suppressed)")],
                        [.text("\(entry.unconfirmed)")], [.text("\(entry.refused)")],
                        [.code(entry.file), .text(" "), .code(String(entry.digest.description.prefix(21)))],
                    ]
                }))
    }

    private func refusals(_ summary: ImportSummary) -> [Block] {
        let items = summary.imports.flatMap { entry in
            entry.refusals.sorted { $0.key < $1.key }.map { reason, count -> [Inline] in
                [.text("\(entry.name): \(count) \(count == 1 ? "result" : "results"): \(reason)")]
            }
        }
        guard !items.isEmpty else { return [] }
        return [.details(summary: [.text("Refused when the files were imported")], id: nil, [.bullets(items)])]
    }

    private func unconfirmed(_ summary: ImportSummary) -> [Block] {
        let total = summary.imports.reduce(0) { $0 + $1.unconfirmed }
        guard total > 0 else { return [] }
        let items = summary.unconfirmed.map { entry -> [Inline] in
            [
                .code("\(entry.path.text):\(entry.line)"),
                .text(" \(entry.attribution.tool), \(entry.attribution.rule): \(entry.reason)"),
            ]
        }
        let more = total - items.count
        return [
            .details(
                summary: [.text("Not confirmed, so no findings: \(total) \(total == 1 ? "result" : "results")")],
                id: nil,
                [.bullets(items)] + (more > 0 ? [.paragraph([.text("\(more) more are not listed.")])] : []))
        ]
    }
}
