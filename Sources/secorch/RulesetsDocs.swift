import ArgumentParser
import OrchestratorCore
import Pipeline

extension Rulesets {
    struct Docs: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a Markdown page for each detection rule, and an index.",
            discussion: "From the rules' data alone: the same bytes each time. 'rulesets show RULE' prints one page.")

        @Option(help: "The folder to write to; it is created where there is none.")
        var out: String

        @OptionGroup var state: StateOptions

        func run() throws {
            let folder = try OutputFolder(out, root: nil)
            let pages = try RulePages(try Installation(), try Rulesets.library(state)).write(into: folder)
            Console.print("\(pages) pages and index.md in \(VisibleText.of(folder.path))")
        }
    }
}
