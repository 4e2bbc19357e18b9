import Foundation
import TestSupport
import Testing

/// Scans with a model: a scripted provider on loopback that speaks the real protocol and writes down what it bills.
@Suite struct ReviewTests {
    /// The embedded analyzer knows nothing of `launch`; the scripted model reports it.
    private static let quiet = "from tools import launch\n\n\ndef show(folder):\n    launch(folder)\n"

    private func program(_ files: [String: String]) throws -> Program {
        let program = try Program()
        for (name, text) in files { try program.folder.write(text, to: "target/" + name) }
        return program
    }

    private func scan(
        _ program: Program, _ model: ScriptedModel, budget: String? = nil, more: String = "", _ flags: String...
    ) throws
        -> ProcessResult
    {
        try program.folder.write(model.configuration(budget: budget, more: more), to: "models.yaml")
        return try program.run(
            ["scan", "target", "--out", "out", "--state", "state", "--quiet", "--config", "models.yaml"] + flags)
    }

    private func review(_ program: Program) throws -> [String: Any] {
        try #require(program.json("out/report.json")["model_review"] as? [String: Any])
    }

    @Test func whatAModelClaimsWithEvidenceIsReportedAndWhatItConfirmsIsSurer() throws {
        let program = try program(["quiet.py": Self.quiet, "loud.py": ScanTests.vulnerable])
        let model = try ScriptedModel(program.folder)
        let result = try scan(program, model)
        #expect(result.status == 0, "\(result.errorText)")
        let review = try review(program)
        #expect(review["reviewed"] as? Int == review["parts"] as? Int)
        #expect(review["agreements"] as? Int == 1 && review["claims"] as? Int == 1)
        let findings = try #require(program.json("out/report.json")["findings"] as? [[String: Any]])
        let claim = try #require(findings.first { $0["path"] as? String == "quiet.py" })
        #expect(claim["rule"] as? String == "model-cwe-78" && claim["start_line"] as? Int == 5)
        #expect(claim["confidence"] as? Int == 30)
        let confirmed = try #require(findings.first { $0["path"] as? String == "loud.py" })
        #expect((confirmed["confidence"] as? Int ?? 0) > 60)
        // A claim of a model alone asks for a review; it fails no control.
        #expect(try program.text("out/report.md").contains("Shell command from input."))
    }

    @Test func ofCandidatesOnlyTheCodeAroundThemIsSentAndTheReportSaysSo() throws {
        let program = try program([
            "quiet.py": Self.quiet,
            "loud.py": "SECRET_NAME = 1\n\n\ndef unrelated():\n    return 0\n\n\n" + ScanTests.vulnerable,
        ])
        let model = try ScriptedModel(program.folder)
        #expect(try scan(program, model, "--review", "candidates").status == 0)
        let review = try review(program)
        #expect(review["scope"] as? String == "candidates" && review["parts"] as? Int == 1)
        #expect(review["agreements"] as? Int == 1 && review["claims"] as? Int == 0)
        #expect(try program.text("out/report.md").contains("only the code around what the analyzer found"))
        // What was said of a part is no answer to the whole.
        #expect(try scan(program, model).status == 0)
        let whole = try self.review(program)
        #expect(whole["parts"] as? Int == 2 && whole["reused"] as? Int == 0)
    }

    @Test func theLedgerAgreesWithTheBill() throws {
        let program = try program(["a.py": Self.quiet])
        let model = try ScriptedModel(program.folder, "tokens=1000")
        _ = try scan(program, model, budget: "0.01")
        let billed = model.billed.reduce(0) { $0 + $1.tokens * 1000 + 50 * 2000 }
        let review = try review(program)
        #expect(review["settled_nanodollars"] as? Int == billed && billed > 0)
        let cost = try program.run("cost", "--json", "--state", "state").text
        #expect(cost.contains("\"settled_nanodollars\":\(billed)"))
    }

