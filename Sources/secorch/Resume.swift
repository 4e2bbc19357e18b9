import ArgumentParser
import OrchestratorCore
import Pipeline
import Store

struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take up the newest unfinished run where it stopped.",
        discussion: """
            The same as giving the interrupted command again, from any folder: target and options are those of the run; \
            configuration and budgets are today's. Where the target or the settings have changed since, a new run begins. \
            With --retry-uncertain, what may have been charged without an answer is sent again.
            """)

    @Argument(help: "The run's id or a prefix of it (default: the newest unfinished run).")
    var id: String?

    @Option(help: "Folder for the reports.")
    var out = "reports"

    @OptionGroup var reports: ReportOptions
    @OptionGroup var models: ModelOptions
    @OptionGroup var batches: BatchOptions
    @OptionGroup var decisions: DecisionOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var settings: ConfigurationOptions
    @OptionGroup var work: WorkOptions

    func run() async throws {
        let library = try RunLibrary(state: state.folder)
        let run = try id.map { try library.run($0).run } ?? library.newestUnfinished()
        guard run.state == .running else {
            throw PipelineError(
                .unknownRun,
                "the run \(run.id) is \(run.state.rawValue); only unfinished runs are resumed. 'secorch scan' begins a new one"
            )
        }
        var options = try ScanOptions.parse(
            run.settings.options + ["--out", out, "--state", state.folder, "--", run.repository.root])
        let scope = options.models.review
        options.models = models
        options.models.review = models.review ?? scope
        options.models.localOnly = models.localOnly || run.settings.options.contains("--local-only")
        options.batches = batches
        options.reports = reports
        options.decisions = decisions
        options.settings = settings
        options.work = work
        try await options.scan()
    }
}
