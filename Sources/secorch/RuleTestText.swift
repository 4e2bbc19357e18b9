import Detection
import OrchestratorCore
import Pipeline

/// The outcome of a test of rules, for people and for scripts.
struct RuleTestText {
    private let report: RuleTest.Report
    private let isLabelled: Bool
    private let showsCalibration: Bool

    init(_ report: RuleTest.Report, isLabelled: Bool, showsCalibration: Bool) {
        self.report = report
        self.isLabelled = isLabelled
        self.showsCalibration = showsCalibration
    }

    private static func text(_ share: Double?) -> String { share.map(RuleTest.text) ?? "-" }

    // MARK: For people

    var lines: [String] {
        guard isLabelled else { return Self.aligned(examples) + [sum] }
        let concerned = report.rows.filter { $0.labelled != nil }
        var lines = Self.aligned([Self.labelledHead] + concerned.map(cells))
        if !report.categories.isEmpty { lines += ["", "All rules together:"] + Self.aligned(categories) }
        if showsCalibration, let table = report.calibration {
            lines += ["", "Confidence as declared and as measured:"] + Self.aligned(rows(table.buckets))
            if !table.off.isEmpty {
                lines += ["", "Rules off by more than 0.15 over at least 30 findings:"] + Self.aligned(rows(table.off))
            }
        }
        return lines + [sum]
    }

    private var sum: String {
        let all = report.rows.reduce(0) { $0 + $1.examples.all }
        let held = report.rows.reduce(0) { $0 + $1.examples.held }
        return "\(report.rows.count) rules, \(held) of \(all) examples hold, \(report.failures.count) failures"
    }

    private var examples: [[String]] {
        [["rule", "examples"]] + report.rows.map { [$0.rule.id, "\($0.examples.held)/\($0.examples.all)"] }
    }

    private static let labelledHead = ["rule", "examples", "conf", "TP", "FP", "FN", "precision", "recall", "floor"]

    private func cells(_ row: RuleTest.Row) -> [String] {
        let tally = row.labelled ?? Tally()
        let floor = row.floor.map { "\(Self.text($0.precision))/\(Self.text($0.recall))" } ?? "-"
        return [
            row.rule.id, "\(row.examples.held)/\(row.examples.all)", String(row.rule.confidence),
            String(tally.truePositives), String(tally.falsePositives), String(tally.falseNegatives),
            Self.text(tally.precision), Self.text(tally.recall), floor,
        ]
    }

    private var categories: [[String]] {
        let rows = report.categories.map { name, tally in
            [
                name, String(tally.truePositives), String(tally.falseNegatives), String(tally.trueNegatives),
                String(tally.falsePositives), Self.text(tally.precision), Self.text(tally.recall),
                Self.text(tally.score),
            ]
        }
        let scores = report.categories.compactMap(\.tally.score)
        let mean = scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count)
        return [["category", "TP", "FN", "TN", "FP", "precision", "recall", "score"]] + rows
            + [["average", "", "", "", "", "", "", Self.text(mean)]]
    }

    private func rows(_ rows: [CalibrationTable.Row]) -> [[String]] {
        [["confidence", "findings", "real", "declared", "measured", ""]]
            + rows.map {
                [
                    $0.name, String($0.findings), String($0.real), Self.text($0.declared), Self.text($0.measured),
                    $0.isOff ? "off" : "",
                ]
            }
    }

    /// Columns as wide as their widest cell; all but the first to the right.
    private static func aligned(_ rows: [[String]]) -> [String] {
        guard let first = rows.first else { return [] }
        let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let pad = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + pad : pad + cell
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    // MARK: For scripts

    var json: JSONValue {
        [
            "rules": .array(report.rows.map(object)),
            "categories": .array(
                report.categories.map { name, tally in
                    .object([("category", .string(name))] + Self.members(tally) + [("score", Self.share(tally.score))])
                }),
            "calibration": .array(report.calibration?.buckets.map(object) ?? []),
            "off": .array(report.calibration?.off.map(object) ?? []), "failures": .strings(report.failures),
        ]
    }

    /// A share as text: there are no fractions in our JSON.
    private static func share(_ share: Double?) -> JSONValue { .optional(share.map(RuleTest.text)) }

    private static func members(_ tally: Tally) -> [(String, JSONValue)] {
        [
            ("true_positives", .number(tally.truePositives)), ("false_positives", .number(tally.falsePositives)),
            ("false_negatives", .number(tally.falseNegatives)), ("true_negatives", .number(tally.trueNegatives)),
            ("precision", share(tally.precision)), ("recall", share(tally.recall)),
        ]
    }

    private func object(_ row: RuleTest.Row) -> JSONValue {
        .object(
            [
                ("id", .string(row.rule.id)), ("confidence", .number(row.rule.confidence)),
                ("examples", .number(row.examples.all)), ("examples_held", .number(row.examples.held)),
                ("labelled", row.labelled.map { .object(Self.members($0)) } ?? .null),
                (
                    "floor",
                    row.floor.map {
                        ["precision": Self.share($0.precision), "recall": Self.share($0.recall)]
                    } ?? .null
                ),
            ])
    }

    private func object(_ row: CalibrationTable.Row) -> JSONValue {
        [
            "name": .string(row.name), "findings": .number(row.findings), "real": .number(row.real),
            "declared": Self.share(row.declared), "measured": Self.share(row.measured), "off": .bool(row.isOff),
        ]
    }
}