    @Test func anUnchangedRepositoryIsNotPaidForTwice() throws {
        let program = try program(["a.py": Self.quiet])
        let model = try ScriptedModel(program.folder)
        _ = try scan(program, model)
        let once = model.billed.count
        #expect(try scan(program, model).status == 0)
        #expect(once == 1 && model.billed.count == 1)
        #expect(try review(program)["claims"] as? Int == 1)
    }

    @Test func atTheBudgetTheRunStopsNamesTheGapAndExitsThree() throws {
        let files = Dictionary(
            uniqueKeysWithValues: (0..<40).map { number in
                ("f\(number).py", (0..<60).map { "value_\(number)_\($0) = compute(\($0), source)\n" }.joined())
            })
        let program = try program(files)
        let model = try ScriptedModel(program.folder)
        let result = try scan(program, model, budget: "0.03")
        #expect(result.status == 3, "\(result.errorText)")
        let billed = model.billed.reduce(0) { $0 + $1.tokens * 1000 + 50 * 2000 }
        #expect(billed <= 30_000_000)
        let gaps = try #require(review(program)["gaps"] as? [[String: Any]])
        #expect(gaps.contains { ($0["reason"] as? String)?.contains("budget reached") == true })
        let unset = try scan(program, model, budget: "0")
        #expect(unset.status == 3)
    }

    @Test func silenceWithoutProofOfReadingIsNoCleanBill() throws {
        let program = try program(["a.py": Self.quiet])
        let model = try ScriptedModel(program.folder, "blind=1")
        #expect(try scan(program, model).status == 3)
        let gaps = try #require(review(program)["gaps"] as? [[String: Any]])
        #expect((gaps.first?["reason"] as? String)?.contains("the planted weakness was not found") == true)
    }

    @Test func whatMayHaveBeenChargedIsHeldAndNotSentAgainWithoutConsent() throws {
        let program = try program(["a.py": Self.quiet])
        let model = try ScriptedModel(program.folder, "drop=1")
        #expect(try scan(program, model).status == 3)
        #expect(model.billed.count == 1)
        #expect((try review(program)["uncertain_nanodollars"] as? Int ?? 0) > 0)
        #expect(try scan(program, model).status == 3)
        #expect(model.billed.count == 1)
        _ = try scan(program, model, "--retry-uncertain")
        #expect(model.billed.count > 1)
    }

    @Test func aProviderThatRefusesLeavesTheEmbeddedAnalyzersReport() throws {
        let program = try program(["loud.py": ScanTests.vulnerable])
        let model = try ScriptedModel(program.folder, "status=401")
        #expect(try scan(program, model).status == 3)
        let report = try program.json("out/report.json")
        #expect((report["findings"] as? [[String: Any]])?.count == 1)
        #expect(try review(program)["settled_nanodollars"] as? Int == 0)
    }

    @Test func anInterruptedRunPaysForWhatWasSentAndTheNextOneAsksForTheRest() throws {
        let lines = (0..<60).map { "value_\($0) = compute(\($0), source)\n" }.joined()
        let program = try program(Dictionary(uniqueKeysWithValues: (0..<20).map { ("f\($0).py", "# \($0)\n" + lines) }))
        let model = try ScriptedModel(program.folder, "delay=0.5")
        try program.folder.write(model.configuration(concurrency: 2), to: "models.yaml")
        let process = try program.start(
            ["scan", "target", "--out", "out", "--state", "state", "--quiet", "--config", "models.yaml"])
        while model.billed.isEmpty, process.isRunning { usleep(20_000) }
        kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        #expect(process.terminationStatus == 3)
        let cost = try program.run("cost", "--json", "--state", "state").text
        #expect(cost.contains("\"uncertain_nanodollars\":0"), "\(cost)")
        #expect(try scan(program, model).status == 0)
        let prompts = model.billed.map(\.prompt)
        #expect(Set(prompts).count == prompts.count)
    }

