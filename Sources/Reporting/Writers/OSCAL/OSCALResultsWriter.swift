import OrchestratorCore

/// Writes OSCAL assessment results: what was reviewed, an observation per finding, a risk per rule, a finding per control
/// that the scan says something definite about.
struct OSCALResultsWriter {
    private let parts: OSCALParts
    private let source: any ReportSource

    /// Throws what reading the findings does.
    init(_ source: any ReportSource) throws {
        self.source = source
        parts = try OSCALParts(source)
    }

    func write(to sink: FileSink) throws {
        let stream = try JSONStream(sink)
        let plan = parts.id("plan")
        try stream.openObject("assessment-results")
        try stream.value("uuid", .string(parts.runID("assessment-results")))
        try stream.value("metadata", parts.metadata("Assessment results"))
        try stream.value(
            "import-ap", ["href": .string("#\(plan)"), "remarks": "The options of the run stand for a plan."])
        try stream.value("local-definitions", ["activities": [activity]])
        try stream.openArray("results")
        try stream.openObject()
        try writeResult(stream)
        for _ in 0..<2 { try stream.close() }
        try stream.value("back-matter", ["resources": [planResource(plan)]])
        try stream.close()
        try stream.finish()
    }

    private func writeResult(_ stream: JSONStream) throws {
        let header = source.header
        try stream.value("uuid", .string(parts.runID("result")))
        try stream.value("title", OSCALNames.line("Scan of \(header.target.name)"))
        try stream.value("description", OSCALNames.line(description))
        try stream.value("start", parts.time(header.run.startedAt))
        try stream.value("end", parts.time(header.run.finishedAt))
        try stream.value("local-definitions", definitions)
        try stream.value("reviewed-controls", reviewedControls)
        if hasObservations {
            try stream.openArray("observations")
            try source.forEachFinding { try stream.element(parts.observation($0)) }
            try source.forEachFile { entry in
                if entry.isListed, entry.file.coverage.state == .notAssessed {
                    try stream.element(parts.gap(entry.file))
                }
            }
            try stream.close()
        }
        if header.summary.openCount + header.summary.suppressed > 0 {
            try stream.openArray("risks")
            for isOpen in [true, false] { try parts.writeGroups(stream, isOpen: isOpen, parts.risk) }
            try stream.close()
        }
        let findings = source.assessments.compactMap(finding)
        if !findings.isEmpty { try stream.value("findings", .array(findings)) }
        if !header.method.notices.isEmpty {
            try stream.value("remarks", .string(header.method.notices.joined(separator: "\n\n")))
        }
    }

    private var hasObservations: Bool {
        let summary = source.header.summary
        return summary.openCount + summary.suppressed + summary.files(.notAssessed) > 0
    }

    private var description: String {
        let summary = source.header.summary
        let states = CoverageState.allCases.map { "\(summary.files($0)) \($0.rawValue)" }.joined(separator: ", ")
        return "\(summary.openCount) open findings, \(summary.suppressed) suppressed. Files: \(states)."
    }

    // MARK: How

    private var activity: JSONValue {
        let method = source.header.method
        return [
            "uuid": .string(parts.id("activity")), "title": "Static examination of source code",
            "description": OSCALNames.line(
                "secorch scan \(method.options.joined(separator: " ")): \(method.detectionRuleCount) rules over syntax trees, data "
                    + "flow and text. Nothing was executed."),
            "props": [["name": "method", "value": "EXAMINE"]],
        ]
    }

    private var definitions: JSONValue {
        [
            "components": [parts.target],
            "assessment-assets": [
                "components": [parts.tool],
                "assessment-platforms": [
                    [
                        "uuid": .string(parts.id("platform")), "title": "The machine that scanned",
                        "uses-components": [["component-uuid": .string(parts.toolID)]],
                    ]
                ],
            ],
        ]
    }

    private func planResource(_ id: String) -> JSONValue {
        let method = source.header.method
        let frameworks = method.ruleSets.map { OSCALNames.property("framework", "\($0.id) \($0.digest)") }
        return [
            "uuid": .string(id), "title": "What the scan was asked for",
            "description": OSCALNames.line("secorch scan \(method.options.joined(separator: " "))"),
            "props": .array(
                frameworks + [OSCALNames.property("detection-rules", method.detectionRules.description)]),
            "rlinks": [["href": "report.json", "media-type": "application/json"]],
        ]
    }

