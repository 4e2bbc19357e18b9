import Foundation
import TestSupport
import Testing

/// Several models, and answers from before: who is asked, who is not asked again, and how the report says so.
@Suite struct CascadeTests {
    private static let quiet = "from tools import launch\n\n\ndef show(folder):\n    launch(folder)\n"

    private func program(_ files: [String: String]) throws -> Program {
        let program = try Program()
        for (name, text) in files { try program.folder.write(text, to: "target/" + name) }
        return program
    }

    private func ways(_ review: [String: Any]) -> [String: Int] {
        let rows = review["answers"] as? [[String: Any]] ?? []
        return Dictionary(
            uniqueKeysWithValues: rows.map { ("\($0["model"] ?? "") \($0["way"] ?? "")", $0["parts"] as? Int ?? 0) })
    }

    @Test func anAnswerOfTheWrongShapeIsRepairedOnce() throws {
        let program = try program(["a.py": Self.quiet])
        let model = try ScriptedModel(program.folder, "garble=1")
        let result = try program.scan(with: model.configuration())
        #expect(result.status == 0, "\(result.errorText)")
        #expect(model.billed.count == 2)
        #expect(ways(try program.review()) == ["scripted/scripted repaired": 1])
        #expect(try program.review()["claims"] as? Int == 1)
    }

    @Test func whoDoesNotProveToHaveReadIsFollowedByAStrongerModel() throws {
        let program = try program(["a.py": Self.quiet])
        let model = try ScriptedModel(program.folder, "blind@scripted=1")
        let configuration = model.configuration(dearer: ["strong", "strongest"])
        #expect(try program.scan(with: configuration).status == 0)
        #expect(model.billed.map(\.model) == ["scripted", "strong"])
        #expect(ways(try program.review()) == ["scripted/strong escalated": 1])
        // The doubtful answer is known as well: neither model is asked again.
        #expect(try program.scan(with: configuration).status == 0)
        #expect(model.billed.count == 2)
    }

    @Test func whoCannotAnswerIsFollowedByTheNextAndTheReportSaysSo() throws {
        let program = try program(["a.py": Self.quiet])
        let model = try ScriptedModel(program.folder, "status@scripted=400")
        #expect(try program.scan(with: model.configuration(dearer: ["strong"])).status == 0)
        #expect(ways(try program.review()) == ["scripted/strong failover": 1])
        #expect(try program.text("out/report.md").contains("Answered by scripted/strong, failover"))
    }

    @Test func aModelThatItsProviderNoLongerHasIsAskedOnceAndNamedInTheReport() throws {
        let files = Dictionary(
            uniqueKeysWithValues: (0..<4).map { number in
                ("f\(number).py", (0..<150).map { "value_\(number)_\($0) = compute(\($0), source)\n" }.joined())
            })
        let program = try program(files)
        let model = try ScriptedModel(program.folder, "status@scripted=404")
        let result = try program.scan(with: model.configuration(concurrency: 1, dearer: ["strong"]))
        #expect(result.status == 0, "\(result.errorText)")
        #expect(try program.review()["absent"] as? [String] == ["scripted/scripted: model not found"])
        #expect(try program.text("out/report.md").contains("scripted/scripted: model not found"))
        let rows = try program.run("cost", "--by", "model", "--json", "--state", "state").text.split(separator: "\n")
        let requests = try rows.map { row in
            try #require(JSONSerialization.jsonObject(with: Data(row.utf8)) as? [String: Any])
        }.reduce(into: [:]) { $0[$1["group"] as? String ?? ""] = $1["requests"] as? Int }
        #expect(requests["scripted/scripted"] == 1)
        #expect(model.billed.count > 1 && requests["scripted/strong"] == model.billed.count)
    }

    @Test(arguments: [("confirmed", 58, "confirms it"), ("refuted", 10, "contradicts it")])
    func aClaimIsCheckedByTheModelThatIsConfiguredForIt(ruling: String, confidence: Int, words: String) throws {
        let program = try program(["a.py": Self.quiet, "loud.py": ScanTests.vulnerable])
        let model = try ScriptedModel(program.folder, "ruling=\(ruling)")
        let configuration = model.configuration(
            dearer: ["judge"], more: "selection: {verify_with: scripted/judge}")
        #expect(try program.scan(with: configuration).status == 0)
        // What the analyzer found as well needs no second opinion: one chunk is flagged.
        #expect(model.billed.map(\.model) == ["scripted", "judge"])
        let findings = try #require(program.json("out/report.json")["findings"] as? [[String: Any]])
        let claim = try #require(findings.first { $0["path"] as? String == "a.py" })
        #expect(claim["confidence"] as? Int == confidence)
        #expect((claim["message"] as? String)?.contains("scripted/judge, asked to check") == true)
        #expect((claim["message"] as? String)?.contains(words) == true)
        #expect(try program.review()[ruling] as? Int == 1)
        #expect(try program.scan(with: configuration).status == 0)
        #expect(model.billed.count == 2)
    }

