import OrchestratorCore

/// Writes `report.json`, the versioned document that scripts read. Its shape is described in `docs/report-json.md`.
struct JSONReportWriter {
    private let source: any ReportSource

    init(_ source: any ReportSource) { self.source = source }

    func write(to sink: FileSink) throws {
        let header = source.header
        let stream = try JSONStream(sink)
        try stream.value("schema_version", .number(ReportHeader.schemaVersion))
        try stream.value("tool", tool(header.tool))
        try stream.value("run", run(header.run))
        try stream.value("target", target(header.target))
        try stream.value("method", method(header.method))
        try stream.value("model_review", header.review.map(\.json) ?? .null)
        try stream.value("imports", imports(header.imports))
        try stream.value("personal_data", .string(header.personalDataApplies))
        try stream.array("observations") { add in try header.observed.map(observation).forEach(add) }
        try stream.value("history", header.history.map(\.json) ?? .null)
        try stream.value("history_search", header.historySearch.map(\.json) ?? .null)
        try stream.value("summary", summary(header.summary))
        try stream.array("weaknesses") { add in try header.weaknesses.map(weakness).forEach(add) }
        try stream.array("rules") { add in try header.rules.map(rule).forEach(add) }
        try stream.array("controls") { add in try source.assessments.map(assessment).forEach(add) }
        try stream.array("findings") { add in try source.forEachFinding { try add(finding($0)) } }
        try stream.array("gone") { add in try source.forEachGone { try add($0.json) } }
        try stream.array("exceptions") { add in try source.exceptions.map(\.json).forEach(add) }
        try stream.array("idle_suppressions") { add in
            for entry in source.idleSuppressions {
                try add(
                    [
                        "path": .string(entry.path.text), "line": .number(entry.comment.line),
                        "problem": .string(entry.comment.problem),
                    ])
            }
        }
        try stream.array("files") { add in try source.forEachFile { try add(file($0)) } }
        try stream.finish()
    }

    private func observation(_ item: ObservedKind) -> JSONValue {
        [
            "kind": .string(item.kind.id), "topic": .string(item.kind.topic.rawValue),
            "title": .string(item.kind.title), "provisions": .strings(item.kind.provisions),
            "places": .number(item.places), "places_outside_tests": .number(item.counted),
            "examples": .array(
                item.examples.map { place in
                    [
                        "path": .string(place.path.text), "line": .number(place.line), "text": .string(place.text),
                    ]
                }),
        ]
    }

    private func tool(_ tool: ReportHeader.Tool) -> JSONValue {
        ["name": .string(tool.name), "version": .string(tool.version)]
    }

    private func run(_ run: ReportHeader.Run) -> JSONValue {
        [
            "id": .string(run.id), "number": .number(run.number), "started_at": .string(run.startedAt.description),
            "finished_at": .string(run.finishedAt.description), "exit_code": .number(run.exitCode),
        ]
    }

    private func target(_ target: ReportHeader.Target) -> JSONValue {
        [
            "name": .string(target.name), "digest": .string(target.digest.description),
            "commit": .optional(target.revision?.commit), "branch": .optional(target.revision?.branch),
            "remote": .optional(target.revision?.remote),
        ]
    }

    private func method(_ method: ReportHeader.Method) -> JSONValue {
        [
            "options": .strings(method.options), "frameworks": .array(method.ruleSets.map(ruleSet)),
            "detection_rules": .string(method.detectionRules.description),
            "detection_rule_count": .number(method.detectionRuleCount),
            "templates": .string(method.templates.description), "personal_data": .string(method.personalData),
            "exceptions": .optional(method.exceptions?.description),
            "deadlines_days": .object(
                Severity.descending.compactMap { severity in
                    method.deadlines[severity].map { (severity.rawValue, .number($0)) }
                }), "since": .optional(method.since), "honours_suppressions": .bool(method.honoursSuppressions),
            "notices": .strings(method.notices),
        ]
    }

    private func ruleSet(_ ruleSet: RuleSet) -> JSONValue {
        [
            "id": .string(ruleSet.id), "title": .string(ruleSet.title), "version": .string(ruleSet.version),
            "digest": .string(ruleSet.digest.description), "controls": .number(ruleSet.controls.count),
            "extends": ruleSet.base.map { ["id": .string($0.id), "digest": .string($0.digest.description)] } ?? .null,
            "applicability": .array(
                ruleSet.controls.compactMap { control in
                    control.applicability.map { statement in
                        [
                            "control": .string(control.id), "applicable": .bool(statement.isApplicable),
                            "justification": .string(statement.justification),
                        ]
                    }
                }),
        ]
    }

