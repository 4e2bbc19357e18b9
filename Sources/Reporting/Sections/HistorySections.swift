import OrchestratorCore

/// What has changed since the run that this one was compared with, how the open findings have developed, and which of
/// them are past their deadline.
struct HistorySections {
    private let sections: ReportSections
    /// Rows of each table; all are in `report.json`.
    private static let listed = 500
    /// Fixed findings that are shown with their source as it was.
    private static let shown = 50

    init(_ sections: ReportSections) { self.sections = sections }

    func forEach(_ emit: (Block) throws -> Void) throws {
        guard let history = sections.header.history else {
            return try emit(.paragraph(["This run was not compared with an earlier one."]))
        }
        if let reference = history.reference {
            try emit(.paragraph(compared(history, with: reference)))
            try changes().forEach(emit)
            try gone().forEach(emit)
            try emit(.section(id: nil, role: "charts", [.chart(trend(history))]))
        } else {
            try emit(
                .paragraph(["This is the first run over this target: there is nothing to compare with."]))
        }
        try deadlines().forEach(emit)
        if let baseline = history.baseline { try emit(.paragraph([.text(Self.words(baseline))])) }
    }

    /// One sentence for the summary; nil without an earlier run.
    var verdict: String? {
        let summary = sections.header.summary
        let overdue = summary.overdue.values.reduce(0, +)
        let late = overdue == 0 ? nil : "\(overdue) open finding\(overdue == 1 ? " is" : "s are") past the deadline."
        guard let history = sections.header.history, let reference = history.reference else { return late }
        let parts = [
            "\(summary.states[.new] ?? 0) new", "\(summary.states[.reopened] ?? 0) reopened",
            "\(summary.states[.changed] ?? 0) changed", "\(history.fixed) fixed",
        ]
        return ["Since run \(reference.id): \(parts.joined(separator: ", ")).", late].compactMap { $0 }
            .joined(separator: " ")
    }

    private func compared(_ history: RunHistory, with reference: RunHistory.Reference) -> [Inline] {
        let summary = sections.header.summary
        var text: [Inline] = [
            .text("Compared with the run "), .code(reference.id), .text(" of \(reference.startedAt.date)"),
        ]
        if let commit = reference.commit { text += [.text(" at commit "), .code(String(commit.prefix(12)))] }
        let states = FindingState.allCases.map { "\(summary.states[$0] ?? 0) \($0.rawValue)" }.joined(separator: ", ")
        text.append(.text(". Of the open findings \(states). \(history.fixed) fixed."))
        if history.unknown > 0 {
            text.append(
                .text(
                    " \(history.unknown) more of that run were not looked for again: their files were not examined in "
                        + "full, or their rules did not run. They are not counted as fixed."))
        }
        return text
    }

    // MARK: What changed

    private func changes() throws -> [Block] {
        let states = sections.header.summary.states
        guard states.contains(where: { $0.key != .unchanged && $0.value > 0 }) else { return [] }
        var rows: [FindingState: [[[Inline]]]] = [:]
        try sections.source.forEachFinding { finding in
            guard finding.isOpen, let track = finding.track, track.state != .unchanged,
                rows[track.state, default: []].count < Self.listed
            else { return }
            rows[track.state, default: []].append(row(finding) + [[.text(track.firstSeen.date)]])
        }
        return [FindingState.new, .reopened, .changed].compactMap { state in
            guard let rows = rows[state], let count = states[state] else { return nil }
            return table(Self.title(state), rows, lastColumn: "First seen", of: count)
        }
    }

    private func gone() throws -> [Block] {
        var rows: [Bool: [[[Inline]]]] = [:]
        var before: [Block] = []
        try sections.source.forEachGone { gone in
            if gone.isFixed, before.count < Self.shown { before.append(Self.source(of: gone.finding)) }
            guard rows[gone.isFixed, default: []].count < Self.listed else { return }
            rows[gone.isFixed, default: []].append(row(gone.finding))
        }
        guard let history = sections.header.history else { return [] }
        return [
            rows[true].map { table("Fixed", $0, lastColumn: nil, of: history.fixed) },
            before.isEmpty
                ? nil : .details(summary: [.text("The source of what was fixed, before it was")], id: nil, before),
            rows[false].map {
                table("Not looked for again", $0, lastColumn: nil, of: history.unknown)
            },
        ].compactMap { $0 }
    }

