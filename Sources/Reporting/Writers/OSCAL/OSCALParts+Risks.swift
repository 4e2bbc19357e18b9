import OrchestratorCore

/// A rule's findings as a risk, and what would mend it.
extension OSCALParts {
    /// Writes an object per rule that has findings of one kind, with the ids of their observations in an array that is
    /// never held.
    /// - Parameter fields: the object's other keys, from the first of its findings.
    func writeGroups(
        _ stream: JSONStream, isOpen: Bool, _ fields: (RuleTally, Finding) -> [(String, JSONValue)]
    ) throws {
        var rest = tallies.filter { (isOpen ? $0.open : $0.suppressed) > 0 }[...]
        var key: RuleTally.Key?
        try source.forEachFinding { finding in
            guard finding.isOpen == isOpen else { return }
            if key != RuleTally.Key(finding), let tally = rest.popFirst() {
                if key != nil { for _ in 0..<2 { try stream.close() } }
                key = tally.key
                try stream.openObject()
                for (name, value) in fields(tally, finding) { try stream.value(name, value) }
                try stream.openArray("related-observations")
            }
            try stream.element(["observation-uuid": .string(observationID(finding))])
        }
        if key != nil { for _ in 0..<2 { try stream.close() } }
    }

    func risk(_ tally: RuleTally, _ finding: Finding) -> [(String, JSONValue)] {
        let rule = rules[finding.rule]
        let title = rule?.title ?? finding.rule
        let message = rule?.message ?? finding.message
        var fields: [(String, JSONValue)] = [
            ("uuid", .string(riskID(tally, isOpen: finding.isOpen))), ("title", OSCALNames.line(title)),
            ("description", OSCALNames.line(description(tally, isOpen: finding.isOpen))),
            ("statement", OSCALNames.line(message)), ("props", [OSCALNames.property("rule", finding.rule)]),
            ("status", .string(status(tally, finding))), ("origins", origins),
            (
                "characterizations",
                [
                    [
                        "origin": ["actors": [["type": "tool", "actor-uuid": .string(toolID)]]],
                        "facets": .array([
                            facet("severity", finding.severity.rawValue), facet("confidence", "\(tally.confidence)"),
                        ]),
                    ]
                ]
            ),
        ]
        if finding.isOpen, let due = tally.due { fields.append(("deadline", time(due))) }
        if finding.weakness > 0 {
            let threat: JSONValue = [
                "system": "https://cwe.mitre.org", "id": .string(Weakness.url(finding.weakness)),
            ]
            fields.append(("threat-ids", [threat]))
        }
        if let rule { fields.append(("remediations", [remediation(rule, tally, isOpen: finding.isOpen)])) }
        return fields
    }

    private func description(_ tally: RuleTally, isOpen: Bool) -> String {
        isOpen
            ? "\(tally.open) open findings of rule \(tally.key.rule) in \(tally.files) files."
            : "\(tally.suppressed) suppressed findings of rule \(tally.key.rule)."
    }

    /// A comment asks for a deviation, and so does an exception; a second person approves one.
    private func status(_ tally: RuleTally, _ finding: Finding) -> String {
        guard finding.isOpen else { return tally.unapproved == 0 ? "deviation-approved" : "deviation-requested" }
        return tally.confidence < ReportSections.confirmation ? "investigating" : "open"
    }

    private func facet(_ name: String, _ value: String) -> JSONValue {
        ["name": .string(name), "system": .string(OSCALNames.namespace), "value": OSCALNames.line(value)]
    }

    private func remediation(_ rule: RuleDescription, _ tally: RuleTally, isOpen: Bool) -> JSONValue {
        var fields: [(String, JSONValue)] = [
            ("uuid", .string(id(isOpen ? "remediation" : "suppressed-remediation", tally.name))),
            ("lifecycle", "recommendation"), ("title", OSCALNames.line(rule.title)),
            ("description", OSCALNames.line(rule.remediation)),
        ]
        if isOpen, let due = tally.due { fields.append(("tasks", [milestone(tally, due)])) }
        return .object(fields)
    }

    private func milestone(_ tally: RuleTally, _ due: Timestamp) -> JSONValue {
        [
            "uuid": .string(id("milestone", tally.name)), "type": "milestone",
            "title": OSCALNames.line("Mend \(tally.open) places in \(tally.files) files"),
            "description": OSCALNames.line("Done when a scan with rule \(tally.key.rule) finds none of them open."),
            "timing": ["on-date": ["date": time(due)]],
        ]
    }
}
