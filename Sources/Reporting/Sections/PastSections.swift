import OrchestratorCore

/// Secrets that are gone from the tree but not from the commits behind it, and what was looked at of those.
struct PastSections {
    private let sections: ReportSections
    /// Secrets shown with their source, and listed beyond that; all are in `report.json`.
    private static let shown = 100
    private static let listed = 500

    init(_ sections: ReportSections) { self.sections = sections }

    func forEach(_ emit: (Block) throws -> Void) throws {
        guard let search = sections.header.historySearch else {
            return try emit(.paragraph(["The history was not searched; a scan with --history does so."]))
        }
        for text in Self.words(search) { try emit(.paragraph([.text(text)])) }
        if !search.unsearched.isEmpty { try emit(Self.unsearched(search)) }
        let count = sections.header.summary.inHistory
        guard count > 0 else {
            return try emit(.paragraph(["No open finding: no secret was found that is gone from the tree."]))
        }
        try emit(.paragraph([.strong([.text("\(count) in history.")]), .text(" " + Self.advice)]))
        try findings(count).forEach(emit)
    }

    private static let advice =
        "Removing a secret from the tree does not take it back. Replace it where it was issued, look for its use since "
        + "the commit named, and record an exception for the finding when that is done; rewriting the history is the "
        + "lesser part."

    /// For the summary; nil where the history holds nothing and all of it was looked at.
    var verdict: String? {
        guard let search = sections.header.historySearch else { return nil }
        let count = sections.header.summary.inHistory
        let gap = search.isIncomplete ? "The history was not searched in full." : nil
        let found = count == 0 ? nil : "In history: \(count) of the open findings; they are gone from the tree."
        let parts = [found, gap].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    private static func words(_ search: HistorySearch) -> [String] {
        guard let head = search.head else { return ["There is no commit yet, so nothing lies behind the tree."] }
        var texts = [
            "The \(search.commits) commits reachable from \(head.prefix(12)) hold \(search.versions) versions of files: "
                + "\(search.inTree) are in the tree as they are, \(search.searched) were searched by the rules for secrets "
                + "that need no syntax tree."
        ]
        if search.isShallow {
            texts.append(
                "The clone is shallow: older commits are not in it and were not searched. 'git fetch --unshallow' brings them."
            )
        }
        if search.isCut { texts.append("There are more versions than are looked at; the oldest were not searched.") }
        return texts
    }

    private static func unsearched(_ search: HistorySearch) -> Block {
        .table(
            Table(
                "Versions of files that were not searched", [.init("Reason"), .init("Versions", isNumeric: true)],
                rows: search.unsearched.sorted { $0.key < $1.key }.map { [[.text($0.key)], [.text(String($0.value))]] }
            ))
    }

    private func findings(_ count: Int) throws -> [Block] {
        var rows: [[[Inline]]] = []
        var sources: [Block] = []
        try sections.source.forEachFinding { finding in
            guard finding.isOpen, let past = finding.past, rows.count < Self.listed else { return }
            rows.append(row(finding, past))
            if sources.count < Self.shown { sources.append(source(finding, past)) }
        }
        let columns = [
            Table.Column("Place"), .init("Severity"), .init("Rule"), .init("Confidence", isNumeric: true),
            .init("First commit"), .init("Authored"),
        ]
        let more: [Block] =
            count > rows.count ? [.paragraph([.text("\(count - rows.count) more are in report.json.")])] : []
        return [.table(Table("Secrets in the history, worst first", columns, rows: rows))] + more + sources
    }

    private func row(_ finding: Finding, _ past: PastCommit) -> [[Inline]] {
        [
            [.code("\(finding.location.path.text):\(finding.location.startLine)")],
            [ReportSections.badge(finding.severity)], [.text(finding.rule)], [.text("\(finding.confidence) %")],
            [.code(String(past.id.prefix(12)))], [.text(past.authored.date)],
        ]
    }

    private func source(_ finding: Finding, _ past: PastCommit) -> Block {
        let location = finding.location
        return .details(
            summary: [
                .code("\(location.path.text):\(location.startLine)"), .text(" in "), .code(String(past.id.prefix(12))),
            ], id: "finding-\(finding.id)",
            [
                .paragraph([.text(finding.message)]), .source(SourceExcerpt(finding)),
                .paragraph([.text("Id of the finding: "), .code(finding.id)]),
            ])
    }
}
