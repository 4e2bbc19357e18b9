import ArgumentParser
import Detection
import OrchestratorCore
import Pipeline
import Reporting
import Store

struct Rulesets: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, show, compare, import, remove, test, document and validate frameworks and detection rules.",
        subcommands: [
            List.self, Show.self, Import.self, Remove.self, Diff.self, Rules.self, Test.self, Docs.self, Validate.self,
        ],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the frameworks.")

        @Flag(help: "Print one JSON object a line.")
        var json = false

        @OptionGroup var state: StateOptions

        func run() throws {
            let library = try Rulesets.library(state)
            for ruleSet in library.ruleSets { print(ruleSet, isOwn: false) }
            for ruleSet in library.own { print(ruleSet, isOwn: true) }
        }

        private func print(_ ruleSet: RuleSet, isOwn: Bool) {
            if json {
                return Console.print(
                    JSONValue.object(Rulesets.head(ruleSet) + [("imported", .bool(isOwn))]).text)
            }
            let id = ruleSet.id + String(repeating: " ", count: max(1, 20 - ruleSet.id.count))
            let origin = ruleSet.base.map { ", extends \($0.id)" } ?? ""
            let mark = isOwn ? "  [imported\(origin)]" : ""
            Console.print("\(id) \(ruleSet.controls.count) controls  \(ruleSet.title), \(ruleSet.version)\(mark)")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the controls of a framework, or a detection rule.")

        @Argument(help: "The framework's id, or id@digest for one version of it; or the id of a rule.")
        var id: String

        @Flag(help: "Print a JSON object.")
        var json = false

        @OptionGroup var state: StateOptions

        func run() throws {
            let library = try Rulesets.library(state)
            let ruleSet: RuleSet
            do { ruleSet = try library.ruleSet(id) } catch let error as PipelineError
                where error.code == .unknownRuleSet
            {
                guard let page = try RulePages(try Installation(), library).page(of: id) else { throw error }
                return Console.write(json ? page.json.text + "\n" : page.markdown)
            }
            if json { return Console.print(Rulesets.object(ruleSet).text) }
            Console.print(
                "\(ruleSet.title), \(ruleSet.version)\n\(ruleSet.publisher); \(ruleSet.licence)\n\(ruleSet.digest)")
            if let base = ruleSet.base { Console.print("extends \(base.id), \(base.digest)") }
            Console.print("")
            for control in ruleSet.controls {
                Console.print(
                    "\(control.id)  \(control.title)  [\(control.assessable.rawValue), \(control.checkType.title)]")
                if let statement = control.applicability {
                    Console.print(
                        "    \(statement.isApplicable ? "applicable" : "not applicable"): \(statement.justification)")
                }
                for mapping in control.mappings {
                    Console.print("    CWE-\(mapping.weakness)  \(mapping.strength.rawValue)  \(mapping.source)")
                }
            }
        }
    }

    struct Rules: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the detection rules.")

        @Flag(help: "Print one JSON object a line.")
        var json = false

        func run() throws {
            for rule in try DetectionLibrary(try Installation()).book.descriptions {
                let languages = rule.languages.isEmpty ? ["any"] : rule.languages.map(\.rawValue)
                if json {
                    Console.print(
                        ([
                            "id": .string(rule.id), "title": .string(rule.title), "cwe": .number(rule.weakness),
                            "category": .string(rule.category.rawValue),
                            "severity": .string(rule.severity.rawValue), "confidence": .number(rule.confidence),
                            "languages": .strings(languages),
                        ] as JSONValue).text)
                } else {
                    Console.print(
                        "\(rule.id)  CWE-\(rule.weakness)  \(rule.severity.rawValue)  \(languages.joined(separator: ","))  \(rule.title)"
                    )
                }
            }
        }
    }

    struct Validate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check rule files: keys, values, patterns, queries, examples.",
            discussion: """
                Without files, everything that is installed. Stops at the first error, with its place. Overlays are checked \
                together with what they extend: an installed framework, an imported one, or another of the files.
                """)

        @Argument(help: "Files of frameworks, overlays or detection rules.")
        var files: [String] = []

        @OptionGroup var state: StateOptions

        func run() throws {
            let validator = RuleFileValidator(try Installation())
            let checked =
                try files.isEmpty
                ? validator.validateInstallation()
                : validator.validate(files) { try RunLibrary(state: state.folder).catalog }
            for line in checked { Console.print(line) }
        }
    }

    static func library(_ state: StateOptions) throws -> FrameworkLibrary {
        try FrameworkLibrary(try Installation(), try RunLibrary(state: state.folder).catalog)
    }

    static func head(_ ruleSet: RuleSet) -> [(String, JSONValue)] {
        [
            ("id", .string(ruleSet.id)), ("title", .string(ruleSet.title)), ("version", .string(ruleSet.version)),
            ("publisher", .string(ruleSet.publisher)), ("licence", .string(ruleSet.licence)),
            ("url", .string(ruleSet.url)), ("digest", .string(ruleSet.digest.description)),
            (
                "extends",
                ruleSet.base.map { ["id": .string($0.id), "digest": .string($0.digest.description)] } ?? .null
            ),
        ]
    }

    private static func object(_ ruleSet: RuleSet) -> JSONValue {
        .object(head(ruleSet) + [("controls", .array(ruleSet.controls.map(object)))])
    }

    private static func object(_ control: Control) -> JSONValue {
        [
            "id": .string(control.id), "title": .string(control.title), "group": .string(control.group),
            "assessable": .string(control.assessable.rawValue), "check": .string(control.checkType.rawValue),
            "evidenced_by_scan": .bool(control.evidencedByScan),
            "applicability": control.applicability.map { statement in
                [
                    "applicable": .bool(statement.isApplicable), "justification": .string(statement.justification),
                ]
            } ?? .null,
            "condition": control.needsPersonalData ? .string("personal_data") : .null,
            "cwes": .array(
                control.mappings.map { mapping in
                    [
                        "cwe": .number(mapping.weakness), "source": .string(mapping.source),
                        "strength": .string(mapping.strength.rawValue), "rationale": .string(mapping.rationale),
                    ]
                }),
        ]
    }
}
