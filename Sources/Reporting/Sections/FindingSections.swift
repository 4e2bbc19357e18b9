import OrchestratorCore

/// The findings, worst first, grouped by rule: what is wrong and what to do once, then each place with its evidence.
struct FindingSections {
    private let sections: ReportSections

    /// Places of one rule shown with their source before the rest is folded, and shown with source at all; beyond
    /// that, places are listed, and beyond the last bound only counted: `findings.sarif` holds every one.
    private static let unfolded = 10
    private static let withSource = 100
    private static let listed = 1000

    init(_ sections: ReportSections) { self.sections = sections }

    func forEach(_ emit: (Block) throws -> Void) throws {
        guard sections.header.summary.openCount > 0 else {
            try emit(.paragraph(["No open findings."]))
            return
        }
        try emit(index)
        var group: Group?
        try sections.source.forEachFinding { finding in
            guard finding.isOpen else { return }
            if group?.rule != finding.rule {
                if let group { try emit(block(group)) }
                group = Group(rule: finding.rule)
            }
            group?.add(finding)
        }
        if let group { try emit(block(group)) }
    }

    /// The findings of one rule, as many as are shown.
    private struct Group {
        let rule: String
        private(set) var shown: [Finding] = []
        private(set) var listed: [Location] = []
        private(set) var count = 0

        init(rule: String) { self.rule = rule }

        mutating func add(_ finding: Finding) {
            count += 1
            if shown.count < FindingSections.withSource {
                shown.append(finding)
            } else if listed.count < FindingSections.listed {
                listed.append(finding.location)
            }
        }
    }

    private var index: Block {
        let summary = sections.header.summary
        let rules = sections.header.rules.filter { summary.rules[$0.id] != nil }.sorted {
            ($1.severity, summary.rules[$1.id] ?? 0, $0.id) < ($0.severity, summary.rules[$0.id] ?? 0, $1.id)
        }
        return .table(
            Table(
                "Open findings by rule",
                [
                    .init("Rule"), .init("Severity"), .init("Weakness"), .init("Kind of check"),
                    .init("Confidence", isNumeric: true), .init("Open", isNumeric: true),
                ],
                rows: rules.map { rule in
                    [
                        [.reference([.text(rule.title)], id: Self.id(ofRule: rule.id))],
                        [ReportSections.badge(rule.severity)], [.text("CWE-\(rule.weakness)")],
                        [.text(sections.checkType(ofWeakness: rule.weakness).title)], [.text("\(rule.confidence) %")],
                        [.text(String(summary.rules[rule.id] ?? 0))],
                    ]
                }))
    }

    static func id(ofRule id: String) -> String { "rule-\(id)" }

    private func block(_ group: Group) -> Block {
        let places = group.shown.map(block)
        var content = description(of: group) + places.prefix(Self.unfolded)
        let folded = Array(places.dropFirst(Self.unfolded))
        if !folded.isEmpty {
            content.append(.details(summary: [.text("\(folded.count) more places")], id: nil, folded))
        }
        if !group.listed.isEmpty { content.append(list(group)) }
        return .section(id: Self.id(ofRule: group.rule), role: "rule", content)
    }

    private func list(_ group: Group) -> Block {
        let rest = group.count - group.shown.count - group.listed.count
        let more: [Block] = rest > 0 ? [.paragraph([.text("\(rest) more are in findings.sarif and report.json.")])] : []
        return .details(
            summary: [.text("\(group.count - group.shown.count) further places, without source")], id: nil,
            [.bullets(group.listed.map { [.code("\($0.path.text):\($0.startLine)")] })] + more)
    }

    private func description(of group: Group) -> [Block] {
        guard let rule = sections.header.rules.first(where: { $0.id == group.rule }) else {
            return [.heading(3, [.text(group.rule)], id: nil)]
        }
        let weakness: [Inline] = [
            .link([.text("CWE-\(rule.weakness)")], url: Weakness.url(rule.weakness)),
            .text(" \(sections.weaknessName(rule.weakness)) · "),
            .text("\(sections.checkType(ofWeakness: rule.weakness).title) · confidence \(rule.confidence) % · "),
            .text("\(group.count) open · rule "), .code(rule.id),
        ]
        var blocks: [Block] = [
            .heading(3, [ReportSections.badge(rule.severity), .text(" \(rule.title)")], id: nil),
            .paragraph(weakness), .paragraph([.text(rule.message)]),
            .paragraph([.strong(["Remediation. "]), .text(rule.remediation)] + references(rule)),
        ]
        let controls = controls(for: rule.weakness)
        if !controls.isEmpty { blocks.append(.paragraph([.strong(["Bears on. "]), .text(controls)])) }
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
    func controls(for weakness: Int) -> String {
        sections.header.method.ruleSets.compactMap { ruleSet in
            let ids = ruleSet.controls.filter { control in
                control.mappings.contains { $0.weakness == weakness && $0.strength > .weak }
            }.map(\.id)
            return ids.isEmpty ? nil : "\(ruleSet.shortTitle): \(ids.joined(separator: ", "))"
        }.joined(separator: " · ")
    }

    private func block(_ finding: Finding) -> Block {
        let location = finding.location
        var title: [Inline] = [.code("\(location.path.text):\(location.startLine)")]
        if !finding.symbol.isEmpty { title += [" in ", .code(finding.symbol)] }
        var content: [Block] = [.paragraph(title)]
        // What a rule says stands above its places once; what only this place says stands here.
        let rule = sections.header.rules.first { $0.id == finding.rule }
        if rule?.message != finding.message { content.append(.paragraph([.text(finding.message)])) }
        content.append(
            .source(
                SourceExcerpt(
                    firstLine: finding.evidence.firstLine, lines: finding.evidence.lines,
                    marked: location.startLine...max(location.startLine, lastLine(finding)))))
        if !finding.flow.isEmpty { content.append(flow(finding)) }
        return .section(id: "finding-\(finding.id)", role: "finding", content)
    }

    /// How the value gets there, step by step; steps in other files name them.
    private func flow(_ finding: Finding) -> Block {
        let steps = finding.flow.map { step -> [Inline] in
            let place =
                step.location.path == finding.location.path
                ? "line \(step.location.startLine)" : "\(step.location.path.text):\(step.location.startLine)"
            return [.code(place), .text(" \(step.note)")]
        }
        return .details(summary: [.text("How the value gets there: \(steps.count) steps")], id: nil, [.bullets(steps)])
    }

    /// A match that ends at the beginning of a line does not reach into it.
    private func lastLine(_ finding: Finding) -> Int {
        finding.location.endColumn == 1 ? finding.location.endLine - 1 : finding.location.endLine
    }
}
