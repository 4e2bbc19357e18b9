import OrchestratorCore

/// What was examined and what was found, folder by folder.
struct FolderSections {
    private let sections: ReportSections
    /// Folders drawn, and rows listed, those with the most files first.
    private static let drawn = 12
    private static let listed = 200
    /// Folders told apart; beyond that, further ones count for the folder above them.
    private static let known = 5000

    init(_ sections: ReportSections) { self.sections = sections }

    private struct Tally {
        var states: [CoverageState: Int] = [:]
        var findings = 0

        var files: Int { states.values.reduce(0, +) }
    }

    func forEach(_ emit: (Block) throws -> Void) throws {
        var folders: [String: Tally] = [:]
        try sections.source.forEachFile { entry in
            guard entry.isListed else { return }
            for name in Self.names(entry.file.path) where folders[name] != nil || folders.count < Self.known {
                folders[name, default: Tally()].states[entry.file.coverage.state, default: 0] += 1
            }
        }
        guard folders.count > 1 else { return }
        try sections.source.forEachFinding { finding in
            guard finding.isOpen else { return }
            for name in Self.names(finding.location.path) { folders[name]?.findings += 1 }
        }
        let tops = folders.filter { !$0.key.dropLast().contains("/") }
        try emit(.chart(chart(Self.largest(tops))))
        try emit(table(folders))
    }

    /// The folder at the top in which a path lies, and the one below that; both end with a slash.
    private static func names(_ path: RepositoryPath) -> [String] {
        guard let folder = path.parent else { return ["./"] }
        let parts = folder.components.prefix(2).map { RepositoryPath(bytes: Array($0)).text }
        return parts.count == 1 ? [parts[0] + "/"] : [parts[0] + "/", parts[0] + "/" + parts[1] + "/"]
    }

    private static func largest(_ folders: [String: Tally]) -> [(key: String, value: Tally)] {
        folders.sorted { ($1.value.files, $0.key) < ($0.value.files, $1.key) }
    }

    private func chart(_ tops: [(key: String, value: Tally)]) -> Chart {
        Chart(
            title: tops.count > Self.drawn
                ? "Coverage by folder: the \(Self.drawn) largest of \(tops.count)" : "Coverage by folder",
            bars: tops.prefix(Self.drawn).map { name, tally in
                Chart.Bar(
                    label: name,
                    segments: CoverageState.allCases.map {
                        .init(
                            label: $0.rawValue, value: tally.states[$0] ?? 0, kind: ReportSections.kind(of: $0))
                    })
            }, showsShares: true)
    }

    private func table(_ folders: [String: Tally]) -> Block {
        let shown = Self.largest(folders).prefix(Self.listed).sorted { $0.key < $1.key }
        let columns =
            [Table.Column("Folder"), .init("Files", isNumeric: true)]
            + CoverageState.allCases.map { Table.Column($0.rawValue, isNumeric: true) }
            + [.init("Open findings", isNumeric: true)]
        let rows = shown.map { name, tally -> [[Inline]] in
            let counts = [tally.files] + CoverageState.allCases.map { tally.states[$0] ?? 0 } + [tally.findings]
            return [[.code(name)]] + counts.map { [.text(String($0))] }
        }
        let more = folders.count - shown.count
        let rest: [Block] = more > 0 ? [.paragraph([.text("\(more) smaller folders are left out here.")])] : []
        return .details(
            summary: [.text("Coverage and open findings of \(shown.count) folders")], id: nil,
            [.table(Table("Folders, two levels deep", columns, rows: rows))] + rest)
    }
}