    // MARK: Controls

    /// OSCAL knows no "not assessed": such controls are excluded, and the remarks say why.
    private var reviewedControls: JSONValue {
        [
            "description": "The controls of the run's frameworks. What code cannot show is excluded, with the reason.",
            "control-selections": .array(source.header.method.ruleSets.map(selection)),
        ]
    }

    private func selection(_ ruleSet: RuleSet) -> JSONValue {
        let assessments = source.assessments.filter { $0.ruleSet == ruleSet.id }
        let isSilent = { (assessment: ControlAssessment) in
            assessment.status == .notAssessed || assessment.status == .notApplicable
        }
        let included = assessments.filter { !isSilent($0) }.map(reference)
        let excluded = assessments.filter(isSilent)
        var fields: [(String, JSONValue)] = [
            ("description", OSCALNames.line("\(ruleSet.title), \(ruleSet.version)")),
            ("props", [OSCALNames.property("framework", ruleSet.id)]),
        ]
        fields.append(included.isEmpty ? ("include-all", .object([])) : ("include-controls", .array(included)))
        if !excluded.isEmpty { fields.append(("exclude-controls", .array(excluded.map(reference)))) }
        let told = assessments.filter { isSilent($0) || $0.status == .needsReview }
        if !told.isEmpty {
            let reasons = told.map { "- \($0.control), \($0.status.rawValue): \($0.reason)" }
            fields.append(("remarks", .string(reasons.joined(separator: "\n"))))
        }
        return .object(fields)
    }

    private func reference(_ assessment: ControlAssessment) -> JSONValue {
        ["control-id": .string(OSCALNames.control(assessment.control, in: assessment.ruleSet))]
    }

    /// A status as a finding; nil where the scan says nothing definite.
    private func finding(_ assessment: ControlAssessment) -> JSONValue? {
        let (state, reason): (String, String)
        switch assessment.status {
        case .satisfied: (state, reason) = ("satisfied", "pass")
        case .notSatisfied: (state, reason) = ("not-satisfied", "fail")
        case .partlySatisfied: (state, reason) = ("not-satisfied", "other")
        case .needsReview, .notAssessed, .notApplicable: return nil
        }
        let control = OSCALNames.control(assessment.control, in: assessment.ruleSet)
        var fields: [(String, JSONValue)] = [
            ("uuid", .string(parts.id("finding", control))),
            ("title", OSCALNames.line("\(assessment.control): \(assessment.status.rawValue)")),
            ("description", OSCALNames.line(assessment.reason)),
            (
                "props",
                .array([
                    OSCALNames.property("framework", assessment.ruleSet),
                    OSCALNames.property("control", assessment.control),
                    OSCALNames.property("open-findings", "\(assessment.openFindings)"),
                    OSCALNames.property(
                        "weaknesses-covered", "\(assessment.weaknessesCovered) of \(assessment.weaknessesMapped)"),
                ])
            ), ("origins", parts.origins),
            (
                "target",
                [
                    "type": "statement-id", "target-id": .string(control + "_smt"),
                    "status": [
                        "state": .string(state), "reason": .string(reason),
                        "remarks": OSCALNames.line("\(assessment.status.rawValue): \(assessment.reason)"),
                    ],
                ]
            ),
        ]
        let risks = relatedRisks(assessment)
        if !risks.isEmpty { fields.append(("related-risks", .array(risks))) }
        return .object(fields)
    }

    /// The risks of the rules whose findings bear on a control; their observations lead to the evidence.
    private func relatedRisks(_ assessment: ControlAssessment) -> [JSONValue] {
        let weaknesses = Set(assessment.evidence.map(\.weakness))
        return parts.tallies.filter { $0.open > 0 && weaknesses.contains($0.weakness) }
            .map { ["risk-uuid": .string(parts.riskID($0, isOpen: true))] }
    }
}
