import ArgumentParser
import Foundation
import OrchestratorCore
import Pipeline
import Settings

struct Baseline: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write down today's open findings, so that only later ones count.",
        discussion: """
            Scans the folder without writing reports and lists its open findings, sorted, one a line: id, rule, path. \
            'secorch scan --baseline FILE --fail-on high' then fails for others only; those of the baseline stay in every \
            report, marked.
            """)

    @Argument(help: "The folder to scan.")
    var path: String

    @Option(help: "The file to write (default: standard output).")
    var out: String?

    @OptionGroup var models: ModelOptions
    @Option(help: "File of exceptions: what they suppress is not open.")
    var exceptions: String?

    @OptionGroup var state: StateOptions
    @OptionGroup var settings: ConfigurationOptions
    @OptionGroup var work: WorkOptions

    func run() async throws {
        var configuration = try settings.load()
        if let exceptions { configuration.exceptions = exceptions }
        try models.apply(to: &configuration)
        // Reports are written nowhere; the state folder is left out of the walk in any case.
        let request = ScanRequest(
            target: path, out: state.folder, state: state.folder, configuration: configuration, since: nil,
            jobs: work.taskCount)
        let (text, count, exitCode) = try await Orchestrator(try Installation(), progress: work.progress)
            .baseline(request)
        if let out {
            do { try text.write(toFile: out, atomically: true, encoding: .utf8) } catch {
                throw PipelineError(.badOutput, "cannot write \(out): \(error.localizedDescription)")
            }
            if !work.quiet { Console.line("secorch: \(count) open findings in \(VisibleText.of(out))") }
        } else {
            Console.write(text)
        }
        guard exitCode == .incomplete else { return }
        Console.warning("the baseline is incomplete: files in scope could not be examined")
        throw ExitCode(exitCode.rawValue)
    }
}
