import OrchestratorCore

extension SARIFWriter {
    /// How a result stands to `baselineGuid`; nil where the run was compared with none.
    func baselineState(_ finding: Finding) -> String? {
        guard source.header.history?.reference != nil, let track = finding.track else { return nil }
        return switch track.state {
        // In the words of the standard it was absent from the run compared with; the properties tell.
        case .new, .reopened: "new"
        case .unchanged: "unchanged"
        case .changed: "updated"
        }
    }

    func properties(_ finding: Finding) -> JSONValue {
        var fields: [(String, JSONValue)] = [
            ("severity", .string(finding.severity.rawValue)), ("confidence", .number(finding.confidence)),
        ]
        if let adjustment = finding.adjustment { fields.append(("severityAdjustment", adjustment.json)) }
        if let track = finding.track { fields.append(("track", track.json)) }
        if let rank = finding.rank { fields.append(("exposure", rank.json)) }
        if let past = finding.past { fields.append(("history", past.json)) }
        if !finding.tools.isEmpty {
            fields.append(
                ("reportedBy", .array(finding.tools.map { ["tool": .string($0.tool), "rule": .string($0.rule)] })))
        }
        return .object(fields)
    }

    /// Services that read suppressions show the finding as closed; those that do not must be told by whoever uploads.
    func suppression(_ suppression: Suppression, _ path: RepositoryPath) -> JSONValue {
        guard suppression.kind == .inSource else {
            return [
                "kind": "external", "status": "accepted",
                "justification": .string("\(suppression.kind.title): \(suppression.reason)"),
                "properties": suppression.json,
            ]
        }
        return [
            "kind": "inSource", "status": "accepted", "justification": .string(suppression.reason),
            "location": [
                "physicalLocation": [
                    "artifactLocation": location(path), "region": ["startLine": .number(suppression.line)],
                ]
            ],
        ]
    }

    /// No results of state "absent": services that do not know it would show what is fixed as open.
    func fixed() throws -> [JSONValue] {
        var fixed: [JSONValue] = []
        try source.forEachGone { if $0.isFixed { fixed.append($0.json) } }
        return fixed
    }
}
