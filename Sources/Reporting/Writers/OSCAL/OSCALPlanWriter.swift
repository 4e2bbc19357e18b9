import OrchestratorCore

/// Writes an OSCAL plan of action and milestones: an item per rule with open findings, its risk and its observations.
struct OSCALPlanWriter {
    private let parts: OSCALParts
    private let source: any ReportSource

    /// Throws what reading the findings does.
    init(_ source: any ReportSource) throws {
        self.source = source
        parts = try OSCALParts(source)
    }

    func write(to sink: FileSink) throws {
        let hasOpen = source.header.summary.openCount > 0
        let stream = try JSONStream(sink)
        try stream.openObject("plan-of-action-and-milestones")
        try stream.value("uuid", .string(parts.runID("plan-of-action-and-milestones")))
        try stream.value("metadata", parts.metadata("Plan of action and milestones"))
        try stream.value("system-id", ["id": OSCALNames.line(source.header.target.name)])
        try stream.value("local-definitions", ["components": [parts.target, parts.tool]])
        if hasOpen {
            try stream.openArray("observations")
            try source.forEachFinding { if $0.isOpen { try stream.element(parts.observation($0)) } }
            try stream.close()
            try stream.openArray("risks")
            try parts.writeGroups(stream, isOpen: true, parts.risk)
            try stream.close()
        }
        try stream.openArray("poam-items")
        if hasOpen { try parts.writeGroups(stream, isOpen: true, item) } else { try stream.element(nothing) }
        for _ in 0..<2 { try stream.close() }
        try stream.finish()
    }

    private func item(_ tally: RuleTally, _ finding: Finding) -> [(String, JSONValue)] {
        let rule = source.header.rules.first { $0.id == finding.rule }
        return [
            ("uuid", .string(parts.id("item", tally.name))),
            ("title", OSCALNames.line(rule?.title ?? finding.rule)),
            ("description", OSCALNames.line(rule?.remediation ?? finding.message)),
            (
                "props",
                .array([
                    OSCALNames.property("rule", finding.rule),
                    OSCALNames.property("severity", finding.severity.rawValue),
                    OSCALNames.property("places", "\(tally.open)"),
                ])
            ),
            ("related-risks", [["risk-uuid": .string(parts.riskID(tally, isOpen: true))]]),
        ]
    }

    /// The format wants at least one item.
    private var nothing: JSONValue {
        [
            "uuid": .string(parts.id("item")), "title": "Nothing to do",
            "description": "The scan left no open finding. What it did not examine is in the assessment results.",
        ]
    }
}
