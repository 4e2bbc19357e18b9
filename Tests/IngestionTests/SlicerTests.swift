import Foundation
import Ingestion
import OrchestratorCore
import Testing

@Suite struct SlicerTests {
    private static let module = """
        import os
        import json
        from flask import Flask, request

        app = Flask(__name__)
        FOLDER = "/srv"
        LIMIT = 10


        def unrelated(value):
            return value + 1


        @app.route("/show")
        def show():
            name = request.args["name"]
            os.system("ls " + FOLDER + name)
            return ""


        def other():
            return json.dumps({})

        """

    private func slices(_ code: String, _ language: String, _ places: Set<Int>, budget: Int = 1000) throws -> [Chunk] {
        let slicer = Slicer(
            budget: try #require(TokenBudget(tokens: budget)), counter: try ChunkerTests.exact.get(),
            grammars: try ChunkerTests.grammars.get())
        return Array(code.utf8).withUnsafeBufferPointer {
            slicer.slices(
                of: $0, path: RepositoryPath("file"), language: Language(rawValue: language), around: places)
        }
    }

    private func shown(_ code: String, _ chunk: Chunk) throws -> [String] {
        let lines = code.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let hidden = try #require(chunk.slice).hidden
        return chunk.lines.filter { line in !hidden.contains { $0.contains(line) } }.map { lines[$0 - 1] }
    }

    @Test func aSliceHoldsTheFunctionAndWhatItNamesAndNothingElse() throws {
        let slices = try slices(Self.module, "python", [17])
        try #require(slices.count == 1)
        let text = try shown(Self.module, slices[0]).filter { !$0.isEmpty }
        #expect(
            text == [
                "import os", "from flask import Flask, request", "app = Flask(__name__)", "FOLDER = \"/srv\"",
                "@app.route(\"/show\")", "def show():", "    name = request.args[\"name\"]",
                "    os.system(\"ls \" + FOLDER + name)", "    return \"\"",
            ])
    }

    @Test func ofALongFunctionTheHeadAndTheSurroundingsAreShown() throws {
        let body = (0..<200).map { "    step_\($0)()\n" }.joined()
        let code = "class Shop:\n  def run(self, name):\n" + body
        let text = try shown(code, try #require(slices(code, "python", [120]).first))
        #expect(text.first == "class Shop:" && text.contains("  def run(self, name):"))
        #expect(text.contains("    step_117()") && !text.contains("    step_50()") && text.count < 25)
    }

    @Test func withoutAGrammarTheLinesAroundAreShown() throws {
        let code = (1...100).map { "line \($0)\n" }.joined()
        let text = try shown(code, try #require(slices(code, "cobol", [50]).first))
        #expect(text.first == "line 42" && text.last == "line 58" && text.count == 17)
    }

    @Test func slicesStayWithinTheBudgetAndPlacesOutsideTheFileAreIgnored() throws {
        let code = (0..<40).map { "def f\($0)(x):\n    return run(x, \($0))\n\n\n" }.joined()
        let parts = try slices(code, "python", Set(stride(from: 2, to: 160, by: 4)).union([0, 9999]), budget: 100)
        #expect(parts.count > 3 && parts.allSatisfy { $0.tokens <= 100 })
        let lines = try parts.flatMap { try shown(code, $0) }
        for number in 0..<40 { #expect(lines.contains("    return run(x, \(number))")) }
    }
}
