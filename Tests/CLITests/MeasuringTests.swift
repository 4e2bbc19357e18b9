import Foundation
import TestSupport
import Testing

/// Models measured on the labelled pairs, what follows for the choice of models, and what the ledger suggests.
@Suite struct MeasuringTests {
    private static let flags = ["--state", "state", "--quiet", "--config", "models.yaml"]
    private static let quiet = "from tools import launch\n\n\ndef show(folder):\n    launch(folder)\n"

    private func rows(_ result: ProcessResult) throws -> [[String: Any]] {
        try result.text.split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test func measuringKeepsScoresAndCostsOnlyOnce() throws {
        let program = try Program()
        let model = try ScriptedModel(program.folder, "keen=1")
        try program.folder.write(model.configuration(), to: "models.yaml")
        let result = try program.run(["models", "calibrate", "--json"] + Self.flags)
        #expect(result.status == 0, "\(result.errorText)")
        let row = try #require(try rows(result).first)
        let counts = ["true_positives", "false_negatives", "false_positives", "true_negatives"].map {
            row[$0] as? Int ?? -1
        }
        #expect(counts.reduce(0, +) >= 120 && counts[0] > 0 && counts[2] > 0, "\(counts)")
        #expect(counts[0] + counts[1] == counts[2] + counts[3])
        let paid = model.billed.count
        #expect(paid > 5 && (row["cost_nanodollars"] as? Int ?? 0) > 0)
        _ = try program.run(["models", "calibrate"] + Self.flags)
        #expect(model.billed.count == paid)
        let known = try rows(try program.run(["models", "calibrate", "--show", "--json"] + Self.flags))
        #expect(known.count == 1 && known[0]["true_positives"] as? Int == counts[0])
    }

    @Test func bothHalvesOfAPairNeverStandInOnePrompt() throws {
        let program = try Program()
        let model = try ScriptedModel(program.folder)
        try program.folder.write(
            model.configuration().replacing("context_tokens: 4096", with: "context_tokens: 128000"), to: "models.yaml")
        #expect(try program.run(["models", "calibrate"] + Self.flags).status == 0)
        let prompts = model.received.components(separatedBy: "Nonce: ").dropFirst()
        #expect(prompts.count > 2)
        for prompt in prompts {
            let parts = prompt.components(separatedBy: "\n=== ").dropFirst()
            let names = parts.compactMap { $0.split(separator: "\"").dropFirst().first }
            #expect(Set(names).count == names.count)
        }
    }

    @Test func aBudgetTooSmallToMeasureIsSaidAndNothingIsKept() throws {
        let program = try Program()
        let model = try ScriptedModel(program.folder)
        try program.folder.write(model.configuration(budget: "0.01"), to: "models.yaml")
        let result = try program.run(["models", "calibrate"] + Self.flags)
        #expect(result.status == 3 && result.errorText.contains("the run budget of $0.01 has no room"))
        #expect(try program.run(["models", "calibrate", "--show"] + Self.flags).text.isEmpty)
        let billed = model.billed.reduce(0) { $0 + $1.tokens * 1000 + 50 * 2000 }
        #expect(billed <= 10_000_000)
    }

    @Test func aModelBelowTheFloorIsNotAskedAndTheBestOneChecksClaims() throws {
        let program = try Program()
        try program.folder.write(Self.quiet, to: "target/a.py")
        let model = try ScriptedModel(program.folder, "keen@strong=1")
        let configuration = model.configuration(dearer: ["strong"])
        try program.folder.write(configuration, to: "models.yaml")
        #expect(try program.run(["models", "calibrate"] + Self.flags).status == 0)
        let measured = model.billed.count
        let scores = try rows(try program.run(["models", "calibrate", "--show", "--json"] + Self.flags))
        let strong = try #require(scores.first { $0["model"] as? String == "scripted/strong" })
        let found = Double(strong["true_positives"] as? Int ?? 0) - Double(strong["false_positives"] as? Int ?? 0)
        try #require(found > 0)
        #expect(try program.scan(with: configuration).status == 0)
        #expect(model.billed.dropFirst(measured).map(\.model) == ["scripted", "strong"])
        #expect(try program.review()["verifier"] as? String == "scripted/strong")
        try FileManager.default.removeItem(atPath: program.folder.path + "/out")
        #expect(try program.scan(with: configuration + "\nselection: {floor: 1}\n").status == 0)
        #expect(try program.text("out/report.md").contains("scripted/scripted was left out: its score"))
    }

    @Test func whatWouldHaveBeenCheaperIsSaid() throws {
        let program = try Program()
        try program.folder.write(Self.quiet, to: "target/a.py")
        let model = try ScriptedModel(program.folder)
        let configuration = model.configuration(
            dearer: ["strong"], more: "selection: {task: code analysis, prefer: [strong]}")
        #expect(try program.scan(with: configuration).status == 0)
        let result = try program.run(
            ["cost", "--suggest", "--state", "state", "--config", "models.yaml"])
        #expect(
            result.text.contains("scripted/strong: the same tokens at scripted/scripted would have cost")
                && result.text.contains("'secorch models calibrate' measures it"), "\(result.text)")
    }
}

