import ArgumentParser
import OrchestratorCore
import Pipeline
import Reporting
import Store

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

    @Flag(help: "Write one archive with the reports, all inputs but the code, and digests: see 'secorch audit'.")
    var bundle = false

    @Flag(help: "With --bundle: do not sign it.")
    var unsigned = false

    /// Signs bundles; holds the state folder as well.
    @OptionGroup var key: KeyOptions

    func run() throws {
        let library = try RunLibrary(state: key.state.folder)
        let (record, store) = try library.run(id)
        if bundle { return try writeBundle(record, store, try library.catalog) }
        let folder = try Orchestrator(try Installation())
            .report(record, in: store, try library.catalog, files: formats.map(\.file), out: out)
        for format in formats { Console.print("\(folder)/\(format.file.rawValue)") }
    }

    private func writeBundle(_ record: RunRecord, _ store: RunStore, _ catalog: CatalogStore) throws {
        let signer = unsigned || key.path == nil && !key.file.exists ? nil : key.file
        let orchestrator = Orchestrator(try Installation())
        let path = try Bundler(record, store, catalog, signingWith: signer).write(into: out) { folder in
            _ = try orchestrator.report(record, in: store, catalog, files: formats.map(\.file), out: folder)
        }
        if signer == nil, !unsigned { Console.warning("the bundle is unsigned: 'secorch audit keygen' makes a key") }
        Console.print(path)
    }
}
