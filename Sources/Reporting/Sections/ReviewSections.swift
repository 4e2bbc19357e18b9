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
                + (summary.scope == .candidates ? " No other part was: \(summary.scopeWords)." : "")
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
        let table = Table(
            "The model's part", [.init("Item"), .init("Value")],
            rows: rows(summary).map { [[.text($0.0)], [.text($0.1)]] })
        return [.table(table)]
            + places("Not assessed by the model", summary.gaps, as: "parts")
            + places(
                "Read by the model and not reported by it, although the analyzer does", summary.unconfirmed,
                as: "findings")
    }

    private func rows(_ summary: ReviewSummary) -> [(String, String)] {
        var rows: [(String, String)] = [
            ("Asked first", summary.model),
            ("Put to models", summary.scopeWords),
            ("Parts of files read, with proof", "\(summary.reviewed) of \(summary.chunks)"),
        ]
        rows += summary.ways.map { ("Answered by \($0.model), \($0.way)", "\($0.count) parts") }
        if summary.reused > 0 {
            rows.append(("Answered in an earlier run, unchanged since", "\(summary.reused) parts"))
        }
        if summary.copies > 0 { rows.append(("With the text of another part", "\(summary.copies)")) }
        if summary.stale > 0 { rows.append(("Not asked; older answers shown, stale", "\(summary.stale) parts")) }
        rows += summary.absent.map { ("Could not be asked; the next one was", $0) }
        if let downgrade = summary.downgrade { rows.append(("Cheaper models asked, because", downgrade)) }
        rows += [
            ("Findings of the analyzer confirmed", "\(summary.agreements)"),
            ("Findings of the analyzer not reported by the model", "\(summary.unconfirmed.count)"),
            ("Claims with evidence, unconfirmed by the analyzer", "\(summary.claims)"),
            ("Claims rejected for want of evidence", "\(summary.rejected)"),
        ]
        if let verifier = summary.verifier {
            let judged = "\(summary.confirmed) confirmed, \(summary.refuted) contradicted"
            rows.append(("Claims checked by \(verifier)", judged))
        }
        rows += summary.unverified.map { ("Claims not checked, because", $0) }
        return rows + [
            ("Requests sent by this run", "\(summary.requests)"),
            ("Tokens in, out", "\(summary.inputTokens), \(summary.outputTokens)"),
            ("Cost", "\(summary.settled) (prices: \(summary.priceSource))"),
            ("Possibly charged as well", "\(summary.uncertain)"),
            ("Budget of the run", summary.budget.map { "\($0)" } ?? "none set"),
        ]
    }

    private func places(_ title: String, _ places: [ReviewSummary.Gap], as unit: String) -> [Block] {
        guard !places.isEmpty else { return [] }
        let items = places.prefix(Self.listed).map { place -> [Inline] in
            [.code("\(place.path.text):\(place.firstLine)-\(place.lastLine)"), .text(" " + place.reason)]
        }
        let more = places.count - items.count
        return [
            .details(
                summary: [.text("\(title): \(places.count) \(unit)")], id: nil,
                [.bullets(Array(items))] + (more > 0 ? [.paragraph([.text("\(more) more are in report.json.")])] : []))
        ]
    }
}

extension ReviewSummary {
    /// What of the code models were to read.
    var scopeWords: String {
        switch scope {
        case .candidates:
            "only the code around what the analyzer found; of the rest no model can have found anything"
        case .all, nil: "all files in scope that hold code"
        }
    }
}
