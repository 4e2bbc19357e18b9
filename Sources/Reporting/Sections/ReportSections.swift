import OrchestratorCore

/// What the placeholders of the report's template stand for.
struct ReportSections {
    let source: any ReportSource
    let header: ReportHeader
    /// Where each finding stands in HTML; nil in a format that holds all in one file.
    let pages: FindingPages?

    init(source: any ReportSource, pages: FindingPages? = nil) {
        self.source = source
        header = source.header
        self.pages = pages
    }

    /// Every name that `words` knows.
    static let wordNames = [
        "target", "date", "tool", "run", "framework", "open_findings", "suppressed_findings", "files", "confirmation",
    ]

    /// What an inline placeholder stands for; nil for an unknown name.
    func words(_ name: String) -> String? {
        switch name {
        case "target": header.target.name
        case "date": header.run.finishedAt.description
        case "run": header.run.id
        case "framework": header.method.ruleSets.map(\.title).joined(separator: ", ")
        case "tool": "\(header.tool.name) \(header.tool.version)"
        case "open_findings": String(header.summary.openCount)
        case "suppressed_findings": String(header.summary.suppressed)
        case "files": String(header.summary.fileCount)
        case "confirmation": "\(Self.confirmation) %"
        default: nil
        }
    }

    /// Writes what a block placeholder stands for; false for an unknown name.
    func blocks(_ name: String, _ emit: (Block) throws -> Void) throws -> Bool {
        switch name {
        case "identity": try emit(identity)
        case "verdict": try verdict.forEach(emit)
        case "notices": try notices.forEach(emit)
        case "charts": try charts.forEach(emit)
        case "checks": try emit(checks)
        case "control_map": try ControlMapSections(self).forEach(emit)
        case "controls": try ControlSections(self).forEach(emit)
        case "personal_data": try ObservationSections(self).personalData.forEach(emit)
        case "hints": try ObservationSections(self).hints.forEach(emit)
        case "findings": try FindingSections(self).forEach(emit)
        case "suppressions": try SuppressionSections(self).forEach(emit)
        case "coverage": try CoverageSections(self).forEach(emit)
        case "past_secrets": try PastSections(self).forEach(emit)
        case "history": try HistorySections(self).forEach(emit)
        case "method": try ReviewSections(self).method.forEach(emit)
        case "model_review": try ReviewSections(self).review.forEach(emit)
        case "imports": try ImportSections(self).blocks.forEach(emit)
        case "rule_sets": try emit(ruleSets)
        case "reproducibility": try emit(reproducibility)
        case "attestation": try emit(attestation)
        case "severities": try emit(SummarySections(self).severities)
        case "frameworks": try emit(SummarySections(self).frameworks)
        case "priorities": try SummarySections(self).priorities.forEach(emit)
        case "tasks": try RemediationSections(self).forEach(emit)
        default: return false
        }
        return true
    }

    /// The confidence from which a finding fails a control, in percent.
    static let confirmation = 40

    // MARK: Identity

    private var identity: Block {
        let revision = header.target.revision
        var rows: [[[Inline]]] = [
            [["Target"], [.text(header.target.name)]],
            [["Commit"], [revision?.commit.map(Inline.code) ?? "none: not a git work tree, or no commit yet"]],
        ]
        if let branch = revision?.branch { rows.append([["Branch"], [.code(branch)]]) }
        if let remote = revision?.remote { rows.append([["Remote"], [.code(remote)]]) }
        rows += [
            [["Scope"], [.text(scope)]],
            [
                ["Report"],
                [
                    .text(
                        "\(header.run.id), run \(header.run.number) of this target, final; signed where it lies in a signed evidence bundle"
                    )
                ],
            ],
            [["Finished"], [.text(header.run.finishedAt.description)]],
            [
                ["Assessor"],
                [
                    .text(
                        "\(header.tool.name) \(header.tool.version), embedded analyzer, \(header.review.map { "model \($0.model)" } ?? "no model")"
                    )
                ],
            ],
        ]
        return .table(Table("Identity", [.init("Item"), .init("Value")], rows: rows))
    }

    private var scope: String {
        let summary = header.summary
        let base = "\(summary.fileCount) paths, \(summary.files(.analysed)) examined"
        return header.method.since.map { "\(base); only what changed since \($0)" } ?? base
    }

    // MARK: Summary

    private var verdict: [Block] {
        let summary = header.summary
        let worst = Severity.descending.compactMap { severity in
            summary.open[severity].map { "\($0) \(severity.rawValue)" }
        }
        guard summary.files(.analysed) > 0 || summary.openCount > 0 else {
            return [.paragraph([.strong(["Nothing was examined, so this report shows nothing about the target."])])]
        }
        let findings =
            summary.openCount == 0
            ? "No open finding."
            : "\(summary.openCount) open finding\(summary.openCount == 1 ? "" : "s"): \(worst.joined(separator: ", "))."
        let suppressed =
            summary.suppressed == 0
            ? ""
            : " \(summary.suppressed) more \(summary.suppressed == 1 ? "is" : "are") suppressed; the report lists them."
        let gaps = summary.files(.notAssessed)
        let coverage =
            gaps == 0
            ? "Every file in scope was examined, or left out for a reason that the report gives."
            : "\(gaps) file\(gaps == 1 ? "" : "s") should have been examined and could not be: the report's coverage names them."
        return [.paragraph([.strong([.text(findings)]), .text(suppressed)]), .paragraph([.text(coverage)])]
            + [PastSections(self).verdict, HistorySections(self).verdict].compactMap { $0 }
            .map { .paragraph([.text($0)]) }
    }

