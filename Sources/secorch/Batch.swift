import ArgumentParser
import OrchestratorCore
import Pipeline

struct BatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch",
        abstract: "Have the prompts of a scan answered offline, or in a batch that is uploaded by hand.",
        discussion: """
            export brings a scan to its plan and writes its open prompts to a file, one request a line, in the shape of \
            OpenAI's batches, which offline engines take as well. import enters the answers into the account of the same \
            scan, at the full price of the model. Then 'secorch scan' with the same options sends only what is left.
            """,
        subcommands: [Export.self, Import.self])

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the open prompts of the first model to a file. Sends nothing.")

        @Option(help: "Where to write the requests, outside of the scanned folder.")
        var file: String

        @Flag(help: "Print one JSON object.")
        var json = false

        @OptionGroup var options: ScanOptions

        func run() async throws {
            let export = try await Orchestrator(try Installation(), progress: options.work.progress)
                .exportBatch(try options.request(), to: file)
            if json { return Console.print(Self.object(export).text) }
            let worst = export.worstCase.map { "\($0)" } ?? "unknown: no price"
            Console.print(
                VisibleText.of(
                    "\(export.prompts) prompts for \(export.model), \(export.tokens) tokens, worst case \(worst)"))
            if export.leftOut > 0 {
                Console.line("secorch: \(export.leftOut) prompts were left out: answered, or held as uncertain")
            }
        }

        private static func object(_ export: OfflineBatch.Export) -> JSONValue {
            [
                "model": .string(export.model.description), "prompts": .number(export.prompts),
                "tokens": .number(export.tokens), "left_out": .number(export.leftOut),
                "worst_case_nanodollars": export.worstCase.map { .number(Int($0.nanodollars)) } ?? .null,
            ]
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Enter the answers of a file into the account of the scan.",
            discussion: """
                Lines may stand in any order; what was entered before is passed over. Stops at the first line that cannot \
                be used, and exits 3 where a budget has no room: what stands before is entered.
                """)

        @Argument(help: "The file of results.")
        var file: String

        @Flag(help: "Print one JSON object.")
        var json = false

        @OptionGroup var options: ScanOptions

        func run() async throws {
            let imported = try await Orchestrator(try Installation(), progress: options.work.progress)
                .importBatch(try options.request(), from: file)
            if json { return Console.print(Self.object(imported).text) }
            Console.print(
                "\(imported.answers) answers for \(imported.cost), \(imported.failures) failed requests, "
                    + "\(imported.known) known before")
        }

        private static func object(_ imported: OfflineBatch.Import) -> JSONValue {
            [
                "answers": .number(imported.answers), "failures": .number(imported.failures),
                "known": .number(imported.known), "cost_nanodollars": .number(Int(imported.cost.nanodollars)),
            ]
        }
    }
}
