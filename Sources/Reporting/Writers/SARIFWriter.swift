import OrchestratorCore

/// Writes SARIF 2.1.0 (OASIS, 2020): rules, CWE and control taxonomies, results with fingerprints and suppressions,
/// the files with their digests, and what could not be examined.
struct SARIFWriter {
    let source: any ReportSource
    private let taxonomies: SARIFTaxonomies
    private let ruleIndex: [String: Int]

    init(_ source: any ReportSource) {
        self.source = source
        taxonomies = SARIFTaxonomies(source.header)
        ruleIndex = Dictionary(uniqueKeysWithValues: source.header.rules.enumerated().map { ($1.id, $0) })
    }

    func write(to sink: FileSink) throws {
        let header = source.header
        let stream = try JSONStream(sink)
        try stream.value("$schema", .string("https://json.schemastore.org/sarif-2.1.0.json"))
        try stream.value("version", .string("2.1.0"))
        try stream.raw(",\n\"runs\":[{\n")
        try stream.value("tool", tool)
        try stream.value("automationDetails", automation)
        try stream.value("columnKind", .string("unicodeCodePoints"))
        try stream.value(
            "originalUriBaseIds",
            ["SRCROOT": ["description": text("The root of the scanned repository.")]])
        if let provenance { try stream.value("versionControlProvenance", provenance) }
        if let reference = header.history?.reference {
            try stream.value("baselineGuid", .string(NamedUUID.make("run", reference.id)))
        }
        try stream.value("invocations", .array([try invocation()]))
        try stream.value("taxonomies", taxonomies.json)
        try stream.array("artifacts") { add in
            try source.forEachFile { entry in
                if entry.isListed, entry.file.digest != nil { try add(artifact(entry.file)) }
            }
        }
        try stream.array("results") { add in
            try source.forEachFinding { try add(result($0)) }
            try source.forEachAdvice { try add(result($0, isAdvice: true)) }
        }
        try stream.value(
            "properties",
            [
                "targetDigest": .string(header.target.digest.description),
                "detectionRules": .string(header.method.detectionRules.description),
                "fixedFindings": .array(try fixed()),
            ])
        try stream.finish("\n}]\n}\n")
    }

    private func text(_ text: String) -> JSONValue { ["text": .string(text)] }

    // MARK: The tool

    private var tool: JSONValue {
        let tool = source.header.tool
        return [
            "driver": [
                "name": .string(tool.name), "semanticVersion": .string(tool.version),
                "rules": .array(source.header.rules.map(rule)), "supportedTaxonomies": taxonomies.references,
            ]
        ]
    }

    private func rule(_ rule: RuleDescription) -> JSONValue {
        let help = "\(rule.message)\n\n\(rule.remediation)"
        var tags = [rule.category.rawValue]
        if rule.weakness > 0 { tags.append("external/cwe/cwe-\(rule.weakness)") }
        var properties: [(String, JSONValue)] = [
            ("tags", .strings(tags)), ("precision", .string(precision(rule.confidence))),
        ]
        // Services count what has this number among the weaknesses.
        if !rule.category.isAdvice { properties.insert(("security-severity", .string(score(rule.severity))), at: 1) }
        if let tool = rule.tool { properties.append(("tool", .string(tool))) }
        var fields: [(String, JSONValue)] = [
            ("id", .string(rule.id)), ("shortDescription", text(rule.title)), ("fullDescription", text(rule.message)),
            (
                "help",
                [
                    "text": .string(help), "markdown": .string(help + rule.references.map { "\n\n<\($0)>" }.joined()),
                ]
            ), ("defaultConfiguration", ["level": .string(rule.category.isAdvice ? "note" : level(rule.severity))]),
            ("relationships", taxonomies.relationships(of: rule.weakness)), ("properties", .object(properties)),
        ]
        if let address = rule.references.first ?? (rule.weakness > 0 ? Weakness.url(rule.weakness) : nil) {
            fields.insert(("helpUri", .string(address)), at: 4)
        }
        return .object(fields)
    }

    private func level(_ severity: Severity) -> String {
        switch severity {
        case .critical, .high: "error"
        case .medium: "warning"
        case .low, .info: "note"
        }
    }

    /// The number that code-scanning services sort by; the middle of each band of theirs, not a CVSS score.
    private func score(_ severity: Severity) -> String {
        switch severity {
        case .critical: "9.5"
        case .high: "8.0"
        case .medium: "5.5"
        case .low: "3.0"
        case .info: "1.0"
        }
    }

    private func precision(_ confidence: Int) -> String {
        confidence >= 90 ? "very-high" : confidence >= 70 ? "high" : confidence >= 40 ? "medium" : "low"
    }

    // MARK: The run

    private var automation: JSONValue {
        [
            "id": .string("secorch/\(source.header.target.name)/\(source.header.run.id)"),
            "guid": .string(NamedUUID.make("run", source.header.run.id)),
        ]
    }