    @Test func secretsNeverLeave() throws {
        let secret = "hK7vQ2mZp9XwR4tLs8Nd"
        let program = try program(["a.py": "password = \"\(secret)\"\n" + Self.quiet])
        let key = (0..<90).map { "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\($0 + 100)\n" }.joined()
        let long = "KEY = \"\"\"-----BEGIN PRIVATE KEY-----\n\(key)-----END PRIVATE KEY-----\"\"\"\n"
        try program.folder.write("import os\n" + long + Self.quiet, to: "target/key.py")
        let model = try ScriptedModel(program.folder)
        _ = try scan(program, model)
        #expect(model.received.contains("launch(folder)"))
        for text in [secret, "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj"] {
            #expect(!model.received.contains(text), "sent")
            let state = try runProcess(
                "/bin/sh", ["-c", "cat \(program.folder.path)/state/*.sqlite* \(program.folder.path)/out/*"])
            #expect(!String(decoding: state.output, as: UTF8.self).contains(text), "kept")
        }
    }

    @Test func offlineAndLocalOnlyMeanWhatTheySay() throws {
        let program = try program(["a.py": Self.quiet])
        let model = try ScriptedModel(program.folder)
        #expect(try scan(program, model, "--offline").status == 0)
        #expect(model.billed.isEmpty)
        #expect(try scan(program, model, "--local-only").status == 0)
        #expect(model.billed.count == 1)
    }

    @Test func aRepositoryCannotConfigureProvidersOrBudgets() throws {
        let program = try program(["a.py": Self.quiet])
        let model = try ScriptedModel(program.folder)
        try program.folder.write(
            model.configuration(budget: "1000") + "\napi_key: env:HOME\nlocal_only: false\n", to: "target/secorch.yaml")
        #expect(try program.scan().status == 0)
        #expect(model.billed.isEmpty)
        let markdown = try program.text("out/report.md")
        for key in ["providers", "budgets"] {
            #expect(markdown.contains("refused the key '\(key)'"), "\(key)")
        }
    }

    @Test(arguments: [
        ("providers: [{id: a, protocol: openai}]", "needs the key 'base_url'"),
        (
            "providers: [{id: a, protocol: openai, base_url: 'http://127.0.0.1:1', api_key: sk-live}]",
            "never the key itself"
        ),
        ("providers: [{id: a, protocol: smoke, base_url: 'http://127.0.0.1:1'}]", "'protocol' must be one of"),
        ("providers: [{id: a, protocol: openai, base_url: 'http://example.org', api_key: env:K}]", "base_url"),
        (
            "providers: [{id: a, protocol: openai, base_url: 'http://127.0.0.1:1', models: [{id: m, input_usd_per_mtok: -1, output_usd_per_mtok: 1}]}]",
            "not negative"
        ),
        (
            "providers: [{id: a, protocol: openai, base_url: 'http://127.0.0.1:1', models: [{id: m, input_usd_per_mtok: NaN, output_usd_per_mtok: 1}]}]",
            "NaN"
        ),
        ("budgets: {run_usd: -3}", "not negative"), ("budgets: {per_run: 3}", "unknown key 'per_run'"),
    ])
    func aMistakeAboutModelsIsOneClearError(text: String, words: String) throws {
        let program = try program(["a.py": Self.quiet])
        try program.folder.write(text + "\n", to: "models.yaml")
        for command in [["providers", "list"], ["scan", "target", "--out", "out", "--state", "state", "--quiet"]] {
            let result = try program.run(command + ["--config", "models.yaml"])
            #expect(result.status == 2 && result.errorText.contains(words), "\(result.errorText)")
            #expect(!result.errorText.contains("sk-live"))
        }
    }

    @Test func aPriceNobodyKnowsIsRefusedNotGuessed() throws {
        let program = try program(["a.py": Self.quiet])
        try program.folder.write(
            "providers: [{id: cloud, protocol: openai, base_url: 'https://127.0.0.1:9', models: [{id: m}], kind: cloud}]\nbudgets: {run_usd: 1}\n",
            to: "models.yaml")
        let result = try program.run(
            "scan", "target", "--out", "out", "--state", "state", "--quiet", "--config", "models.yaml")
        #expect(result.status == 0, "\(result.errorText)")
        #expect(try program.text("out/report.md").contains("price unknown"))
    }
}
