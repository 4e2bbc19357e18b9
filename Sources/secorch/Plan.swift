import ArgumentParser
import OrchestratorCore
import Pipeline

struct Plan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what a scan would ask of models and what it would cost. Sends nothing.",
        discussion: """
            The target is read and examined as by a scan, which goes on from there. For each model: prompts, tokens, the \
            expected and the largest possible cost of sending all of them, what needs no request because the answer is \
            known or the text occurs twice, and what the same scan would take with each file in a prompt of its own.
            """)

    @OptionGroup var options: ScanOptions

    @Flag(help: "Print one JSON object a line, one for each model.")
    var json = false

    func run() async throws { try await Self.print(options, json: json) }

    static func print(_ options: ScanOptions, json: Bool) async throws {
        let plan = try await Orchestrator(try Installation(), progress: options.work.progress)
            .plan(try options.request())
        for notice in plan.notices { Console.line("secorch: \(VisibleText.of(notice))") }
        guard !plan.estimates.isEmpty else {
            return Console.line("secorch: no model would be asked; the embedded analyzer does the work")
        }
        for (index, estimate) in plan.estimates.enumerated() {
            if json {
                Console.print(object(estimate, isFirst: index == 0).text)
            } else {
                for line in lines(estimate, isFirst: index == 0) { Console.print(VisibleText.of(line)) }
            }
        }
        guard !json, let counter = plan.counter else { return }
        Console.print("tokens counted with: \(counter)")
        if let run = plan.budgets.run { Console.print("budget of the run: \(run)") }
    }

    private static func lines(_ estimate: ModelEstimate, isFirst: Bool) -> [String] {
        let (plan, size) = (estimate.plan, estimate.plan.size)
        let basis =
            estimate.measuredAnswers > 0
            ? "measured on \(estimate.measuredAnswers) answers" : "assumed"
        let share = plan.single.tokens == 0 ? 100 : size.tokens * 100 / plan.single.tokens
        return [
            "\(estimate.model.id)\(isFirst ? "  (asked first)" : "")",
            "  requests           \(size.prompts) for \(plan.chunks - plan.known - size.copies) chunks",
            "  input tokens       \(size.tokens), \(share) % of one file per prompt",
            "  expected cost      \(text(estimate.expected)), at \(estimate.outputTokens) tokens an answer (\(basis))",
            "  worst case         \(text(size.worstCase)), every prompt sent once",
            "  no request needed  \(plan.known) chunks answered before (\(plan.knownTokens) tokens), "
                + "\(size.copies) with the text of another (\(size.copiedTokens) tokens)",
            "  one file a prompt  \(plan.single.prompts) requests, \(plan.single.tokens) tokens, "
                + "expected \(text(estimate.expectedSingle))",
        ]
    }

    private static func text(_ money: Money?) -> String { money.map { "\($0)" } ?? "unknown: no price" }

    private static func object(_ estimate: ModelEstimate, isFirst: Bool) -> JSONValue {
        let (plan, size) = (estimate.plan, estimate.plan.size)
        func money(_ amount: Money?) -> JSONValue { amount.map { .number(Int($0.nanodollars)) } ?? .null }
        return [
            "model": .string(estimate.model.id.description), "is_first": .bool(isFirst),
            "chunks": .number(plan.chunks), "requests": .number(size.prompts), "input_tokens": .number(size.tokens),
            "expected_nanodollars": money(estimate.expected), "worst_case_nanodollars": money(size.worstCase),
            "expected_output_tokens_per_answer": .number(estimate.outputTokens),
            "measured_answers": .number(estimate.measuredAnswers), "known_chunks": .number(plan.known),
            "known_tokens": .number(plan.knownTokens), "copied_chunks": .number(size.copies),
            "copied_tokens": .number(size.copiedTokens), "single_requests": .number(plan.single.prompts),
            "single_input_tokens": .number(plan.single.tokens),
            "single_expected_nanodollars": money(estimate.expectedSingle),
        ]
    }
}
