import ArgumentParser
import OrchestratorCore
import Pipeline
import Store

extension Rulesets {
    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Import an organisation's own rule sets and overlays.",
            discussion: """
                All files are checked first; with an error in one of them, nothing is imported. Scans use an imported \
                rule set where --ruleset or 'rule_sets' of the configuration names it. Earlier versions stay and are \
                named by id@digest.
                """)

        @Argument(help: "Files of frameworks or overlays.")
        var files: [String]

        @Flag(help: "Check only; keep nothing.")
        var dryRun = false

        @OptionGroup var state: StateOptions

        func run() throws {
            let importer = try RuleSetImporter(try Installation(), try RunLibrary(state: state.folder).catalog)
            for ruleSet in dryRun ? try importer.read(files) : try importer.importFiles(files) {
                let origin = ruleSet.base.map { ", extends \($0.id)" } ?? ""
                Console.print("\(ruleSet.id)  \(ruleSet.controls.count) controls\(origin)  \(ruleSet.digest)")
            }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Withdraw an imported rule set.",
            discussion: "Runs that used it can still be rendered, and its versions be named by id@digest.")

        @Argument(help: "The id.")
        var id: String

        @OptionGroup var state: StateOptions

        func run() throws {
            try RuleSetImporter(try Installation(), try RunLibrary(state: state.folder).catalog).remove(id)
        }
    }

    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare two rule sets: controls and mappings added, removed and changed.")

        @Argument(help: "An id, id@digest or a file.")
        var before: String

        @Argument(help: "An id, id@digest or a file.")
        var after: String

        @Flag(help: "Print a JSON object.")
        var json = false

        @OptionGroup var state: StateOptions

        func run() throws {
            let catalog = try RunLibrary(state: state.folder).catalog
            let installation = try Installation()
            let importer = try RuleSetImporter(installation, catalog)
            let (old, new) = (try importer.ruleSet(before), try importer.ruleSet(after))
            let text = RuleSetDifferenceText(old, new)
            if json { return Console.print(text.json.text) }
            text.lines.forEach { Console.print($0) }
        }
    }
}
