import OrchestratorCore

/// What was and was not looked at: counts first, then every path that was not examined, by reason.
struct CoverageSections {
    private let sections: ReportSections
    /// Paths listed for one reason; all are in `report.json`.
    private static let listed = 500

    init(_ sections: ReportSections) { self.sections = sections }

    func forEach(_ emit: (Block) throws -> Void) throws {
        try emit(states)
        try emit(languages)
        try FolderSections(sections).forEach(emit)
        try paths().forEach(emit)
    }

    private var states: Block {
        let summary = sections.header.summary
        let rows = CoverageReason.allCases.compactMap { reason -> [[Inline]]? in
            let (files, unlisted) = (summary.coverage[reason] ?? 0, summary.unlisted[reason] ?? 0)
            guard files + unlisted > 0 else { return nil }
            return [
                [.text(reason.rawValue)], [.badge(reason.state.rawValue, kind: ReportSections.kind(of: reason.state))],
                [.text(String(files))], [.text(String(unlisted))],
            ]
        }
        return .table(
            Table(
                "Every path by what became of it",
                [
                    .init("Reason"), .init("State"), .init("Files", isNumeric: true),
                    .init("Paths git does not list", isNumeric: true),
                ], rows: rows))
    }

    private var languages: Block {
        let rows = sections.header.summary.languages.sorted {
            ($1.value.lines, $0.key.rawValue) < ($0.value.lines, $1.key.rawValue)
        }.map { language, tally -> [[Inline]] in
            [
                [.text(language.title)], [.text(language.kind.rawValue)], [.text(String(tally.files))],
                [.text(String(tally.analysed))], [.text(String(tally.notAssessed))], [.text(String(tally.lines))],
            ]
        }
        return .table(
            Table(
                "Files by language",
                [
                    .init("Language"), .init("Kind"), .init("Files", isNumeric: true),
                    .init("Examined", isNumeric: true),
                    .init("Not assessed", isNumeric: true), .init("Lines", isNumeric: true),
                ], rows: rows))
    }

    private func paths() throws -> [Block] {
        var listed: [CoverageReason: [[Inline]]] = [:]
        var counts: [CoverageReason: Int] = [:]
        try sections.source.forEachFile { entry in
            let coverage = entry.file.coverage
            // Examined in full and nothing to add: the ledger in report.json is enough.
            guard coverage.state != .analysed || !coverage.detail.isEmpty else { return }
            counts[coverage.reason, default: 0] += 1
            guard listed[coverage.reason, default: []].count < Self.listed else { return }
            let detail: [Inline] = coverage.detail.isEmpty ? [] : [.text(" " + coverage.detail)]
            listed[coverage.reason, default: []].append([.code(entry.file.path.text)] + detail)
        }
        return CoverageReason.allCases.compactMap { reason in
            guard let items = listed[reason], let count = counts[reason] else { return nil }
            let more: [Block] =
                count > items.count ? [.paragraph([.text("\(count - items.count) more are in report.json.")])] : []
            return .details(
                summary: [.text("\(reason.state.rawValue), \(reason.rawValue): \(count)")], id: nil,
                [.bullets(items)] + more)
        }
    }
}