    private static func source(of finding: Finding) -> Block {
        let location = finding.location
        return .details(
            summary: [.code("\(location.path.text):\(location.startLine)"), .text(" \(finding.rule)")], id: nil,
            [.source(SourceExcerpt(finding))])
    }

    private func row(_ finding: Finding) -> [[Inline]] {
        [
            [.code("\(finding.location.path.text):\(finding.location.startLine)")],
            [ReportSections.badge(finding.severity)], [.text(finding.rule)], [.text(Weakness.label(finding.weakness))],
        ]
    }

    private func table(_ title: String, _ rows: [[[Inline]]], lastColumn: String?, of count: Int) -> Block {
        let columns = [Table.Column("Place"), .init("Severity"), .init("Rule"), .init("Weakness")]
        let more: [Block] =
            count > rows.count ? [.paragraph([.text("\(count - rows.count) more are in report.json.")])] : []
        return .details(
            summary: [.text("\(title): \(count)")], id: nil,
            [
                .table(
                    Table(
                        "\(title), worst first", columns + (lastColumn.map { [.init($0)] } ?? []), rows: rows))
            ] + more)
    }

    private static func title(_ state: FindingState) -> String {
        switch state {
        case .new: "New"
        case .reopened: "Reopened"
        case .changed: "Changed"
        case .unchanged: "Unchanged"
        }
    }

    // MARK: Over time

    private func trend(_ history: RunHistory) -> Chart {
        Chart(
            title: "Open findings over the last runs",
            bars: history.trend.map { point in
                Chart.Bar(
                    label: point.startedAt.description,
                    segments: Severity.descending.map {
                        .init(label: $0.rawValue, value: point.count($0), kind: "severity-\($0.rawValue)")
                    })
            }, showsShares: false)
    }

    /// How old the open findings are, and which of them are late.
    private func deadlines() throws -> [Block] {
        let deadlines = sections.header.method.deadlines
        guard !deadlines.isEmpty else { return [] }
        let now = sections.header.run.startedAt
        var oldest: [Severity: Int64] = [:]
        var late: [[[Inline]]] = []
        try sections.source.forEachFinding { finding in
            guard finding.isOpen, let track = finding.track else { return }
            let days = max(0, now.seconds - track.firstSeen.seconds) / 86_400
            oldest[finding.severity] = max(oldest[finding.severity] ?? 0, days)
            guard track.isOverdue, let due = track.due, late.count < Self.listed else { return }
            late.append(row(finding) + [[.text(due.date)]])
        }
        let summary = sections.header.summary
        let rows = Severity.descending.compactMap { severity -> [[Inline]]? in
            guard let days = deadlines[severity] else { return nil }
            return [
                [ReportSections.badge(severity)], [.text("\(days)")], [.text(String(summary.open[severity] ?? 0))],
                [.text(oldest[severity].map { "\($0)" } ?? "-")], [.text(String(summary.overdue[severity] ?? 0))],
            ]
        }
        let columns = [
            Table.Column("Severity"), .init("Days to mend", isNumeric: true), .init("Open", isNumeric: true),
            .init("Oldest, in days", isNumeric: true), .init("Overdue", isNumeric: true),
        ]
        let count = summary.overdue.values.reduce(0, +)
        return [.table(Table("Deadlines", columns, rows: rows))]
            + (late.isEmpty ? [] : [table("Overdue", late, lastColumn: "Due", of: count)])
    }

    private static func words(_ baseline: RunHistory.Baseline) -> String {
        "A baseline of \(baseline.entries) findings was given: they are reported as open, but do not count for "
            + "--fail-on. \(baseline.gone) of its entries have no finding any more and can be removed from it."
    }
}

extension FindingTrack {
    /// What a reader of one finding wants to know of its past.
    var words: String {
        var parts = ["\(state.rawValue), first seen \(firstSeen.date)"]
        if let previousPath { parts.append("was in \(previousPath.text)") }
        if let due { parts.append(isOverdue ? "overdue since \(due.date)" : "due \(due.date)") }
        if isInBaseline { parts.append("in the baseline") }
        return parts.joined(separator: " · ")
    }
}
