import OrchestratorCore

/// What was examined and what was found, folder by folder.
struct FolderSections {
    private let sections: ReportSections
    /// Folders drawn, rows listed, and levels told apart.
    private static let drawn = 12
    private static let listed = 200
    private static let depth = 4
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
        try emit(.chart(chart(Self.opened(folders))))
        try emit(table(folders))
    }

    /// The folders in which a path lies, outermost first, each with a slash at its end.
    private static func names(_ path: RepositoryPath) -> [String] {
        guard let folder = path.parent else { return ["./"] }
        var name = ""
        return folder.components.prefix(depth).map { part in
            name += RepositoryPath(bytes: Array(part)).text + "/"
            return name
        }
    }

    /// The folders at the top, the largest of them opened as long as all can be drawn: `src/` alone says little.
    private static func opened(_ folders: [String: Tally]) -> [(key: String, value: Tally)] {
        func level(_ name: String) -> Int { name.count { $0 == "/" } }
        var shown = folders.filter { level($0.key) == 1 }
        while true {
            let next = largest(shown).lazy.compactMap { name, tally -> (name: String, parts: [String: Tally])? in
                var parts = folders.filter { $0.key.hasPrefix(name) && level($0.key) == level(name) + 1 }
                guard !parts.isEmpty else { return nil }
                parts[name + "*"] = rest(of: tally, without: parts.values)
                return shown.count - 1 + parts.count <= drawn ? (name, parts) : nil
            }.first
            guard let next else { return largest(shown) }
            shown[next.name] = nil
            shown.merge(next.parts) { first, _ in first }
        }
    }

    /// The files that lie in a folder itself; nil where there are none.
    private static func rest(of tally: Tally, without parts: some Sequence<Tally>) -> Tally? {
        var rest = tally
        for part in parts {
            for (state, count) in part.states { rest.states[state, default: 0] -= count }
        }
        return rest.files > 0 ? rest : nil
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
            [.table(Table("Folders, \(Self.depth) levels deep", columns, rows: rows))] + rest)
    }
}
