import OrchestratorCore

/// The findings, worst first, grouped by rule: what is wrong and what to do once, then each place with its evidence.
struct FindingSections {
    private let sections: ReportSections
    /// The file that holds the controls, seen from where the findings stand.
    private let reportPage: String

    /// Places of one rule that begin unfolded.
    private static let unfolded = 3

    /// - Parameter isApart: true where findings stand on pages of their own.
    init(_ sections: ReportSections, isApart: Bool = false) {
        self.sections = sections
        reportPage = isApart ? sections.pages?.report ?? "" : ""
    }

    func forEach(_ emit: (Block) throws -> Void) throws {
        let summary = sections.header.summary
        guard summary.openCount > summary.inHistory else {
            try emit(.paragraph([.text(summary.inHistory > 0 ? "No open findings in the tree." : "No open findings.")]))
            return
        }
        if let pages = sections.pages {
            try filter.forEach(emit)
            try emit(index)
            if !pages.isWhole { return try emit(links(pages)) }
            try FindingGroups.whole.forEach(in: sections.source) { try emit(block($0)) }
        } else {
            try emit(index)
            try FindingGroups.single.forEach(in: sections.source) { try emit(block($0)) }
        }
    }

    private func links(_ pages: FindingPages) -> Block {
        let text =
            "The findings with their source stand on \(pages.count) pages of their own, in the order of this table: "
        let links = (1...pages.count).flatMap { page -> [Inline] in
            [.link([.text(String(page))], url: pages.file(page)), .text(page == pages.count ? "." : ", ")]
        }
        return .paragraph([.text(text)] + links)
    }

    /// What can be hidden: severities, findings that may not be real, and those known from an earlier run.
    var filter: [Block] {
        let open = sections.header.summary.open
        let states = sections.header.summary.states
        let severities = Severity.descending.filter { open[$0, default: 0] > 0 }.map { severity in
            Filter.Choice(
                role: "severity-\(severity.rawValue)",
                label: [ReportSections.badge(severity), .text(" \(open[severity] ?? 0)")])
        }
        let confidences: [Filter.Choice] = [
            .init(role: "confirmed", label: [.text("fails controls (\(ReportSections.confirmation) % or more)")]),
            .init(role: "doubtful", label: [.text("asks for a review (less)")]),
        ]
        let known = FindingState.allCases.filter { states[$0, default: 0] > 0 }.map { state in
            Filter.Choice(role: "state-\(state.rawValue)", label: [.text("\(state.rawValue) (\(states[state] ?? 0))")])
        }
        return [
            .filter(Filter(title: "Show findings of severity", choices: severities)),
            .filter(Filter(title: "Show findings whose confidence", choices: confidences)),
        ] + (hasHistory ? [.filter(Filter(title: "Show findings that, since the last run, are", choices: known))] : [])
    }

    private var hasHistory: Bool { sections.header.history?.reference != nil }

    private var index: Block {
        let summary = sections.header.summary
        let rules = sections.header.rules.filter { summary.count(ofRule: $0.id) > 0 }.sorted {
            let (one, two) = (summary.isExposed($0.id) ? 1 : 0, summary.isExposed($1.id) ? 1 : 0)
            return ($1.severity, two, summary.count(ofRule: $1.id), $0.id)
                < ($0.severity, one, summary.count(ofRule: $0.id), $1.id)
        }
        let marks = rules.enumerated().map { ($0, Table.Mark(id: nil, role: Self.role($1.severity, $1.confidence))) }
        return .table(
            Table(
                "Open findings by rule",
                [
                    .init("Rule"), .init("Severity"), .init("Weakness"), .init("Kind of check"),
                    .init("Confidence", isNumeric: true), .init("Open", isNumeric: true),
                ],
                rows: rules.map { rule in
                    let page = sections.pages?.file(ofRule: rule.id) ?? ""
                    return [
                        [.reference([.text(rule.title)], id: Self.id(ofRule: rule.id), page: page)],
                        [ReportSections.badge(rule.severity)], [.text(Weakness.label(rule.weakness))],
                        [.text(sections.checkType(ofWeakness: rule.weakness).title)], [.text("\(rule.confidence) %")],
                        [.text(String(summary.count(ofRule: rule.id)))],
                    ]
                }, marks: Dictionary(uniqueKeysWithValues: marks)))
    }

    static func id(ofRule id: String) -> String { "rule-\(id)" }

    /// The classes that filters hide.
    private static func role(_ severity: Severity, _ confidence: Int) -> String {
        "of-severity-\(severity.rawValue) of-\(confidence >= ReportSections.confirmation ? "confirmed" : "doubtful")"
    }

    func block(_ group: FindingGroups.Group) -> Block {
        var content = description(of: group)
        content += group.shown.enumerated().map { block($1, isOpen: group.isFirst && $0 < Self.unfolded) }
        if !group.listed.isEmpty || group.uncounted > 0 { content.append(list(group)) }
        let continued = group.isFirst ? "" : "-\(group.severity.rawValue)-\(group.page)"
        return .section(
            id: Self.id(ofRule: group.rule) + continued, role: "rule of-severity-\(group.severity.rawValue)", content)
    }

