import ArgumentParser
import OrchestratorCore
import Pipeline

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take in what other scanners found, as SARIF 2.1.0.",
        discussion: """
            Later scans of the folder merge the results with their own findings, by weakness and place, and name every tool. \
            A result counts only where its place is in the folder as the tool saw it; what is refused is counted by reason. \
            An import takes the place of an earlier one of the same name, which is that of the tool unless --name says.
            """,
        subcommands: [Take.self, List.self, Remove.self], defaultSubcommand: Take.self)

    /// The folder that the results are about.
    struct TargetOptions: ParsableArguments {
        @Option(help: "The folder that was scanned.")
        var target = "."

        @OptionGroup var state: StateOptions

        func desk() throws -> ImportDesk {
            try ImportDesk(try Installation(), target: target, state: state.folder)
        }
    }

    struct Take: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "take", abstract: "Take in a file of results; 'secorch import FILE' does the same.")

        @Argument(help: "The SARIF file.")
        var file: String

        @Option(help: "What to call the import (default: the tool's name).")
        var name: String?

        @Flag(help: "Print a JSON object.")
        var json = false

        @OptionGroup var options: TargetOptions

        func validate() throws {
            if let name, name.isEmpty { throw ValidationError("--name takes a name that is not empty.") }
        }

        func run() throws {
            let record = try options.desk().take(file, named: name)
            if json { return Console.print(Import.object(record).text) }
            for line in Import.lines(record) { Console.print(VisibleText.of(line)) }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List what was taken in, by name.")

        @Flag(help: "Print one JSON object a line.")
        var json = false

        @OptionGroup var options: TargetOptions

        func run() throws {
            for record in try options.desk().imports() {
                if json {
                    Console.print(Import.object(record).text)
                } else {
                    Console.print(VisibleText.of("\(Import.lines(record)[0])  \(record.file)  \(record.importedAt)"))
                }
            }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let later scans do without an import; reports of earlier runs keep it.")

        @Argument(help: "The import's name, as 'secorch import list' shows it.")
        var name: String

        @OptionGroup var options: TargetOptions

        func run() throws { try options.desk().remove(name) }
    }

    private static func lines(_ record: ImportRecord) -> [String] {
        let suppressed = record.suppressed > 0 ? " (\(record.suppressed) suppressed by the tool)" : ""
        let head =
            "\(record.name): \(record.taken) of \(record.results) results taken\(suppressed), "
            + "\(record.tools.joined(separator: ", "))"
        return [head] + record.refusals.sorted { $0.key < $1.key }.map { "  refused \($0.value): \($0.key)" }
            + record.examples.map { "    \($0)" }
    }

    private static func object(_ record: ImportRecord) -> JSONValue {
        [
            "name": .string(record.name), "file": .string(record.file), "digest": .string(record.digest.description),
            "imported_at": .string(record.importedAt.description), "tools": .strings(record.tools),
            "results": .number(record.results), "taken": .number(record.taken),
            "suppressed": .number(record.suppressed),
            "refused": .object(record.refusals.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) }),
            "examples": .strings(record.examples),
        ]
    }
}
