import ArgumentParser
import OrchestratorCore
import Pipeline

struct Files: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List every path git would list, with what a scan does with it.",
        discussion: """
            Prints STATE, REASON and PATH, separated by tabs; --json prints one object a line with path, state, reason, \
            detail, language and bytes. Paths are in git's quoting (core.quotePath=false).
            """)

    @Argument(help: "The folder to list; a git work tree or any other.")
    var path: String

    @Flag(help: "Print one JSON object a line.")
    var json = false

    @OptionGroup var settings: ConfigurationOptions
    @OptionGroup var work: WorkOptions

    func run() async throws {
        let survey = try await FileSurvey(
            path, try settings.load(), try Installation(), ownFolders: [], jobs: work.taskCount)
        var output: [UInt8] = []
        for file in survey.files {
            if json { Self.object(file).write(to: &output) } else { output += Self.line(file).utf8 }
            output.append(UInt8(ascii: "\n"))
            if output.count > 1 << 16 {
                Console.write(String(decoding: output, as: UTF8.self))
                output.removeAll(keepingCapacity: true)
            }
        }
        Console.write(String(decoding: output, as: UTF8.self))
    }

    private static func object(_ file: SourceFile) -> JSONValue {
        [
            "path": .string(file.path.text), "state": .string(file.coverage.state.rawValue),
            "reason": .string(file.coverage.reason.rawValue), "detail": .string(file.coverage.detail),
            "language": .string(file.language.rawValue), "bytes": .number(file.byteCount),
        ]
    }

    private static func line(_ file: SourceFile) -> String {
        "\(file.coverage.state.rawValue)\t\(VisibleText.of(file.coverage.explanation))\t\(VisibleText.of(file.path.text))"
    }
}