    private func list(_ group: FindingGroups.Group) -> Block {
        let count = group.listed.count + group.uncounted
        let more: [Block] =
            group.uncounted > 0
            ? [.paragraph([.text("\(group.uncounted) more are in findings.sarif and report.json.")])] : []
        return .details(
            summary: [.text("\(count) further places, without source")], id: nil,
            [.bullets(group.listed.map { [.code("\($0.path.text):\($0.startLine)")] })] + more)
    }

    private func rule(_ id: String) -> RuleDescription? { sections.header.rules.first { $0.id == id } }

    private func description(of group: FindingGroups.Group) -> [Block] {
        guard let rule = rule(group.rule) else { return [.heading(3, [.text(group.rule)], id: nil)] }
        let count = sections.header.summary.count(ofRule: rule.id)
        let title: [Inline] = [ReportSections.badge(group.severity), .text(" \(rule.title)")]
        guard group.isFirst else { return [.heading(3, title + [.text(" (continued)")], id: nil)] }
        var weakness: [Inline] = [
            rule.weakness > 0
                ? .link([.text(Weakness.label(rule.weakness))], url: Weakness.url(rule.weakness))
                : .text("No weakness is named, so it bears on no control"),
            .text(" \(sections.weaknessName(rule.weakness)) · "),
            .text("\(sections.checkType(ofWeakness: rule.weakness).title) · confidence \(rule.confidence) % · "),
            .text("\(count) open · rule "), .code(rule.id),
        ]
        if let tool = rule.tool { weakness.append(.text(" of \(tool), imported")) }
        var blocks: [Block] = [
            .heading(3, title, id: nil), .paragraph(weakness), .paragraph([.text(rule.message)]),
            .paragraph([.strong(["Remediation."]), .text(" \(rule.remediation)")] + references(rule)),
        ]
        let controls = controls(for: rule.weakness)
        if !controls.isEmpty { blocks.append(.paragraph([.strong(["Bears on."]), " "] + controls)) }
        return blocks
    }

    private func references(_ rule: RuleDescription) -> [Inline] {
        rule.references.enumerated().flatMap { index, url in
            [.text(index == 0 ? " See " : ", "), .link([.text(Self.host(url))], url: url)]
        }
    }

    private static func host(_ url: String) -> String {
        url.split(separator: "/").dropFirst().first.map(String.init) ?? url
    }

    /// The controls a weakness bears on with more than weak strength, framework by framework.
    private func controls(for weakness: Int) -> [Inline] {
        sections.header.method.ruleSets.flatMap { ruleSet -> [Inline] in
            let ids = ruleSet.controls.filter { control in
                control.mappings.contains { $0.weakness == weakness && $0.strength > .weak }
            }.map(\.id)
            guard !ids.isEmpty else { return [] }
            return [.text("\(ruleSet.shortTitle): ")]
                + ids.enumerated().flatMap { index, id -> [Inline] in
                    let anchor = ControlMapSections.anchor(ruleSet.id, id)
                    return [
                        .reference([.text(id)], id: anchor, page: reportPage),
                        .text(index == ids.count - 1 ? ". " : ", "),
                    ]
                }
        }
    }

    private func block(_ finding: Finding, isOpen: Bool) -> Block {
        let location = finding.location
        var title: [Inline] = [.code("\(location.path.text):\(location.startLine)")]
        if !finding.symbol.isEmpty { title += [" in ", .code(finding.symbol)] }
        var content: [Block] = []
        if hasHistory || finding.track?.due != nil, let track = finding.track {
            content.append(.paragraph([.text(track.words)]))
        }
        // What a rule says stands above its places once; what only this place says stands here.
        let rule = rule(finding.rule)
        if let rule, rule.severity != finding.severity { title += [" ", ReportSections.badge(finding.severity)] }
        if rule?.message != finding.message { content.append(.paragraph([.text(finding.message)])) }
        if let rank = finding.rank { content.append(.paragraph([.text(rank.reason)])) }
        if let tools = ImportSections.tools(of: finding, rule) { content.append(.paragraph([.text(tools)])) }
        content.append(.source(SourceExcerpt(finding)))
        if !finding.flow.isEmpty { content += flow(finding) }
        let state = finding.track.map { " of-state-\($0.state.rawValue)" } ?? ""
        let role = "finding " + Self.role(finding.severity, finding.confidence) + state
        return .details(summary: title, id: "finding-\(finding.id)", content, role: role, isOpen: isOpen)
    }

    /// How the value gets there, step by step; steps in other files name them.
    private func flow(_ finding: Finding) -> [Block] {
        let steps = finding.flow.map { step -> [Inline] in
            let place =
                step.location.path == finding.location.path
                ? "line \(step.location.startLine)" : "\(step.location.path.text):\(step.location.startLine)"
            return [.code(place), .text(" \(step.note)")]
        }
        return [.paragraph([.strong([.text("How the value gets there, in \(steps.count) steps:")])]), .steps(steps)]
    }
}

extension SourceExcerpt {
    /// The evidence of a finding. A match that ends at the beginning of a line does not reach into it.
    init(_ finding: Finding) {
        let (location, evidence) = (finding.location, finding.evidence)
        let last = location.endColumn == 1 ? location.endLine - 1 : location.endLine
        self.init(
            firstLine: evidence.firstLine, lines: evidence.lines,
            marked: location.startLine...max(location.startLine, last))
    }
}
