import ArgumentParser
import OrchestratorCore
import Pipeline

struct Scan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Scan a folder and write the reports.",
        discussion: """
            Writes report.md, report.html, report.json and findings.sarif, or the formats named. A scan that was interrupted goes on where it \
            stopped when the same command is given again. Unchanged files are not examined twice.
            """)

    @OptionGroup var options: ScanOptions

    @Flag(help: "Only print what models would be asked and what it would cost; see 'secorch plan'.")
    var dryRun = false

    @Flag(help: "With --dry-run: print one JSON object a line.")
    var json = false

    func run() async throws {
        if dryRun { return try await Plan.print(options, json: json) }
        try await options.scan()
    }
}

/// What a scan found, in a few lines.
struct ScanSummary {
    private let outcome: ScanOutcome

    init(_ outcome: ScanOutcome) { self.outcome = outcome }

    /// - Parameter everyFile: print the path of each file written, not of the page for people alone.
    func print(isQuiet: Bool, everyFile: Bool) {
        if !isQuiet {
            let resumed = outcome.resumed ? " (taken up where it stopped)" : ""
            Console.line("secorch: run \(outcome.runID)\(resumed)")
            Console.line("secorch: \(findings)")
            Console.line("secorch: \(files)")
            if outcome.files[.analysed, default: 0] == 0 {
                Console.warning("nothing was examined: no file in scope is one that rules read")
            }
            if outcome.exitCode == .incomplete {
                Console.warning("the report is incomplete: see Coverage in it for the files and the reasons")
            }
        }
        let files = everyFile ? outcome.reports : outcome.reports.filter { $0 == "report.html" }
        for file in files { Console.print("\(outcome.folder)/\(file)") }
    }

    private var findings: String {
        let counts = Severity.descending.compactMap { severity in
            outcome.open[severity].map { "\($0) \(severity.rawValue)" }
        }
        let open = counts.isEmpty ? "no open findings" : "open findings: " + counts.joined(separator: ", ")
        let past = outcome.inHistory.map { "; in history: \($0)" } ?? ""
        return open + past + (outcome.suppressed == 0 ? "" : "; \(outcome.suppressed) suppressed")
    }

    private var files: String {
        "files: "
            + CoverageState.allCases.compactMap { state in
                outcome.files[state].map { "\($0) \(state.rawValue)" }
            }.joined(separator: ", ")
    }
}