    private var provenance: JSONValue? {
        guard let revision = source.header.target.revision, let commit = revision.commit else { return nil }
        // The schema wants a URI; a repository without a remote is named by its commit.
        var entry: [(String, JSONValue)] = [
            ("repositoryUri", .string(revision.remote.flatMap(Self.uri) ?? "urn:git:\(commit)")),
            ("revisionId", .string(commit)),
        ]
        if let branch = revision.branch { entry.append(("branch", .string(branch))) }
        entry.append(("mappedTo", ["uriBaseId": "SRCROOT"]))
        return .array([.object(entry)])
    }

    /// A remote as a URI: `git@host:path` is `ssh://git@host/path`.
    private static func uri(_ remote: String) -> String? {
        let allowed = remote.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>\"{}|\\^`".utf8.contains($0) }
        guard allowed else { return nil }
        if remote.contains("://") { return remote }
        guard let colon = remote.firstIndex(of: ":"), !remote[..<colon].contains("/") else { return nil }
        return "ssh://\(remote[..<colon])/\(remote[remote.index(after: colon)...])"
    }

    private func invocation() throws -> JSONValue {
        let header = source.header
        var notifications = header.method.notices.map { notice in
            (["level": "note", "message": text(notice)] as JSONValue)
        }
        try source.forEachFile { entry in
            guard entry.file.coverage.state == .notAssessed else { return }
            notifications.append(
                [
                    "level": "warning", "message": text("Not assessed: \(entry.file.coverage.explanation)"),
                    "locations": .array([["physicalLocation": place(entry.file.path)]]),
                ])
        }
        return [
            "executionSuccessful": .bool(header.summary.files(.notAssessed) == 0),
            "arguments": .strings(["scan"] + header.method.options), "exitCode": .number(header.run.exitCode),
            "startTimeUtc": .string(header.run.startedAt.description),
            "endTimeUtc": .string(header.run.finishedAt.description),
            "toolExecutionNotifications": .array(notifications),
        ]
    }

    private func artifact(_ file: SourceFile) -> JSONValue {
        [
            "location": location(file.path), "length": .number(file.byteCount),
            "sourceLanguage": .string(file.language.rawValue), "hashes": ["sha-256": .optional(file.digest?.hex)],
            "properties": ["coverage": .string(file.coverage.explanation)],
        ]
    }

    func location(_ path: RepositoryPath) -> JSONValue {
        ["uri": .string(path.uri), "uriBaseId": "SRCROOT"]
    }

    private func place(_ path: RepositoryPath) -> JSONValue { ["artifactLocation": location(path)] }

    // MARK: Results

    private func result(_ finding: Finding, isAdvice: Bool = false) -> JSONValue {
        var fields: [(String, JSONValue)] = [
            ("ruleId", .string(finding.rule)), ("ruleIndex", .number(ruleIndex[finding.rule] ?? -1)),
            ("kind", .string("fail")),
            ("level", .string(isAdvice ? "note" : level(finding.severity))), ("message", text(finding.message)),
            ("locations", .array([location(of: finding)])),
            ("guid", .string(NamedUUID.make("finding", finding.id))),
            (
                "partialFingerprints",
                ["secorchFinding/v2": .string(finding.id), "secorchPathless/v2": .string(finding.fingerprint)]
            ),
            ("rank", .number(finding.confidence)), ("taxa", taxonomies.taxa(of: finding.weakness)),
            ("properties", properties(finding)),
        ]
        if let state = baselineState(finding) { fields.append(("baselineState", .string(state))) }
        if !finding.flow.isEmpty { fields.append(("codeFlows", codeFlows(finding.flow))) }
        if let suppression = finding.suppression {
            fields.append(("suppressions", .array([self.suppression(suppression, finding.location.path)])))
        }
        return .object(fields)
    }

    private func codeFlows(_ flow: [FlowStep]) -> JSONValue {
        let steps = flow.map { step -> JSONValue in
            [
                "location": [
                    "physicalLocation": [
                        "artifactLocation": location(step.location.path), "region": region(step.location),
                    ], "message": text(step.note),
                ]
            ]
        }
        return [["threadFlows": [["locations": .array(steps)]]]]
    }

    private func region(_ location: Location) -> JSONValue {
        [
            "startLine": .number(location.startLine), "startColumn": .number(location.startColumn),
            "endLine": .number(location.endLine), "endColumn": .number(location.endColumn),
        ]
    }

    private func location(of finding: Finding) -> JSONValue {
        let location = finding.location
        let evidence = finding.evidence
        var fields: [(String, JSONValue)] = [
            (
                "physicalLocation",
                [
                    "artifactLocation": self.location(location.path),
                    "region": region(location),
                    "contextRegion": [
                        "startLine": .number(evidence.firstLine),
                        "endLine": .number(evidence.firstLine + max(0, evidence.lines.count - 1)),
                        "snippet": text(evidence.lines.joined(separator: "\n")),
                    ],
                ]
            )
        ]
        if !finding.symbol.isEmpty {
            fields.append(("logicalLocations", .array([["fullyQualifiedName": .string(finding.symbol)]])))
        }
        return .object(fields)
    }
}
