import ArgumentParser
import OrchestratorCore
import Pipeline
import Store

struct Runs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, show and compare recorded runs.", subcommands: [List.self, Show.self, Diff.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List runs, newest first.")

        @Flag(help: "Print one JSON object a line.")
        var json = false

        @OptionGroup var state: StateOptions

        func run() throws {
            for (run, _) in try RunLibrary(state: state.folder).runs() {
                Console.print(json ? Runs.object(run).text : Runs.line(run))
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show what a run was asked for and how it ended.")

        @Argument(help: "The run's id, a prefix of it, or 'latest'.")
        var id = "latest"

        @Flag(help: "Print a JSON object.")
        var json = false

        @OptionGroup var state: StateOptions

        func run() throws {
            let (record, _) = try RunLibrary(state: state.folder).run(id)
            if json { return Console.print(Runs.object(record).text) }
            for (name, value) in Runs.fields(record) { Console.field(name, value) }
        }
    }

    private static func line(_ run: RunRecord) -> String {
        let exit = run.exitCode.map { "exit \($0)" } ?? "-"
        return VisibleText.of("\(run.id)  \(run.state.rawValue)  \(exit)  \(run.repository.root)")
    }

    private static func fields(_ run: RunRecord) -> [(String, String)] {
        let settings = run.settings
        return [
            ("run", "\(run.id), number \(run.number) of this target"), ("state", run.state.rawValue),
            ("target", run.repository.root), ("commit", run.repository.revision?.commit ?? "none"),
            ("started", run.startedAt.description), ("finished", run.finishedAt?.description ?? "-"),
            ("exit code", run.exitCode.map(String.init) ?? "-"), ("version", settings.version),
            ("options", settings.options.isEmpty ? "none" : settings.options.joined(separator: " ")),
            ("rules", "\(settings.detectionRuleCount), \(settings.detectionRules)"),
            ("personal data", settings.personalData),
        ] + settings.ruleSets.map { ("rule set", "\($0.id) \($0.digest)") } + settings.notices.map { ("notice", $0) }
    }

    private static func object(_ run: RunRecord) -> JSONValue {
        [
            "id": .string(run.id), "number": .number(run.number), "state": .string(run.state.rawValue),
            "target": .string(run.repository.root), "commit": .optional(run.repository.revision?.commit),
            "started_at": .string(run.startedAt.description), "finished_at": .optional(run.finishedAt?.description),
            "exit_code": run.exitCode.map(JSONValue.number) ?? .null, "version": .string(run.settings.version),
            "options": .strings(run.settings.options),
            "detection_rules": .string(run.settings.detectionRules.description),
            "rule_sets": .array(
                run.settings.ruleSets.map {
                    ["id": .string($0.id), "digest": .string($0.digest.description)]
                }), "notices": .strings(run.settings.notices),
        ]
    }
}
