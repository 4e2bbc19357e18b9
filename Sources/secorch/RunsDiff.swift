import ArgumentParser
import OrchestratorCore
import Pipeline
import Store

extension Runs {
    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what one run found and another one of the same target did not.",
            discussion: """
                New, reopened and changed findings of the later run, and open ones of the earlier that are gone: fixed where \
                their code was examined again, unknown where it was not.
                """)

        @Argument(help: "The earlier run: its id, a prefix of it, or 'latest'.")
        var earlier: String

        @Argument(help: "The later run.")
        var later = "latest"

        @Flag(help: "Print one JSON object a line.")
        var json = false

        @OptionGroup var state: StateOptions

        func run() throws {
            let difference = try RunLibrary(state: state.folder).difference(earlier, later, try Installation())
            for finding in difference.changes {
                show(finding.track?.state.rawValue ?? "new", finding, previous: finding.track?.previousPath)
            }
            for gone in difference.gone { show(gone.isFixed ? "fixed" : "unknown", gone.finding, previous: nil) }
            guard !json else { return }
            let fixed = difference.gone.count { $0.isFixed }
            let counts = [FindingState.new, .reopened, .changed].map { "\(difference.count($0)) \($0.rawValue)" }
            Console.line(
                "secorch: \(difference.before.id) to \(difference.after.id): \(counts.joined(separator: ", ")), "
                    + "\(fixed) fixed, \(difference.gone.count - fixed) not looked for again")
        }

        private func show(_ state: String, _ finding: Finding, previous: RepositoryPath?) {
            let location = finding.location
            guard json else {
                let place = VisibleText.of("\(location.path.text):\(location.startLine)")
                let origin = previous.map { " (was in \(VisibleText.of($0.text)))" } ?? ""
                return Console.print("\(state)  \(finding.severity.rawValue)  \(finding.rule)  \(place)\(origin)")
            }
            let object: JSONValue = [
                "state": .string(state), "id": .string(finding.id), "rule": .string(finding.rule),
                "cwe": .number(finding.weakness), "severity": .string(finding.severity.rawValue),
                "path": .string(location.path.text), "line": .number(location.startLine),
                "previous_path": .optional(previous?.text),
            ]
            Console.print(object.text)
        }
    }
}
