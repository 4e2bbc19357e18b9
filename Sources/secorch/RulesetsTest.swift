import ArgumentParser
import Detection
import OrchestratorCore
import Pipeline

extension LabelledSuite.Half: ExpressibleByArgument {}

extension Rulesets {
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try rules on their examples and on labelled code; exit 1 where one fails.",
            discussion: """
                Every rule is tried on its own examples. With --labelled and --expected, the analyzer also runs over a \
                suite whose cases are named after their files, and precision and recall of each rule are compared with \
                the 'floor' it declares. Recall counts all cases of the rule's weakness in its languages, of which other \
                rules may find some. Failures are listed on standard error.
                """)

        enum Format: String, ExpressibleByArgument { case text, json }

        @Option(help: "Only this rule.")
        var rule: String?

        @Option(help: "Folder of a labelled suite.")
        var labelled: String?

        @Option(help: "Its cases, as lines of 'name,category,true|false,CWE number'.")
        var expected: String?

        @Option(help: "Which cases count, split by the SHA-256 of their names: dev, test or all.")
        var half = LabelledSuite.Half.all

        @Flag(help: "Print declared confidence beside measured precision.")
        var calibration = false

        @Option(help: "text or json.")
        var format = Format.text

        @OptionGroup var work: WorkOptions

        func validate() throws {
            if (labelled == nil) != (expected == nil) {
                throw ValidationError("--labelled and --expected go together.")
            }
            if calibration, labelled == nil { throw ValidationError("--calibration needs --labelled and --expected.") }
        }

        func run() async throws {
            var suite: (folder: String, cases: LabelledSuite)?
            if let labelled, let expected { suite = (labelled, try LabelledSuite(file: expected, half: half)) }
            let report = try await RuleTest(try Installation())
                .run(.init(rule: rule, suite: suite, jobs: work.taskCount), progress: work.progress)
            let text = RuleTestText(report, isLabelled: suite != nil, showsCalibration: calibration)
            if format == .json { Console.print(text.json.text) } else { text.lines.forEach { Console.print($0) } }
            for failure in report.failures { Console.error(failure) }
            if !report.failures.isEmpty { throw ExitCode(1) }
        }
    }
}