    private func summary(_ summary: Summary) -> JSONValue {
        [
            "open_findings": .number(summary.openCount), "suppressed_findings": .number(summary.suppressed),
            "in_history": .number(summary.inHistory),
            "states": counts(FindingState.allCases.map { ($0.rawValue, summary.states[$0] ?? 0) }),
            "overdue": counts(Severity.descending.map { ($0.rawValue, summary.overdue[$0] ?? 0) }),
            "severities": counts(Severity.descending.map { ($0.rawValue, summary.open[$0] ?? 0) }),
            "checks": .object(
                CheckType.allCases.map { check in
                    let severities = Severity.descending.map { ($0.rawValue, summary.checks[check]?[$0] ?? 0) }
                    return (check.rawValue, counts(severities))
                }),
            "controls": .object(
                source.header.method.ruleSets.map { ruleSet in
                    let statuses = ControlStatus.allCases.map {
                        ($0.rawValue, summary.controls[ruleSet.id]?[$0] ?? 0)
                    }
                    return (ruleSet.id, counts(statuses))
                }), "files": counts(CoverageState.allCases.map { ($0.rawValue, summary.files($0)) }),
            "languages": .object(summary.languages.sorted { $0.key.rawValue < $1.key.rawValue }.map(language)),
        ]
    }

    private func counts(_ pairs: [(String, Int)]) -> JSONValue { .object(pairs.map { ($0.0, .number($0.1)) }) }

    private func language(_ language: Language, _ tally: LanguageTally) -> (String, JSONValue) {
        (
            language.rawValue,
            counts([
                ("files", tally.files), ("analysed", tally.analysed), ("not_assessed", tally.notAssessed),
                ("lines", tally.lines), ("bytes", tally.bytes),
            ])
        )
    }

    private func weakness(_ weakness: Weakness) -> JSONValue {
        ["cwe": .number(weakness.id), "name": .string(weakness.name), "check": .string(weakness.checkType.rawValue)]
    }

    private func rule(_ rule: RuleDescription) -> JSONValue {
        [
            "id": .string(rule.id), "tool": .optional(rule.tool), "title": .string(rule.title),
            "cwe": cwe(rule.weakness),
            "severity": .string(rule.severity.rawValue), "confidence": .number(rule.confidence),
            "languages": .strings(rule.languages.map(\.rawValue)), "message": .string(rule.message),
            "remediation": .string(rule.remediation), "references": .strings(rule.references),
        ]
    }

    private func assessment(_ assessment: ControlAssessment) -> JSONValue {
        [
            "framework": .string(assessment.ruleSet), "control": .string(assessment.control),
            "status": .string(assessment.status.rawValue), "reason": .string(assessment.reason),
            "open_findings": .number(assessment.openFindings),
            "suppressed_findings": .number(assessment.suppressedFindings),
            "weaknesses_mapped": .number(assessment.weaknessesMapped),
            "weaknesses_covered": .number(assessment.weaknessesCovered),
            "weaknesses_uncovered": .array(assessment.weaknessesUncovered.map(JSONValue.number)),
            "weaknesses_general": .array((assessment.basis?.general ?? []).map(JSONValue.number)),
            "weaknesses_elsewhere": .array((assessment.basis?.elsewhere ?? []).map(JSONValue.number)),
            "rules": .strings(assessment.basis?.rules ?? []),
            "evidence": .array(
                assessment.evidence.map { item in
                    [
                        "cwe": .number(item.weakness), "strength": .string(item.strength.rawValue),
                        "source": .string(item.source), "open_findings": .number(item.openFindings),
                    ]
                }),
        ]
    }

    private func finding(_ finding: Finding) -> JSONValue {
        let location = finding.location
        return [
            "id": .string(finding.id), "fingerprint": .string(finding.fingerprint), "rule": .string(finding.rule),
            "cwe": cwe(finding.weakness), "severity": .string(finding.severity.rawValue),
            "confidence": .number(finding.confidence), "message": .string(finding.message),
            "path": .string(location.path.text), "start_line": .number(location.startLine),
            "start_column": .number(location.startColumn), "end_line": .number(location.endLine),
            "end_column": .number(location.endColumn), "symbol": .string(finding.symbol),
            "evidence": ["first_line": .number(finding.evidence.firstLine), "lines": .strings(finding.evidence.lines)],
            "flow": .array(
                finding.flow.map { step in
                    [
                        "path": .string(step.location.path.text), "line": .number(step.location.startLine),
                        "note": .string(step.note),
                    ]
                }),
            "suppression": finding.suppression.map(\.json) ?? .null,
            "severity_adjustment": finding.adjustment.map(\.json) ?? .null,
            "track": finding.track.map(\.json) ?? .null, "rank": finding.rank.map(\.json) ?? .null,
            "history_commit": finding.past.map(\.json) ?? .null,
            "tools": .array(finding.tools.map { ["tool": .string($0.tool), "rule": .string($0.rule)] }),
        ]
    }

    /// Null where another scanner names no weakness.
    func cwe(_ weakness: Int) -> JSONValue { weakness > 0 ? .number(weakness) : .null }

    private func file(_ entry: RunFile) -> JSONValue {
        let file = entry.file
        return [
            "path": .string(file.path.text), "state": .string(file.coverage.state.rawValue),
            "reason": .string(file.coverage.reason.rawValue), "detail": .string(file.coverage.detail),
            "language": .string(file.language.rawValue), "bytes": .number(file.byteCount),
            "lines": .number(file.lineCount), "digest": .optional(file.digest?.description),
            "listed": .bool(entry.isListed),
        ]
    }
}