    private var notices: [Block] {
        header.method.notices.isEmpty
            ? [] : [.section(id: nil, role: "notices", [.bullets(header.method.notices.map { [.text($0)] })])]
    }

    private var charts: [Block] {
        let summary = header.summary
        let findings = Chart(
            title: "Open findings by kind of check",
            bars: CheckType.allCases.map { check in
                Chart.Bar(
                    label: check.title,
                    segments: Severity.descending.map {
                        .init(
                            label: $0.rawValue, value: summary.checks[check]?[$0] ?? 0, kind: "severity-\($0.rawValue)")
                    })
            }, showsShares: false)
        let controls = Chart(
            title: "Controls by status",
            bars: header.method.ruleSets.map { ruleSet in
                Chart.Bar(
                    label: ruleSet.shortTitle,
                    segments: ControlStatus.allCases.map {
                        .init(
                            label: $0.rawValue, value: summary.controls[ruleSet.id]?[$0] ?? 0, kind: Self.kind(of: $0))
                    })
            }, showsShares: true)
        let coverage = Chart(
            title: "Files by coverage",
            bars: [
                Chart.Bar(
                    label: "Files",
                    segments: CoverageState.allCases.map {
                        .init(label: $0.rawValue, value: summary.files($0), kind: Self.kind(of: $0))
                    })
            ], showsShares: true)
        return [.section(id: nil, role: "charts", [.chart(findings), .chart(controls), .chart(coverage)])]
    }

    private var checks: Block {
        let summary = header.summary
        let columns =
            [Table.Column("Kind of check")] + Severity.descending.map { .init($0.rawValue, isNumeric: true) }
            + ControlStatus.allCases.map { .init("controls \($0.rawValue)", isNumeric: true) }
        let rows = CheckType.allCases.map { check -> [[Inline]] in
            let severities = Severity.descending.map { summary.checks[check]?[$0] ?? 0 }
            let statuses = ControlStatus.allCases.map { summary.controlChecks[check]?[$0] ?? 0 }
            return [[.text(check.title)]] + (severities + statuses).map { [.text(String($0))] }
        }
        return .table(Table("Open findings and controls by kind of check", columns, rows: rows))
    }

    // MARK: Method

    private var ruleSets: Block {
        .table(
            Table(
                "Frameworks",
                [
                    .init("Framework"), .init("Version"), .init("Publisher"), .init("Controls", isNumeric: true),
                    .init("Digest"),
                ],
                rows: header.method.ruleSets.map { ruleSet in
                    [
                        [.link([.text(ruleSet.title)], url: ruleSet.url)], [.text(ruleSet.version)],
                        [.text("\(ruleSet.publisher); \(ruleSet.licence)")], [.text(String(ruleSet.controls.count))],
                        [.code(String(ruleSet.digest.description.prefix(21)))],
                    ]
                }))
    }

    private var reproducibility: Block {
        let method = header.method
        let command = (["secorch", "scan"] + method.options).joined(separator: " ")
        return .table(
            Table(
                "What went in", [.init("Input"), .init("Value")],
                rows: [
                    [["Command"], [.code(command)]],
                    [["Program"], [.text("\(header.tool.name) \(header.tool.version)")]],
                    [["Files"], [.code(header.target.digest.description)]],
                    [
                        ["Detection rules"],
                        [.code(method.detectionRules.description), .text(" (\(method.detectionRuleCount) rules)")],
                    ],
                    [["Templates"], [.code(method.templates.description)]],
                    [["Personal data"], [.text("declared: \(method.personalData)")]],
                    [["Suppressions"], [.text(method.honoursSuppressions ? "honoured" : "switched off")]],
                    [["Exceptions"], method.exceptions.map { [.code($0.description)] } ?? ["none"]],
                    [["Compared with"], header.history?.reference.map { [.code($0.id)] } ?? ["no earlier run"]],
                    [["Baseline"], header.history?.baseline.map { [.code($0.digest.description)] } ?? ["none"]],
                    [
                        ["Model"],
                        [
                            .text(
                                header.review.map {
                                    "\($0.model), temperature 0, seed 1; answers are kept and not asked for again"
                                }
                                    ?? "none; nothing random, no seed")
                        ],
                    ],
                ] + method.ruleSets.map { [[.text($0.id)], [.code($0.digest.description)]] }
                    + (header.imports?.imports ?? []).map { entry in
                        [[.text("Imported: \(entry.name)")], [.code(entry.digest.description)]]
                    }))
    }

    private var attestation: Block {
        .table(
            Table(
                "To be filled in by people", [.init("Role"), .init("Name"), .init("Date"), .init("Signature")],
                rows: ["Assessor", "Reviewer", "Owner of the target"].map { [[.text($0)], [""], [""], [""]] }))
    }
}

// MARK: - Shared by the sections

extension ReportSections {
    static func kind(of status: ControlStatus) -> String {
        "status-" + status.rawValue.replacing(" ", with: "-")
    }

    static func kind(of state: CoverageState) -> String {
        "coverage-" + state.rawValue.replacing(" ", with: "-")
    }

    static func badge(_ severity: Severity) -> Inline {
        .badge(severity.rawValue, kind: "severity-\(severity.rawValue)")
    }

    static func badge(_ status: ControlStatus) -> Inline { .badge(status.rawValue, kind: kind(of: status)) }

    func weaknessName(_ id: Int) -> String { header.weaknesses.first { $0.id == id }?.name ?? "" }

    func checkType(ofWeakness id: Int) -> CheckType {
        header.weaknesses.first { $0.id == id }?.checkType ?? .codeCompliance
    }
}