/// Questions about a scanned repository.
@Suite struct AskTests {
    private static let flags = ["--state", "state", "--config", "models.yaml"]
    private static let secret = "hK7vQ2mZp9XwR4tLs8Nd"

    private func program(_ model: ScriptedModel, _ program: Program, budget: String? = nil) throws {
        try program.folder.write(
            "import os\n\npassword = \"\(Self.secret)\"\n\n\ndef tidy(folder):\n    os.system(\"rm \" + folder)\n",
            to: "target/tidy.py")
        try program.folder.write(model.configuration(budget: budget), to: "models.yaml")
        _ = try program.run(["scan", "target", "--out", "out", "--quiet", "--offline"] + Self.flags)
    }

    @Test func anAnswerComesFromFindingsAndCodeAndNamesWhatWasNotShown() throws {
        let folder = try Program()
        let model = try ScriptedModel(
            folder.folder, "says=A shell is called at tidy.py:7, and again at other.py:99.")
        try program(model, folder)
        let result = try folder.run(["ask", "Where is a shell called with a folder?"] + Self.flags)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.text == "A shell is called at tidy.py:7, and again at other.py:99.\n")
        #expect(result.errorText.contains("not shown to it: other.py:99"))
        #expect(!result.errorText.contains("tidy.py:7,"))
        #expect(model.received.contains("os.system(\"rm \" + folder)") && model.received.contains("FINDINGS"))
        #expect(!model.received.contains(Self.secret))
        let cost = try folder.run(["cost", "--by", "run", "--state", "state"]).text
        #expect(cost.hasPrefix("ask-"))
    }

    @Test func aQuestionIsUnderTheBudgetAndASecretInItStaysHere() throws {
        let folder = try Program()
        let model = try ScriptedModel(folder.folder)
        try program(model, folder, budget: "0.000001")
        let broke = try folder.run(["ask", "Where is a shell called?"] + Self.flags)
        #expect(broke.status == 3 && broke.errorText.contains("the run budget of $0.000001 has no room"))
        try folder.folder.write(model.configuration(), to: "models.yaml")
        _ = try folder.run(["ask", "Is password = \"\(Self.secret)\" still in tidy.py?"] + Self.flags)
        #expect(model.billed.count == 1 && !model.received.contains(Self.secret))
    }

    @Test func withoutAModelTheFindingsThatFitAreShown() throws {
        let folder = try Program()
        let model = try ScriptedModel(folder.folder)
        try program(model, folder)
        let result = try folder.run(["ask", "Where is a shell called?", "--offline"] + Self.flags)
        #expect(result.status == 0 && result.text.contains("tidy.py:7") && model.billed.isEmpty)
        let none = try folder.run(["ask", "Why?", "--run", "20010101"] + Self.flags)
        #expect(none.status == 2 && none.errorText.contains("no run with an id"))
    }
}
