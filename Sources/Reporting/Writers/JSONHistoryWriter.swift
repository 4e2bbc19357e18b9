import OrchestratorCore

extension RunHistory {
    /// The object under `history`.
    var json: JSONValue {
        [
            "compared_with": reference.map { run in
                [
                    "run": .string(run.id), "number": .number(run.number),
                    "started_at": .string(run.startedAt.description), "commit": .optional(run.commit),
                ]
            } ?? .null, "fixed": .number(fixed), "not_examined_again": .number(unknown),
            "trend": .array(
                trend.map { point in
                    [
                        "started_at": .string(point.startedAt.description),
                        "open": .object(Severity.descending.map { ($0.rawValue, .number(point.count($0))) }),
                    ]
                }),
            "baseline": baseline.map { baseline in
                [
                    "digest": .string(baseline.digest.description), "entries": .number(baseline.entries),
                    "without_finding": .number(baseline.gone),
                ]
            } ?? .null,
        ]
    }
}

extension GoneFinding {
    /// An element of `gone`.
    var json: JSONValue {
        [
            "id": .string(finding.id), "rule": .string(finding.rule),
            "cwe": finding.weakness > 0 ? .number(finding.weakness) : .null,
            "severity": .string(finding.severity.rawValue), "path": .string(finding.location.path.text),
            "start_line": .number(finding.location.startLine), "fixed": .bool(isFixed),
        ]
    }
}

extension FindingTrack {
    /// The object under `track` of a finding.
    var json: JSONValue {
        [
            "state": .string(state.rawValue), "first_seen": .string(firstSeen.description),
            "previous_path": .optional(previousPath?.text), "in_baseline": .bool(isInBaseline),
            "due": .optional(due?.description), "overdue": .bool(isOverdue),
        ]
    }
}

extension AppliedException {
    /// An element of `exceptions`.
    var json: JSONValue {
        var fields: [(String, JSONValue)] =
            switch entry.scope {
            case .finding(let id): [("id", .string(id)), ("rule", .null), ("path", .null)]
            case .rule(let rule, let paths): [("id", .null), ("rule", .string(rule)), ("path", .string(paths))]
            }
        fields += [
            ("kind", .string(entry.kind.rawValue)), ("severity", .optional(entry.severity?.rawValue)),
            ("reason", .string(entry.reason)), ("by", .string(entry.author)),
            ("approved_by", .optional(entry.approver)), ("until", .string(entry.until)), ("line", .number(entry.line)),
            ("standing", .string(standing.rawValue)), ("findings", .number(matched)), ("problem", .optional(problem)),
        ]
        return .object(fields)
    }
}

extension Suppression {
    /// The object under `suppression` of a finding.
    var json: JSONValue {
        let kind =
            switch kind {
            case .inSource: "in source"
            case .byTool: "by tool"
            case .falsePositive: "false positive"
            case .acceptedRisk: "accepted risk"
            }
        return [
            "kind": .string(kind), "reason": .string(reason), "line": .number(line), "by": .optional(author),
            "approved_by": .optional(approver), "until": .optional(until),
        ]
    }
}

extension SeverityAdjustment {
    /// The object under `severity_adjustment` of a finding.
    var json: JSONValue {
        [
            "from": .string(original.rawValue), "reason": .string(reason), "by": .string(author),
            "approved_by": .optional(approver), "until": .string(until), "line": .number(line),
        ]
    }
}

extension HistorySearch {
    /// The object under `history_search`.
    var json: JSONValue {
        [
            "head": .optional(head), "commits": .number(commits), "versions": .number(versions),
            "in_tree": .number(inTree), "searched": .number(searched),
            "unsearched": .object(unsearched.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) }),
            "shallow": .bool(isShallow), "cut": .bool(isCut), "secrets": .number(secrets),
        ]
    }
}

extension PastCommit {
    /// The commit of a finding that is gone from the tree.
    var json: JSONValue { ["commit": .string(id), "authored": .string(authored.description)] }
}

extension FindingRank {
    /// The object under `rank` of a finding.
    var json: JSONValue { ["level": .number(level), "reason": .string(reason)] }
}