    @Test func whatTheAnalyzerFoundAndTheModelDoesNotReportIsShown() throws {
        let program = try program(["weak.py": "import hashlib\n\n\ndef mark(text):\n    return hashlib.md5(text)\n"])
        let model = try ScriptedModel(program.folder)
        #expect(try program.scan(with: model.configuration()).status == 0)
        let places = try #require(program.review()["unconfirmed"] as? [[String: Any]])
        #expect(places.contains { $0["path"] as? String == "weak.py" && $0["first_line"] as? Int == 5 })
        #expect(try program.text("out/report.md").contains("Read by the model and not reported by it"))
    }

    @Test func identicalFilesAreSentOnceAndFoundTwice() throws {
        let program = try program(["a/one.py": Self.quiet, "b/two.py": Self.quiet])
        let model = try ScriptedModel(program.folder)
        #expect(try program.scan(with: model.configuration()).status == 0)
        #expect(model.received.components(separatedBy: "def show(folder)").count == 2)
        let review = try program.review()
        #expect(review["claims"] as? Int == 2 && review["copies"] as? Int == 1 && review["reviewed"] as? Int == 2)
    }

    @Test func onlyWhatChangedIsSentAgainEvenWhereItStandsInTheMiddle() throws {
        let files = Dictionary(
            uniqueKeysWithValues: (0..<30).map { number in
                (
                    String(format: "f%02d.py", number),
                    (0..<40).map { "value_\(number)_\($0) = compute(\($0), source)\n" }.joined()
                )
            })
        let program = try program(files)
        let model = try ScriptedModel(program.folder)
        #expect(try program.scan(with: model.configuration()).status == 0)
        let (requests, tokens) = (model.billed.count, model.billed.reduce(0) { $0 + $1.tokens })
        #expect(requests > 5)
        try program.folder.write("# one line more\n" + files["f15.py"]!, to: "target/f15.py")
        #expect(try program.scan(with: model.configuration()).status == 0)
        #expect(model.billed.count == requests + 1)
        let again = model.billed.dropFirst(requests).reduce(0) { $0 + $1.tokens }
        #expect(again * 10 < tokens, "\(again) of \(tokens)")
        let review = try program.review()
        #expect(review["reviewed"] as? Int == review["parts"] as? Int && review["reused"] as? Int == 29)
    }

    @Test func whereNobodyCanBeAskedAnOlderAnswerStandsInMarkedStale() throws {
        let program = try program(["a.py": Self.quiet])
        let model = try ScriptedModel(program.folder)
        #expect(try program.scan(with: model.configuration()).status == 0)
        // Another model is asked, and refuses.
        let other = try ScriptedModel(program.folder, "status=401")
        let renamed = other.configuration().replacing("id: scripted", with: "id: other")
        #expect(try program.scan(with: renamed).status == 3)
        let review = try program.review()
        #expect(review["stale"] as? Int == 1 && review["claims"] as? Int == 1 && review["reviewed"] as? Int == 0)
        let gaps = try #require(review["gaps"] as? [[String: Any]])
        #expect((gaps.first?["reason"] as? String)?.contains("scripted/scripted said of the same code") == true)
    }

    @Test func whereTheBudgetDoesNotCoverThePlanTheCheaperModelIsAsked() throws {
        let program = try program(["a.py": Self.quiet])
        let model = try ScriptedModel(program.folder)
        let configuration = model.configuration(
            budget: "0.02", dearer: ["strong"], more: "selection: {task: code analysis, prefer: [strong]}")
        #expect(try program.scan(with: configuration).status == 0)
        #expect(model.billed.map(\.model) == ["scripted"])
        #expect((try program.review()["downgrade"] as? String)?.contains("run budget") == true)
        try FileManager.default.removeItem(atPath: program.folder.path + "/state")
        #expect(try program.scan(with: configuration.replacing("0.02", with: "1")).status == 0)
        #expect(model.billed.map(\.model) == ["scripted", "strong"])
    }

