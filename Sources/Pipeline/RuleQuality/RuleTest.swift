package import Detection
package import OrchestratorCore
import Rules
import Settings

/// Tries rules on their own examples and, where there is one, on a labelled suite.
package struct RuleTest: Sendable {
    /// What is to be tried.
    package struct Request: Sendable {
        /// Only this rule; nil for all.
        package var rule: String?
        /// The folder of a labelled suite and the list of its cases.
        package var suite: (folder: String, cases: LabelledSuite)?
        package var jobs: Int

        package init(rule: String?, suite: (folder: String, cases: LabelledSuite)?, jobs: Int) {
            self.rule = rule
            self.suite = suite
            self.jobs = jobs
        }
    }

    /// How one rule did.
    package struct Row: Sendable {
        package let rule: RuleDescription
        /// Examples treated as they say, and all.
        package fileprivate(set) var examples = (held: 0, all: 0)
        /// Nil where no labelled case is about its weakness in its languages.
        package fileprivate(set) var labelled: Tally?
        package let floor: Rule.Floor?
    }

    package struct Report: Sendable {
        /// By id.
        package let rows: [Row]
        /// All rules together on each category of the suite, by name.
        package let categories: [(name: String, tally: Tally)]
        /// Nil without a labelled suite.
        package let calibration: CalibrationTable?
        /// A line for each example and each floor that does not hold.
        package let failures: [String]
    }

    private let library: DetectionLibrary
    private let weaknesses: WeaknessCatalogue

    /// Throws the errors of reading rules.
    package init(_ installation: Installation) throws {
        library = try DetectionLibrary(installation)
        let file = "rulesets/weaknesses.yaml"
        weaknesses = try WeaknessCatalogue(
            try WeaknessLoader(reader: YAMLReader()).weaknesses(try installation.text(file), file: file))
    }

    /// Throws `unknownRule`, the errors of walking the suite; `CancellationError`.
    package func run(_ request: Request, progress: any ProgressListener) async throws -> Report {
        let rules = library.book.rules.filter { request.rule == nil || $0.description.id == request.rule }
        if rules.isEmpty, let id = request.rule { throw PipelineError(.unknownRule, "there is no rule '\(id)'") }
        var failures: [String] = []
        var rows = try rules.map { try examples(of: $0, &failures) }
        var results: [SuiteScan.Result] = []
        if let suite = request.suite {
            let scan = SuiteScan(library: library, suite: suite.cases, weaknesses: weaknesses)
            results = try await scan.run(suite.folder, jobs: request.jobs, progress: progress)
            for index in rows.indices {
                rows[index].labelled = tally(rows[index].rule, results)
                failures += broken(rows[index])
            }
        }
        return Report(
            rows: rows, categories: request.rule == nil ? categories(results) : [],
            calibration: request.suite == nil ? nil : CalibrationTable(results), failures: failures)
    }

    private func examples(of rule: Rule, _ failures: inout [String]) throws -> Row {
        var row = Row(rule: rule.description, floor: rule.floor)
        let trial = try ExampleTrial(rule, grammars: library.grammars)
        // Without grammars only lexical rules can be tried.
        guard library.grammars != nil || rule.isLexical else { return row }
        for example in rule.examples {
            row.examples.all += 1
            if trial.holds(example) {
                row.examples.held += 1
            } else {
                failures.append("\(rule.description.id): \(example.mark): expected \(example.expectation)")
            }
        }
        return row
    }

    /// The cases that a rule could report: of its weakness, or a wider or narrower one, in its languages.
    private func tally(_ rule: RuleDescription, _ results: [SuiteScan.Result]) -> Tally? {
        var tally = Tally()
        var isConcerned = false
        for result in results {
            guard rule.languages.isEmpty || !result.languages.isDisjoint(with: rule.languages),
                weaknesses.isRelated(rule.weakness, result.entry.weakness)
            else { continue }
            isConcerned = true
            tally.count(isReal: result.entry.isReal, isReported: result.confidences[rule.id] != nil)
        }
        return isConcerned ? tally : nil
    }

    private func broken(_ row: Row) -> [String] {
        func check(_ name: String, _ measured: Double?, _ floor: Double?) -> String? {
            guard let measured, let floor, measured < floor else { return nil }
            return "\(row.rule.id): \(name) \(Self.text(measured)) is under its floor of \(Self.text(floor))"
        }
        return [
            check("precision", row.labelled?.precision, row.floor?.precision),
            check("recall", row.labelled?.recall, row.floor?.recall),
        ].compactMap(\.self)
    }

    private func categories(_ results: [SuiteScan.Result]) -> [(name: String, tally: Tally)] {
        var table: [String: Tally] = [:]
        for result in results {
            table[result.entry.category, default: Tally()]
                .count(isReal: result.entry.isReal, isReported: !result.confidences.isEmpty)
        }
        return table.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// A share with three decimals, the same everywhere.
    package static func text(_ share: Double) -> String {
        let thousandths = Int((share * 1000).rounded())
        let rest = String(abs(thousandths) % 1000)
        return (thousandths < 0 ? "-" : "") + "\(abs(thousandths) / 1000)."
            + String(repeating: "0", count: 3 - rest.count) + rest
    }
}
