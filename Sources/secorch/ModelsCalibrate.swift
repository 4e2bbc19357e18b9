import ArgumentParser
import OrchestratorCore
import Pipeline
import Store

struct Calibrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure models on labelled pairs of vulnerable and safe code.",
        discussion: """
            Puts the pairs under rulesets/calibration to each configured model, the way a scan would, under the same budgets. \
            Prints and keeps the true-positive rate, the false-positive rate, the share of unusable answers, cost and time. \
            A scan takes the cheapest model whose score (the first rate minus the second) reaches 'selection: {floor: ...}', \
            and lets the best one check claims. Answers are kept: measuring again costs nothing unless --again is given.
            """)

    @Flag(help: "Ask again what was answered before.")
    var again = false

    @Flag(help: "Only show what was measured before.")
    var show = false

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @OptionGroup var models: ModelOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var settings: ConfigurationOptions
    @OptionGroup var work: WorkOptions

    func run() async throws {
        var configuration = try settings.load()
        try models.apply(to: &configuration)
        let calibrator = try Calibrator(
            try Installation(), configuration, state: state.folder, progress: work.progress)
        if show {
            for calibration in try calibrator.known() { print(calibration) }
            return await calibrator.shutdown()
        }
        guard !calibrator.models.isEmpty else {
            throw PipelineError(.badConfiguration, "no configured model with a known price may be asked")
        }
        for model in calibrator.models { print(try await calibrator.measure(model, again: again)) }
        await calibrator.shutdown()
    }

    private func print(_ calibration: Calibration) {
        Console.print(json ? Self.object(calibration).text : VisibleText.of(Self.line(calibration)))
    }

    private static func line(_ calibration: Calibration) -> String {
        func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
        return
            "\(calibration.model)  score \(percent(calibration.score))  found \(percent(calibration.truePositiveRate))"
            + "  false alarms \(percent(calibration.falsePositiveRate))  unusable \(percent(calibration.invalidRate))"
            + "  of \(calibration.samples) snippets  \(calibration.cost)  \(calibration.milliseconds) ms"
    }

    private static func object(_ calibration: Calibration) -> JSONValue {
        [
            "model": .string(calibration.model.description), "task": .string(calibration.task.rawValue),
            "measured_at": .string(calibration.measuredAt.description),
            "prompt": .string(calibration.prompt.description),
            "true_positives": .number(calibration.truePositives),
            "false_negatives": .number(calibration.falseNegatives),
            "false_positives": .number(calibration.falsePositives),
            "true_negatives": .number(calibration.trueNegatives), "unusable": .number(calibration.invalid),
            "requests": .number(calibration.requests), "input_tokens": .number(calibration.inputTokens),
            "output_tokens": .number(calibration.outputTokens),
            "cost_nanodollars": .number(Int(calibration.cost.nanodollars)),
            "milliseconds": .number(calibration.milliseconds),
        ]
    }
}
