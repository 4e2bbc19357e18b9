import ArgumentParser
import OrchestratorCore
import Pipeline
import Reporting

struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the report of a recorded run again, in any format.",
        discussion: """
            From what was recorded then, with the rule sets and templates of then: the same bytes. With --templates, the \
            templates are those of the folder.
            """)

    @Argument(help: "The run's id, a prefix of it, or 'latest'.")
    var id = "latest"

    @Option(help: "Folder for the files.")
    var out = "reports"

    @OptionGroup var reports: ReportOptions
    @OptionGroup var state: StateOptions

    func run() throws {
        let library = try RunLibrary(state: state.folder)
        let (record, store) = try library.run(id)
        let installation = try Installation()
        let templates = try reports.templates.map { try installation.templates(replacedBy: $0) }
        let written = try Orchestrator(installation)
            .report(
                record, in: store, try library.catalog, selection: reports.selection, templates: templates,
                out: out)
        for file in written.files { Console.print("\(written.folder)/\(file)") }
        if let unwritten = written.unwritten { throw unwritten }
    }
}
