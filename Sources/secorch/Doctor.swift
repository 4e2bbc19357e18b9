import ArgumentParser
import Foundation
import OrchestratorCore
import Pipeline

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what is installed, what is missing, and what that costs.",
        discussion: "Exits 2 where something is missing that a scan cannot do without.")

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @OptionGroup var state: StateOptions

    func run() async throws {
        let checks = await Diagnosis(state: state.folder).checks()
        for check in checks {
            if json {
                Console.print(
                    ([
                        "part": .string(check.part), "state": .string(check.state.rawValue),
                        "detail": .string(check.detail), "consequence": .string(check.consequence),
                    ] as JSONValue).text)
                continue
            }
            let mark = check.state == .present ? "ok     " : check.state == .missing ? "missing" : "broken "
            let part = check.part + String(repeating: " ", count: max(1, 14 - check.part.count))
            Console.print("\(mark)  \(part) \(VisibleText.of(check.detail))")
            if check.state != .present { Console.print("         -> \(VisibleText.of(check.consequence))") }
        }
        if checks.contains(where: { $0.state == .broken }) { throw ExitCode(ExitStatus.unusable.rawValue) }
    }
}
