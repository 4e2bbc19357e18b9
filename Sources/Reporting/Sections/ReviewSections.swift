import OrchestratorCore

/// How the work was done, and the model's part in it: what it read, what it cost, what nobody read.
struct ReviewSections {
    private let sections: ReportSections
    /// Stretches listed; all are in `report.json`.
    private static let listed = 300

    init(_ sections: ReportSections) { self.sections = sections }

    private var summary: ReviewSummary? { sections.header.review }

    var method: [Block] {
        let base =
            "the files of the target, as they lie on the disk, by the rules of an embedded analyzer over syntax trees "
            + "and text. Nothing was executed."
        let model = summary.map { summary in
            " Parts of the files, with secrets and personal data replaced, were also put to the model \(summary.model). Its "
                + "claims count only where the text it quotes was found in the file, and alone never fail a control."
        }
        let closing = " Secrets and personal data in quoted source are replaced by [redacted ...]."
        return [
            .paragraph([
                .strong(["Examined"]), .text(" (not tested, no interviews): "),
                .text(base + (model ?? " No network was used and no model was asked.") + closing),
            ])
        ]
    }

    var review: [Block] {
        guard let summary else { return [.paragraph(["No model was asked."])] }
        let rows: [(String, String)] = [
            ("Model", summary.model), ("Parts of files read, with proof", "\(summary.reviewed) of \(summary.chunks)"),
            ("Findings of the analyzer confirmed", "\(summary.agreements)"),
            ("Claims with evidence, unconfirmed", "\(summary.claims)"),
            ("Claims rejected for want of evidence", "\(summary.rejected)"),
            ("Requests sent by this run", "\(summary.requests)"),
            ("Tokens in, out", "\(summary.inputTokens), \(summary.outputTokens)"),
            ("Cost", "\(summary.settled) (prices: \(summary.priceSource))"),
            ("Possibly charged as well", "\(summary.uncertain)"),
            ("Budget of the run", summary.budget.map { "\($0)" } ?? "none set"),
        ]
        let table = Table(
            "The model's part", [.init("Item"), .init("Value")], rows: rows.map { [[.text($0.0)], [.text($0.1)]] })
        return [.table(table)] + gaps(summary)
    }

    private func gaps(_ summary: ReviewSummary) -> [Block] {
        guard !summary.gaps.isEmpty else { return [] }
        let items = summary.gaps.prefix(Self.listed).map { gap -> [Inline] in
            [.code("\(gap.path.text):\(gap.firstLine)-\(gap.lastLine)"), .text(" " + gap.reason)]
        }
        let more = summary.gaps.count - items.count
        return [
            .details(
                summary: [.text("Not assessed by the model: \(summary.gaps.count) parts")], id: nil,
                [.bullets(Array(items))] + (more > 0 ? [.paragraph([.text("\(more) more are in report.json.")])] : []))
        ]
    }
}
