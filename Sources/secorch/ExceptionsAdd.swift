import ArgumentParser
import OrchestratorCore
import Pipeline

extension Exceptions {
    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add an entry at the end of the file; what stands in it stays as it is.",
            discussion: "Give --id, or --rule with --path. The file is made where there is none.")

        @OptionGroup var file: FileOptions

        @Option(help: "The id of a finding, as in report.json.")
        var id: String?

        @Option(help: "The id of a rule.")
        var rule: String?

        @Option(help: "Paths below the target: * and ? within a folder, ** across folders, a trailing / for all below.")
        var path: String?

        @Option(help: "What was decided: false_positive, accepted_risk, severity.")
        var kind: FindingException.Kind

        @Option(help: "With --kind severity: the new one.")
        var severity: Severity?

        @Option(help: "Why.")
        var reason: String

        @Option(help: "Who decided.")
        var by: String

        @Option(help: "The last day on which it holds: 2027-03-31.")
        var until: String

        @Option(help: "Who approved it.")
        var approvedBy: String?

        func run() throws {
            let fields = [
                ("id", id), ("rule", rule), ("path", path), ("kind", kind.rawValue), ("severity", severity?.rawValue),
                ("reason", reason), ("by", by), ("approved_by", approvedBy), ("until", until),
            ]
            let entry = try ExceptionsFile.add(
                fields.compactMap { key, value in value.map { (key, $0) } }, to: try file.resolved().path)
            Console.print("line \(entry.line): \(VisibleText.of(entry.subject))")
        }
    }
}
