import ArgumentParser
import OrchestratorCore
import Pipeline
import Reporting
import Store

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

    @Flag(help: "Write one archive with the reports, all inputs but the code, and digests: see 'secorch audit'.")
    var bundle = false

    @Flag(help: "With --bundle: do not sign it.")
    var unsigned = false

    @OptionGroup var reports: ReportOptions
    /// Signs bundles; holds the state folder as well.
    @OptionGroup var key: KeyOptions

    func validate() throws {
        guard bundle, reports.templates != nil else { return }
        throw ValidationError("A bundle holds the reports as the run's own templates give them; leave out --templates.")
    }

    func run() throws {
        let library = try RunLibrary(state: key.state.folder)
        let (record, store) = try library.run(id)
        if bundle { return try writeBundle(record, store, try library.catalog) }
        let written = try write(record, store, try library.catalog, into: out)
        for file in written.files { Console.print("\(written.folder)/\(file)") }
        if let unwritten = written.unwritten { throw unwritten }
    }

    private func write(_ record: RunRecord, _ store: RunStore, _ catalog: CatalogStore, into out: String) throws -> (
        folder: String, files: [String], unwritten: PipelineError?
    ) {
        let installation = try Installation()
        let templates = try reports.templates.map { try installation.templates(replacedBy: $0) }
        return try Orchestrator(installation).report(
            record, in: store, catalog, selection: reports.selection, templates: templates, out: out)
    }

    private func writeBundle(_ record: RunRecord, _ store: RunStore, _ catalog: CatalogStore) throws {
        let signer = unsigned || key.path == nil && !key.file.exists ? nil : key.file
        let path = try Bundler(record, store, catalog, signingWith: signer).write(into: out) { folder in
            let written = try write(record, store, catalog, into: folder)
            if let unwritten = written.unwritten { throw unwritten }
        }
        if signer == nil, !unsigned { Console.warning("the bundle is unsigned: 'secorch audit keygen' makes a key") }
        Console.print(path)
    }
}
