import OrchestratorCore
import Rules

/// The difference of two rule sets, for people and for scripts.
struct RuleSetDifferenceText {
    private let before: RuleSet
    private let after: RuleSet
    private let difference: RuleSetDifference

    init(_ before: RuleSet, _ after: RuleSet) {
        self.before = before
        self.after = after
        difference = RuleSetDifference(from: before, to: after)
    }

    var lines: [String] {
        var lines = ["--- \(before.id) \(before.digest)", "+++ \(after.id) \(after.digest)"]
        if difference.isEmpty { lines.append("no control differs") }
        lines += difference.removed.map { "- \($0.id)  \($0.title)" }
        lines += difference.added.map { "+ \($0.id)  \($0.title)" }
        for control in difference.changed {
            lines.append("~ \(control.id)")
            lines += control.fields.map { "    \($0.name): '\($0.before)' -> '\($0.after)'" }
            lines += control.mappings.map { "    " + Self.line($0.before, $0.after) }
        }
        return lines
    }

    private static func line(_ before: Mapping?, _ after: Mapping?) -> String {
        switch (before, after) {
        case (let before?, let after?) where before.strength == after.strength:
            "~ CWE-\(after.weakness) (\(after.source)): another reason"
        case (let before?, let after?):
            "~ CWE-\(after.weakness) (\(after.source)): \(before.strength.rawValue) -> \(after.strength.rawValue)"
        case (nil, let after?): "+ CWE-\(after.weakness)  \(after.strength.rawValue)  \(after.source)"
        case (let before?, nil): "- CWE-\(before.weakness)  \(before.strength.rawValue)  \(before.source)"
        case (nil, nil): ""
        }
    }

    var json: JSONValue {
        [
            "from": Self.name(before), "to": Self.name(after), "added": .strings(difference.added.map(\.id)),
            "removed": .strings(difference.removed.map(\.id)),
            "changed": .array(
                difference.changed.map { control in
                    [
                        "control": .string(control.id),
                        "fields": .array(
                            control.fields.map { field in
                                [
                                    "name": .string(field.name), "from": .string(field.before),
                                    "to": .string(field.after),
                                ]
                            }),
                        "mappings": .array(control.mappings.map { Self.mapping($0.before, $0.after) }),
                    ]
                }),
        ]
    }

    private static func name(_ ruleSet: RuleSet) -> JSONValue {
        [
            "id": .string(ruleSet.id), "version": .string(ruleSet.version),
            "digest": .string(ruleSet.digest.description),
        ]
    }

    private static func mapping(_ before: Mapping?, _ after: Mapping?) -> JSONValue {
        let known = after ?? before
        return [
            "cwe": known.map { .number($0.weakness) } ?? .null, "source": .optional(known?.source),
            "from": .optional(before?.strength.rawValue), "to": .optional(after?.strength.rawValue),
            "rationale": .optional(known?.rationale),
        ]
    }
}
