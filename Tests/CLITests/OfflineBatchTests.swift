import Foundation
import TestSupport
import Testing

/// Prompts that leave in a file and answers that come back in one, as an offline engine would give them.
@Suite struct OfflineBatchTests {
    private static let options = ["--out", "out", "--state", "state", "--quiet", "--config", "models.yaml"]

    /// Three files that do not fit into two prompts; the model alone knows `launch`.
    private func program() throws -> (Program, ScriptedModel) {
        let program = try Program()
        for name in ["a", "b", "c"] {
            let lines = (0..<150).map { "value_\(name)_\($0) = compute(\($0), source)\n" }.joined()
            try program.folder.write("from tools import launch\nlaunch(\(name))\n" + lines, to: "target/\(name).py")
        }
        let model = try ScriptedModel(program.folder)
        try program.folder.write(model.configuration(), to: "models.yaml")
        return (program, model)
    }

    private func export(_ program: Program) throws -> [String: Any] {
        let result = try program.run(
            ["batch", "export", "target", "--file", "requests.jsonl", "--json"] + Self.options)
        #expect(result.status == 0, "\(result.errorText)")
        return try JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any] ?? [:]
    }

    private func answer(_ program: Program) throws {
        let script = ProjectFolder.fixtures.appending(path: "llm/server.py").path(percentEncoded: false)
        let result = try runProcess(
            "/usr/bin/env", ["python3", script, "--answer", "requests.jsonl", "results.jsonl"], in: program.folder.path)
        #expect(result.status == 0, "\(result.errorText)")
    }

    private func bring(_ program: Program, _ more: String...) throws -> ProcessResult {
        try program.run(["batch", "import", "results.jsonl", "target"] + Self.options + more)
    }

    /// Nanodollars and requests.
    private func settled(_ program: Program) throws -> [Int] {
        let text = try program.run("cost", "--by", "day", "--json", "--state", "state").text
        let row = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
        #expect(row["uncertain_nanodollars"] as? Int == 0)
        return [row["settled_nanodollars"] as? Int ?? 0, row["requests"] as? Int ?? 0]
    }

    @Test func aScanUsesTheAnswersOfAFileAndSendsNothing() throws {
        let (program, model) = try program()
        let export = try export(program)
        let lines = try program.text("requests.jsonl").split(separator: "\n")
        #expect(export["prompts"] as? Int == lines.count && lines.count >= 3)
        try answer(program)
        let imported = try bring(program)
        #expect(imported.status == 0, "\(imported.errorText)")
        let once = try settled(program)
        let worst = export["worst_case_nanodollars"] as? Int ?? 0
        #expect(once[0] > 0 && once[0] < worst && once[1] == lines.count)
        // The same file again costs nothing.
        let again = try bring(program, "--json")
        #expect(again.status == 0 && again.text.contains("\"known\":\(lines.count)"), "\(again.text)")
        #expect(try settled(program) == once)
        let scan = try program.run(["scan", "target"] + Self.options)
        #expect(scan.status == 0, "\(scan.errorText)")
        #expect(model.billed.isEmpty)
        let review = try program.review()
        #expect(review["claims"] as? Int == 3 && review["settled_nanodollars"] as? Int == once[0])
        #expect(try program.run("runs", "list", "--state", "state").text.split(separator: "\n").count == 1)
        // After the run, too.
        #expect(try bring(program).status == 0)
        #expect(try settled(program) == once)
        #expect(try self.export(program)["prompts"] as? Int == 0)
    }

    @Test func whatTheFileDoesNotAnswerIsSentByTheScan() throws {
        let (program, model) = try program()
        _ = try export(program)
        try answer(program)
        let lines = try program.text("results.jsonl").split(separator: "\n")
        try program.folder.write(lines.dropFirst().joined(separator: "\n"), to: "results.jsonl")
        #expect(try bring(program).status == 0)
        #expect(try program.run(["scan", "target"] + Self.options).status == 0)
        #expect(model.billed.count == 1)
        #expect(try program.review()["claims"] as? Int == 3)
    }

    @Test func aLineThatCannotBeUsedIsOneClearErrorAndLosesNothing() throws {
        let (program, _) = try program()
        _ = try export(program)
        try answer(program)
        let good = try program.text("results.jsonl").split(separator: "\n").map(String.init)
        let foreign = good[1].replacing(try #require(good[1].firstMatch(of: #/[0-9a-f]{64}/#)?.output), with: "ab12")
        for (number, (bad, words)) in [
            (String(good[1].dropLast(20)), "the line is cut off"), (foreign, "no request has the id 'ab12'"),
            (good[0], "a second answer"),
        ].enumerated() {
            try program.folder.write(good[0] + "\n" + bad + "\n", to: "results.jsonl")
            let result = try bring(program)
            #expect(result.status == 2 && result.errorText.contains("results.jsonl:2: \(words)"), "\(result.errorText)")
            #expect(try settled(program)[1] == 1, "\(number)")
        }
        try program.folder.write(good.joined(separator: "\n"), to: "results.jsonl")
        #expect(try bring(program).status == 0)
        #expect(try settled(program)[1] == good.count)
    }

    @Test func theBudgetHoldsForAnswersOfAFile() throws {
        let (program, model) = try program()
        let worst = try #require(export(program)["worst_case_nanodollars"] as? Int)
        try answer(program)
        let count = try program.text("results.jsonl").split(separator: "\n").count
        // Room for the worst case of one, and for no second one after it is settled.
        let budget = "0." + String(1_000_000_000 + worst / count * 11 / 10).dropFirst()
        let result = try bring(program, "--budget", budget)
        #expect(result.status == 3, "\(result.errorText)")
        #expect(result.errorText.contains("has no room for"), "\(result.errorText)")
        #expect(try settled(program)[1] == 1)
        #expect(try bring(program).status == 0)
        #expect(try program.run(["scan", "target"] + Self.options).status == 0)
        #expect(model.billed.isEmpty)
    }

    @Test func aFileInsideTheScannedFolderIsRefused() throws {
        let (program, _) = try program()
        let result = try program.run(["batch", "export", "target", "--file", "target/r.jsonl"] + Self.options)
        #expect(result.status == 2 && result.errorText.contains("lies in the folder that is scanned"))
        let none = try program.run(["batch", "import", "none.jsonl", "target"] + Self.options)
        #expect(none.status == 2 && none.errorText.contains("expected a file that can be read"))
        let offline = try program.run(
            ["batch", "export", "target", "--file", "r.jsonl", "--offline"] + Self.options)
        #expect(offline.status == 2 && offline.errorText.contains("no model may be asked"))
    }
}
