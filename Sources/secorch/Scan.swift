import ArgumentParser
import Foundation
import OrchestratorCore
import Pipeline
import Settings

struct Scan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Scan a folder and write the reports.",
        discussion: """
            Writes report.md, report.html, report.json and findings.sarif. A scan that was interrupted goes on where it \
            stopped when the same command is given again. Unchanged files are not examined twice.
            """)

    @Argument(help: "The folder to scan; a git work tree or any other.")
    var path: String

    @Option(help: "Folder for the reports.")
    var out = "reports"

    @Option(name: .customLong("ruleset"), help: "A framework to report against; may be repeated (default: all).")
    var ruleSets: [String] = []

    @Option(help: "Exit 1 for open findings of this severity or worse: info, low, medium, high, critical.")
    var failOn: Severity?

    @Option(help: "Examine only what changed since this revision; the rest is carried over from earlier runs.")
    var since: String?

    @Flag(help: "Show findings as if no comment suppressed any.")
    var disableSuppressions = false

    @OptionGroup var models: ModelOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var settings: ConfigurationOptions
    @OptionGroup var work: WorkOptions

    func run() async throws {
        var configuration = try settings.load()
        if !ruleSets.isEmpty { configuration.ruleSets = ruleSets }
        if let failOn { configuration.failOn = failOn }
        if disableSuppressions { configuration.honoursSuppressions = false }
        try models.apply(to: &configuration)
        let request = ScanRequest(
            target: path, out: out, state: state.folder, configuration: configuration, since: since,
            jobs: work.taskCount)
        let outcome = try await Orchestrator(try Installation(), progress: work.progress).scan(request)
        ScanSummary(outcome).print(isQuiet: work.quiet)
        throw ExitCode(outcome.exitCode.rawValue)
    }
}

/// What a scan found, in a few lines.
struct ScanSummary {
    private let outcome: ScanOutcome

    init(_ outcome: ScanOutcome) { self.outcome = outcome }

    func print(isQuiet: Bool) {
        if !isQuiet {
            let resumed = outcome.resumed ? " (taken up where it stopped)" : ""
            Console.line("secorch: run \(outcome.runID)\(resumed)")
            Console.line("secorch: \(findings)")
            Console.line("secorch: \(files)")
            if outcome.exitCode == .incomplete {
                Console.warning("the report is incomplete: see Coverage in it for the files and the reasons")
            }
        }
        Console.print(outcome.folder + "/report.html")
    }

    private var findings: String {
        let counts = Severity.descending.compactMap { severity in
            outcome.open[severity].map { "\($0) \(severity.rawValue)" }
        }
        let open = counts.isEmpty ? "no open findings" : "open findings: " + counts.joined(separator: ", ")
        return outcome.suppressed == 0 ? open : open + "; \(outcome.suppressed) suppressed"
    }

    private var files: String {
        "files: "
            + CoverageState.allCases.compactMap { state in
                outcome.files[state].map { "\($0) \(state.rawValue)" }
            }.joined(separator: ", ")
    }
}
