import ArgumentParser
import OrchestratorCore
import Pipeline
import Reporting

struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write the report of a recorded run again.",
        discussion: "From what was recorded then, with the rule sets and templates of then: the same bytes.")

    /// The names of formats on the command line.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case md, html, json, sarif

        var file: ReportFile {
            switch self {
            case .md: .markdown
            case .html: .html
            case .json: .json
            case .sarif: .sarif
            }
        }
    }

    @Argument(help: "The run's id, a prefix of it, or 'latest'.")
    var id = "latest"

    @Option(help: "Folder for the files.")
    var out = "reports"

    @Option(
        name: .customLong("format"), help: "Formats, separated by commas: md, html, json, sarif.",
        transform: { text in
            try text.split(separator: ",").map { name in
                guard let format = Format(rawValue: String(name)) else {
                    throw ValidationError("'\(name)' is no format; expected md, html, json or sarif.")
                }
                return format
            }
        })
    var formats: [Format] = Format.allCases

    @OptionGroup var state: StateOptions

    func run() throws {
        let library = try RunLibrary(state: state.folder)
        let (record, store) = try library.run(id)
        let folder = try Orchestrator(try Installation())
            .report(record, in: store, try library.catalog, files: formats.map(\.file), out: out)
        for format in formats { Console.print("\(folder)/\(format.file.rawValue)") }
    }
}
