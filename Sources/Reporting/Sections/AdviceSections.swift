import OrchestratorCore

/// What rules for input validation and best practice advise: folded, one part for each kind, rule by rule.
struct AdviceSections {
    private let sections: ReportSections
    /// Places listed of one rule; all are in `report.json`.
    private static let listed = 200

    init(_ sections: ReportSections) { self.sections = sections }

    private struct Places {
        var open = 0
        var suppressed = 0
        var listed: [Location] = []
    }

    func forEach(_ emit: (Block) throws -> Void) throws {
        var places: [String: Places] = [:]
        try sections.source.forEachAdvice { finding in
            guard finding.isOpen else { return places[finding.rule, default: Places()].suppressed += 1 }
            places[finding.rule, default: Places()].open += 1
            if places[finding.rule, default: Places()].listed.count < Self.listed {
                places[finding.rule, default: Places()].listed.append(finding.location)
            }
        }
        guard !places.isEmpty else { return try emit(.paragraph(["No advice."])) }
        for category in RuleCategory.allCases where category.isAdvice {
            let rules = sections.header.rules.filter { $0.category == category && places[$0.id] != nil }.sorted {
                ($1.severity, $0.id) < ($0.severity, $1.id)
            }
            guard !rules.isEmpty else { continue }
            let open = rules.reduce(0) { $0 + (places[$1.id]?.open ?? 0) }
            try emit(
                .details(
                    summary: [.text("\(category.title): \(open) in \(rules.count) rules")], id: nil,
                    rules.flatMap { blocks($0, places[$0.id] ?? Places()) }))
        }
    }

    private func blocks(_ rule: RuleDescription, _ places: Places) -> [Block] {
        var facts: [Inline] = [
            .link([.text(Weakness.label(rule.weakness))], url: Weakness.url(rule.weakness)),
            .text(" · \(places.open) open"),
        ]
        if places.suppressed > 0 { facts.append(.text(", \(places.suppressed) suppressed")) }
        facts += [.text(" · rule "), .code(rule.id)]
        let more = places.open - places.listed.count
        let rest: [Block] = more > 0 ? [.paragraph([.text("\(more) more are in report.json.")])] : []
        return [
            .heading(3, [.text(rule.title)], id: nil), .paragraph(facts), .paragraph([.text(rule.message)]),
            .paragraph([.strong(["Remediation."]), .text(" \(rule.remediation)")]),
            .bullets(places.listed.map { [.code("\($0.path.text):\($0.startLine)")] }),
        ] + rest
    }
}
