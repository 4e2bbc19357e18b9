import Foundation
import OrchestratorCore
import Store

/// The texts of a bundle besides its reports. None holds a path of the machine, a key or a password.
enum BundledRecords {
    /// The run itself: the only record besides the reports that differs between two runs over the same input.
    static func run(_ run: RunRecord) -> [UInt8] {
        let revision = run.repository.revision
        return lines([
            ("id", .string(run.id)), ("number", .number(run.number)), ("state", .string(run.state.rawValue)),
            ("started_at", .string(run.startedAt.description)),
            ("finished_at", .optional(run.finishedAt?.description)),
            ("exit_code", run.exitCode.map(JSONValue.number) ?? .null),
            ("program", .string("secorch \(run.settings.version)")), ("target", .string(run.repository.name)),
            ("commit", .optional(revision?.commit)), ("branch", .optional(revision?.branch)),
            ("remote", .optional(revision?.remote)),
        ])
    }

    /// What shaped the result.
    static func configuration(_ settings: RunSettings) -> [UInt8] {
        lines([
            ("program", .string("secorch \(settings.version)")), ("options", .strings(settings.options)),
            ("configuration", settings.configuration.map { .strings($0) } ?? .null),
            (
                "rule_sets",
                .array(
                    settings.ruleSets.map { ["id": .string($0.id), "digest": .string($0.digest.description)] })
            ), ("detection_rules", .string(settings.detectionRules.description)),
            ("templates", .string(settings.templates.description)), ("personal_data", .string(settings.personalData)),
            ("since", .optional(settings.since)), ("honours_suppressions", .bool(settings.honoursSuppressions)),
            ("decisions", settings.decisions.map(decisions) ?? .null), ("models", .strings(settings.models)),
            ("notices", .strings(settings.notices)),
        ])
    }

    /// The exceptions themselves stand in the reports, applied and unused ones.
    private static func decisions(_ decisions: DecisionSettings) -> JSONValue {
        [
            "exceptions": .optional(decisions.exceptions?.description),
            "expired_lines": .array(decisions.expired.map(JSONValue.number)),
            "requires_second_person": .bool(decisions.requiresSecondPerson),
            "baseline": .optional(decisions.baseline?.description),
            "deadlines_days": .object(
                decisions.deadlines.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) }),
        ]
    }

    static let ruleFolder = "detection-rules"

    /// The digest of all detection rules that ran, their number and their files, which stand beside it.
    static func rules(_ settings: RunSettings, files: [String]) -> [UInt8] {
        lines([
            ("digest", .string(settings.detectionRules.description)), ("count", .number(settings.detectionRuleCount)),
            ("files", .strings(files.map { "\(ruleFolder)/\($0)" })),
        ])
    }

    /// A framework as the run used it.
    static func ruleSet(_ ruleSet: RuleSet) throws -> [UInt8] { try encode(ruleSet) + [UInt8(ascii: "\n")] }

    static func file(_ entry: RunFile) -> JSONValue {
        let file = entry.file
        return [
            "path": .string(file.path.text), "bytes": .number(file.byteCount),
            "digest": .optional(file.digest?.description), "language": .string(file.language.rawValue),
            "state": .string(file.coverage.state.rawValue), "reason": .string(file.coverage.reason.rawValue),
            "detail": .string(file.coverage.detail), "listed": .bool(entry.isListed),
        ]
    }

    private static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    /// An object, a key a line.
    private static func lines(_ pairs: [(String, JSONValue)]) -> [UInt8] {
        let lines = pairs.map { "\(JSONValue.string($0.0).text):\($0.1.text)" }
        return Array("{\n\(lines.joined(separator: ",\n"))\n}\n".utf8)
    }
}
