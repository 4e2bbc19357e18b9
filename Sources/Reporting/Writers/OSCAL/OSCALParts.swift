import OrchestratorCore

/// What assessment results and the plan of action have in common. Ids follow from content, so that a finding keeps its
/// observation's id, and a rule its risk's, from run to run.
struct OSCALParts {
    let source: any ReportSource
    let header: ReportHeader
    /// In the report's order.
    let tallies: [RuleTally]
    let rules: [String: RuleDescription]
    /// Mentioned by every observation, so derived once.
    let targetID: String
    let toolID: String

    /// Counts the findings. Throws what reading them does.
    init(_ source: any ReportSource) throws {
        self.source = source
        tallies = try RuleTally.all(source)
        header = source.header
        targetID = Self.id("target", "", of: header.target.name)
        toolID = Self.id("tool", "", of: header.target.name)
        rules = Dictionary(header.rules.map { ($0.id, $0) }) { first, _ in first }
    }

    // MARK: Ids

    /// The id of something there is one of per target.
    func id(_ kind: String, _ name: String = "") -> String { Self.id(kind, name, of: header.target.name) }

    private static func id(_ kind: String, _ name: String, of target: String) -> String {
        NamedUUID.make("oscal", kind, target, name)
    }

    /// The id of something there is one of per run.
    func runID(_ kind: String) -> String { NamedUUID.make("oscal", kind, header.run.id) }

    func observationID(_ finding: Finding) -> String { id("observation", finding.id) }
    func riskID(_ tally: RuleTally, isOpen: Bool) -> String { id(isOpen ? "risk" : "suppressed-risk", tally.name) }

    // MARK: Frame

    func metadata(_ title: String) -> JSONValue {
        let party = id("party")
        return [
            "title": OSCALNames.line("\(title): \(header.target.name)"),
            "last-modified": time(header.run.finishedAt), "version": .string(header.run.id),
            "oscal-version": .string(OSCALNames.version),
            "props": .array(
                [OSCALNames.property("target-digest", header.target.digest.description)]
                    + (header.target.revision?.commit).map { [OSCALNames.property("commit", $0)] }.orEmpty),
            "roles": [["id": "assessor", "title": "Assessor"]],
            "parties": [["uuid": .string(party), "type": "organization", "name": OSCALNames.line(header.tool.name)]],
            "responsible-parties": [["role-id": "assessor", "party-uuids": [.string(party)]]],
            "remarks": "Evidence for an audit, by a program; no certificate and no legal advice.",
        ]
    }

    func time(_ time: Timestamp) -> JSONValue { .string(time.description) }

    /// The scanned repository.
    var target: JSONValue {
        let summary = header.summary
        return component(
            targetID, header.target.name,
            "\(summary.fileCount) paths, \(summary.files(.analysed)) of them examined; digest \(header.target.digest)")
    }

    var tool: JSONValue {
        component(
            toolID, "\(header.tool.name) \(header.tool.version)",
            "\(header.method.detectionRuleCount) detection rules, \(header.method.detectionRules)")
    }

    private func component(_ id: String, _ title: String, _ description: String) -> JSONValue {
        [
            "uuid": .string(id), "type": "software", "title": OSCALNames.line(title),
            "description": OSCALNames.line(description), "status": ["state": "operational"],
        ]
    }

    var origins: JSONValue { [["actors": [["type": "tool", "actor-uuid": .string(toolID)]]]] }

    // MARK: Observations

    /// A finding with its evidence: the place, the quoted lines, and the way the value took.
    func observation(_ finding: Finding) -> JSONValue {
        let place = "\(finding.location.path.text):\(finding.location.startLine)"
        var fields: [(String, JSONValue)] = [
            ("uuid", .string(observationID(finding))),
            ("title", OSCALNames.line("\(rules[finding.rule]?.title ?? finding.rule) at \(place)")),
            ("description", OSCALNames.line(finding.message)), ("props", .array(properties(finding))),
            ("methods", ["EXAMINE"]), ("types", ["discovery"]), ("origins", origins),
            ("subjects", [["subject-uuid": .string(targetID), "type": "component"]]),
            ("relevant-evidence", .array([evidence(finding)] + finding.flow.map(evidence))),
            ("collected", time(header.run.finishedAt)),
        ]
        let remarks = [suppression(finding), adjustment(finding)].compactMap { $0 }
        if !remarks.isEmpty { fields.append(("remarks", .string(VisibleText.of(remarks.joined(separator: "\n\n"))))) }
        return .object(fields)
    }

    private func suppression(_ finding: Finding) -> String? {
        finding.suppression.map { suppression in
            let people = [
                suppression.author.map { "by \($0)" }, suppression.approver.map { "approved by \($0)" },
                suppression.until.map { "until \($0)" },
            ].compactMap { $0 }
            let words = (["Suppressed (\(suppression.kind.title), line \(suppression.line))"] + people)
            return words.joined(separator: ", ") + ": \(suppression.reason)"
        }
    }

    private func adjustment(_ finding: Finding) -> String? {
        finding.adjustment.map { adjustment in
            "Severity changed from \(adjustment.original.rawValue) by \(adjustment.author), until \(adjustment.until): "
                + adjustment.reason
        }
    }

    private func properties(_ finding: Finding) -> [JSONValue] {
        var pairs = [
            ("finding-id", finding.id), ("rule", finding.rule), ("cwe", Weakness.label(finding.weakness)),
            ("severity", finding.severity.rawValue), ("confidence", "\(finding.confidence)"),
            ("status", finding.isOpen ? "open" : "suppressed"),
        ]
        if let track = finding.track {
            pairs += [("state", track.state.rawValue), ("first-seen", track.firstSeen.description)]
        }
        return pairs.map(OSCALNames.property)
            + finding.tools.map { OSCALNames.property("reported-by", "\($0.tool): \($0.rule)") }
    }

    private func evidence(_ finding: Finding) -> JSONValue {
        let location = finding.location
        let end = max(location.startLine, location.endLine)
        return [
            "href": .string("\(location.path.uri)#L\(location.startLine)-L\(end)"),
            "description": OSCALNames.line("\(location.path.text), lines \(location.startLine) to \(end)"),
            "remarks": .string(VisibleText.of(finding.evidence.lines.joined(separator: "\n"))),
        ]
    }

    private func evidence(_ step: FlowStep) -> JSONValue {
        [
            "href": .string("\(step.location.path.uri)#L\(step.location.startLine)"),
            "description": OSCALNames.line(step.note),
        ]
    }

    /// A file that should have been examined and was not.
    func gap(_ file: SourceFile) -> JSONValue {
        [
            "uuid": .string(id("gap", file.path.text)), "title": OSCALNames.line("Not assessed: \(file.path.text)"),
            "description": OSCALNames.line(file.coverage.explanation), "methods": ["EXAMINE"],
            "types": ["coverage-gap"], "origins": origins,
            "subjects": [["subject-uuid": .string(targetID), "type": "component"]],
            "relevant-evidence": [
                ["href": .string(file.path.uri), "description": OSCALNames.line(file.coverage.explanation)]
            ],
            "collected": time(header.run.finishedAt),
        ]
    }
}

extension [JSONValue]? {
    fileprivate var orEmpty: [JSONValue] { self ?? [] }
}
