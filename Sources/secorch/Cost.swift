import ArgumentParser
import OrchestratorCore
import Pipeline
import Store

extension Ledger.Grouping: ExpressibleByArgument {}

struct Cost: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what was spent on models.",
        discussion:
            "Uncertain amounts may have been charged; they count against the budgets in full until that is known.")

    @Option(name: .customLong("by"), help: "Group by run, day, provider or model.")
    var grouping = Ledger.Grouping.model

    @Option(name: .customLong("run"), help: "Only this run: its id, a prefix of it, or 'latest'.")
    var id: String?

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @Flag(help: "Say what would have been cheaper, from what was measured, with the configured models.")
    var suggest = false

    @OptionGroup var state: StateOptions
    @OptionGroup var settings: ConfigurationOptions

    func run() async throws {
        let library = try RunLibrary(state: state.folder)
        let run = try id.map { try library.run($0).run.id }
        let rows = try library.ledger.costs(by: grouping, run: run)
        if suggest { return try await printSuggestions(run: run) }
        if rows.isEmpty, !json { Console.line("secorch: nothing was sent to any model") }
        for row in rows {
            if json {
                Console.print(object(row).text)
            } else {
                let reserved = row.reserved == .zero ? "" : ", \(row.reserved) set aside for what is under way"
                let uncertain = row.uncertain == .zero ? "" : ", \(row.uncertain) uncertain"
                let failures = row.failures == 0 ? "" : ", \(row.failures) failed"
                Console.print(
                    VisibleText.of(
                        "\(row.group)  \(row.settled)\(reserved)\(uncertain)  \(row.requests) requests\(failures)  "
                            + "\(row.inputTokens) tokens in (\(row.cachedTokens) cached), \(row.outputTokens) out"))
            }
        }
    }

    private func printSuggestions(run: String?) async throws {
        let advice = try CostAdvice(try Installation(), try settings.load(), state: state.folder)
        let suggestions = try advice.suggestions(run: run)
        await advice.shutdown()
        if suggestions.isEmpty, !json { Console.line("secorch: nothing that was measured would have been cheaper") }
        for suggestion in suggestions {
            Console.print(json ? (["suggestion": .string(suggestion)] as JSONValue).text : VisibleText.of(suggestion))
        }
    }

    private func object(_ row: CostRow) -> JSONValue {
        [
            "group": .string(row.group), "requests": .number(row.requests), "failures": .number(row.failures),
            "settled_nanodollars": .number(Int(row.settled.nanodollars)),
            "reserved_nanodollars": .number(Int(row.reserved.nanodollars)),
            "uncertain_nanodollars": .number(Int(row.uncertain.nanodollars)), "input_tokens": .number(row.inputTokens),
            "cached_tokens": .number(row.cachedTokens), "output_tokens": .number(row.outputTokens),
        ]
    }
}
