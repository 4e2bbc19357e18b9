package import OrchestratorCore
package import Reporting
package import Settings

/// Everything a user asks of a scan, resolved: flags over environment over configuration.
package struct ScanRequest: Sendable {
    /// The folder to scan.
    package let target: String
    /// Where reports go.
    package let out: String
    package let state: String
    package let configuration: ScanConfiguration
    /// A revision: only what changed since is examined.
    package let since: String?
    /// A baseline file, and the run to compare with: an id or a prefix of it.
    package let baseline: String?
    package let compareTo: String?
    /// Tasks at a time, at least 1. Never shapes the result.
    package let jobs: Int
    /// What is written of the report.
    package let selection: ReportSelection

    package init(
        target: String, out: String, state: String, configuration: ScanConfiguration, since: String?,
        baseline: String? = nil, compareTo: String? = nil, jobs: Int, selection: ReportSelection = ReportSelection()
    ) {
        self.target = target
        self.out = out
        self.state = state
        self.configuration = configuration
        self.since = since
        self.baseline = baseline
        self.compareTo = compareTo
        self.jobs = max(1, jobs)
        self.selection = selection
    }

    /// What shapes the result, as flags one could type: no paths of this machine.
    var options: [String] {
        var options: [String] = []
        for ruleSet in configuration.ruleSets ?? [] { options += ["--ruleset", ruleSet] }
        if let failOn = configuration.failOn { options += ["--fail-on", failOn.rawValue] }
        if let since { options += ["--since", since] }
        if let compareTo { options += ["--compare-to", compareTo] }
        if configuration.searchesHistory { options.append("--history") }
        if configuration.selection.scope != .all { options += ["--review", configuration.selection.scope.rawValue] }
        if configuration.isLocalOnly { options.append("--local-only") }
        if configuration.honoursSuppressions == false { options.append("--disable-suppressions") }
        return options
    }
}

/// How a scan ended.
package struct ScanOutcome: Sendable {
    package let runID: String
    /// The folder the reports are in, absolute.
    package let folder: String
    /// The names of the files written.
    package let reports: [String]
    /// Why a document that was asked for could not be printed.
    package let unwritten: PipelineError?
    /// Open findings by severity.
    package let open: [Severity: Int]
    package let suppressed: Int
    /// Of the open ones, those that are in the history only; nil where it was not searched.
    package let inHistory: Int?
    package let files: [CoverageState: Int]
    package let exitCode: ExitStatus
    /// True where an unfinished run was taken up again.
    package let resumed: Bool
}

/// What a scan would ask of models.
package struct ScanPlan: Sendable {
    /// The run that a scan would take up.
    package let runID: String
    /// In the order in which the models would be asked.
    package let estimates: [ModelEstimate]
    /// Models that were left out, and why.
    package let notices: [String]
    /// How tokens were counted; nil where no model is configured.
    package let counter: String?
    package let budgets: Budgets
}

/// What the process says to whoever started it.
package enum ExitStatus: Int32, Sendable {
    case done = 0
    /// Open findings at or above `--fail-on`.
    case findings = 1
    /// The command, its configuration or its surroundings (permissions, disk, state) do not allow the work.
    case unusable = 2
    /// Something that should have been examined was not. Outranks `findings`.
    case incomplete = 3
    case internalError = 4
}