    @Test func theLoadIsSpreadOverEqualEndpoints() throws {
        let files = Dictionary(
            uniqueKeysWithValues: (0..<24).map { number in
                ("f\(number).py", (0..<40).map { "value_\(number)_\($0) = compute(\($0), source)\n" }.joined())
            })
        let program = try program(files)
        let one = try ScriptedModel(program.folder, "delay=0.1")
        let two = try ScriptedModel(program.folder, "delay=0.1")
        let first = one.configuration(concurrency: 2)
        let second = two.configuration(concurrency: 2).replacing(
            "id: scripted\n    protocol", with: "id: other\n    protocol")
        let both = first + second.replacing("providers:\n", with: "")
        let result = try program.scan(with: both)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(one.billed.count > 1 && two.billed.count > 1, "\(one.billed.count), \(two.billed.count)")
        let review = try program.review()
        #expect(review["reviewed"] as? Int == review["parts"] as? Int)
        // Neither is a stronger model than the other.
        #expect(Set(one.billed.map(\.prompt)).isDisjoint(with: two.billed.map(\.prompt)))
    }

    @Test func aWarningIsGivenWhenAShareOfABudgetIsUsed() throws {
        let program = try program(["a.py": Self.quiet])
        let model = try ScriptedModel(program.folder, "tokens=1000")
        try program.folder.write(model.configuration(budget: "0.01"), to: "models.yaml")
        let result = try program.run(
            "scan", "target", "--out", "out", "--state", "state", "--config", "models.yaml")
        #expect(result.status == 0)
        #expect(!result.errorText.contains("% of the run budget"))
        let more = "selection: {floor: 0}\n"
        let low = model.configuration(more: more + "budgets: {run_usd: 0.01, alerts_percent: [5, 10]}")
        try program.folder.write(low, to: "models.yaml")
        try program.folder.write("# more\n" + Self.quiet, to: "target/a.py")
        let warned = try program.run(
            "scan", "target", "--out", "out", "--state", "state", "--config", "models.yaml")
        #expect(warned.errorText.contains("10 % of the run budget of $0.01 is used: $0.0011"), "\(warned.errorText)")
    }

    @Test func aPlanSendsNothingSaysWhatItWouldCostAndIsTakenUpByTheScan() throws {
        let program = try program(["a.py": Self.quiet, "b.py": Self.quiet + "\nlaunch(1)\n"])
        let model = try ScriptedModel(program.folder)
        try program.folder.write(model.configuration(), to: "models.yaml")
        let options = ["target", "--out", "out", "--state", "state", "--quiet", "--config", "models.yaml"]
        let plan = try program.run(["plan"] + options + ["--json"])
        #expect(plan.status == 0, "\(plan.errorText)")
        #expect(plan.text == (try program.run(["scan", "--dry-run", "--json"] + options)).text)
        #expect(model.billed.isEmpty)
        let row = try #require(JSONSerialization.jsonObject(with: Data(plan.text.utf8)) as? [String: Any])
        #expect(row["requests"] as? Int == 1 && row["single_requests"] as? Int == 2)
        let (packed, single) = (row["input_tokens"] as? Int ?? 0, row["single_input_tokens"] as? Int ?? 0)
        #expect(packed > 0 && packed < single)
        let (expected, worst) = (
            row["expected_nanodollars"] as? Int ?? 0, row["worst_case_nanodollars"] as? Int ?? 0
        )
        #expect(expected > 0 && expected < worst)
        #expect(try program.scan(with: model.configuration()).status == 0)
        let settled = try #require(program.review()["settled_nanodollars"] as? Int)
        #expect(settled > 0 && settled < worst)
        #expect(try program.run("runs", "list", "--state", "state").text.split(separator: "\n").count == 1)
    }

    @Test func anInterruptedRunIsResumedByNameFromAnotherFolder() throws {
        let program = try program(["a.py": Self.quiet])
        let model = try ScriptedModel(program.folder)
        try program.folder.write(model.configuration(), to: "models.yaml")
        let none = try program.run("resume", "--state", "state", "--config", "models.yaml")
        #expect(none.status == 2 && none.errorText.contains("no unfinished run"))
        _ = try program.run(
            "plan", "target", "--ruleset", "gdpr", "--state", "state", "--quiet", "--config", "models.yaml")
        let result = try program.run("resume", "--out", "out", "--state", "state", "--config", "models.yaml")
        #expect(result.status == 0 && result.errorText.contains("taken up where it stopped"), "\(result.errorText)")
        #expect(model.billed.count == 1)
    }
}
