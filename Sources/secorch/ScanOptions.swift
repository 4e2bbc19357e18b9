import ArgumentParser
import OrchestratorCore
import Pipeline
import Settings

/// What a scan and its plan are asked for.
struct ScanOptions: ParsableArguments {
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

    @Option(help: "The run to compare with: its id or a prefix of it (default: the newest that saw something else).")
    var compareTo: String?

    @Flag(help: "Search the commits behind the tree as well, for secrets that are gone from it.")
    var history = false

    @Flag(
        name: [.customLong("disable-suppressions"), .customLong("no-suppressions")],
        help: "Show findings as if no comment and no exception suppressed any.")
    var disableSuppressions = false

    @OptionGroup var reports: ReportOptions
    @OptionGroup var decisions: DecisionOptions

    @OptionGroup var models: ModelOptions
    @OptionGroup var batches: BatchOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var settings: ConfigurationOptions
    @OptionGroup var work: WorkOptions

    /// Flags over environment over configuration. Throws the errors of reading them.
    func request() throws -> ScanRequest {
        var configuration = try settings.load()
        if !ruleSets.isEmpty { configuration.ruleSets = ruleSets }
        if let failOn { configuration.failOn = failOn }
        if history { configuration.searchesHistory = true }
        if disableSuppressions { configuration.honoursSuppressions = false }
        if let templates = reports.templates { configuration.templates = templates }
        decisions.apply(to: &configuration)
        try models.apply(to: &configuration)
        batches.apply(to: &configuration)
        return ScanRequest(
            target: path, out: out, state: state.folder, configuration: configuration, since: since,
            baseline: decisions.baseline, compareTo: compareTo, jobs: work.taskCount, selection: reports.selection)
    }

    /// Scans, says how it went and ends with the scan's exit code.
    func scan() async throws {
        let outcome = try await Orchestrator(try Installation(), progress: work.progress).scan(try request())
        ScanSummary(outcome).print(isQuiet: work.quiet, everyFile: reports.isNamed)
        if let unwritten = outcome.unwritten { throw unwritten }
        throw ExitCode(outcome.exitCode.rawValue)
    }
}
