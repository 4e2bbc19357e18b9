import ArgumentParser
import OrchestratorCore
import Pipeline

struct Ask: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask a question about a scanned repository.",
        discussion: """
            The findings and the code of a finished run that share words with the question go to a model, with secrets and \
            personal data replaced, under the same budgets as a scan. The answer names places; those that the model was not \
            shown are pointed out. Without a model, the findings that fit the question are printed.
            """)

    @Argument(help: "The question.")
    var question: String

    @Option(name: .customLong("run"), help: "The run it is about: its id, a prefix of it, or 'latest'.")
    var id = "latest"

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Say nothing but the answer and errors.")
    var quiet = false

    @OptionGroup var models: ModelOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var settings: ConfigurationOptions

    func run() async throws {
        var configuration = try settings.load()
        try models.apply(to: &configuration)
        let request = AskRequest(question: question, run: id, state: state.folder, configuration: configuration)
        let isStreaming = !json
        let answer = try await Questioner(try Installation()).answer(request) { piece in
            if isStreaming { Console.write(VisibleText.of(piece)) }
        }
        if json { return Console.print(Self.object(answer).text) }
        guard let model = answer.model else { return printFindings(answer) }
        Console.write("\n")
        if !answer.unseen.isEmpty {
            Console.warning(
                "the answer names places that were not shown to it: " + answer.unseen.joined(separator: ", "))
        }
        guard !quiet else { return }
        Console.line(
            VisibleText.of("secorch: \(model), run \(answer.run), \(answer.shown.count) parts of files, \(answer.cost)")
        )
    }

    private func printFindings(_ answer: Questioner.Answer) {
        if !quiet {
            Console.line("secorch: no model may be asked; findings of run \(answer.run) that fit the question:")
        }
        for finding in answer.findings {
            let place = "\(finding.location.path.text):\(finding.location.startLine)"
            Console.print(
                VisibleText.of(
                    "\(place)  \(finding.severity.rawValue)  \(Weakness.label(finding.weakness))  \(finding.message)"))
        }
    }

    private static func object(_ answer: Questioner.Answer) -> JSONValue {
        [
            "run": .string(answer.run), "model": .optional(answer.model?.description), "answer": .string(answer.text),
            "shown": .strings(answer.shown), "unseen": .strings(answer.unseen),
            "findings": .strings(answer.findings.map(\.id)), "cost_nanodollars": .number(Int(answer.cost.nanodollars)),
        ]
    }
}
