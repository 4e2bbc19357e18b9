import Foundation
import TestSupport
import Testing

/// Scans whose prompts go out in batches, against a provider that keeps them and bills them when it takes them.
@Suite struct ProviderBatchTests {
    private static let options = ["--out", "out", "--state", "state", "--quiet", "--config", "models.yaml"]

    private func program() throws -> Program {
        let program = try Program()
        for name in ["a", "b", "c"] {
            let lines = (0..<150).map { "value_\(name)_\($0) = compute(\($0), source)\n" }.joined()
            try program.folder.write("from tools import launch\nlaunch(\(name))\n" + lines, to: "target/\(name).py")
        }
        return program
    }

    private func configure(
        _ program: Program, _ model: ScriptedModel, budget: String? = nil, more: String = ""
    ) throws {
        let text = model.configuration(budget: budget).replacing(
            "    models:", with: "    batch_poll_s: 1\n\(more)    models:")
        try program.folder.write(text, to: "models.yaml")
    }

    private func scan(_ program: Program, _ more: String...) throws -> ProcessResult {
        try program.run(["scan", "target", "--batch"] + Self.options + more)
    }

    /// Nanodollars settled, and reserved or uncertain.
    private func ledger(_ program: Program) throws -> [Int] {
        let text = try program.run("cost", "--by", "day", "--json", "--state", "state").text
        let row = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
        let amounts = ["settled", "reserved", "uncertain"].map { row[$0 + "_nanodollars"] as? Int ?? 0 }
        return [amounts[0], amounts[1] + amounts[2]]
    }

    @Test func aScanInBatchesGivesTheReportOfASingleOne() throws {
        let single = try program()
        let calm = try ScriptedModel(single.folder)
        try configure(single, calm)
        #expect(try single.run(["scan", "target"] + Self.options).status == 0)
        let program = try program()
        let model = try ScriptedModel(program.folder, "batch_delay=1")
        try configure(program, model)
        let result = try scan(program)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(model.billed.count == calm.billed.count && model.kinds == ["batch"])
        #expect(try ledger(program) == [model.amount, 0])
        let reports = try [single, program].map { ReportText.withoutRun(try $0.text("out/report.md")) }
        #expect(reports[0] == reports[1])
        // Nothing is left to be asked.
        #expect(try scan(program).status == 0)
        #expect(model.billed.count == calm.billed.count)
    }

    @Test func aRunThatDoesNotWaitEndsWithThreeAndTheSameCommandGoesOn() throws {
        let program = try program()
        let model = try ScriptedModel(program.folder, "batch_delay=3")
        try configure(program, model, budget: "1")
        let early = try scan(program, "--batch-wait", "0")
        #expect(
            early.status == 3 && early.errorText.contains("batch under way: scripted batch-1"), "\(early.errorText)")
        let count = model.billed.count
        #expect(try ledger(program)[1] >= model.amount)
        // Without --batch, too, what is under way is waited for and not sent.
        let late = try program.run(["scan", "target"] + Self.options)
        #expect(late.status == 0, "\(late.errorText)")
        #expect(model.billed.count == count && model.kinds == ["batch"])
        #expect(try ledger(program) == [model.amount, 0])
        #expect(try program.review()["claims"] as? Int == 3)
    }

    @Test func whatExpiredIsSentSinglyAndAProviderWithoutBatchesIsAskedSingly() throws {
        for (option, kinds) in [("expire=2", Set(["batch", "single"])), ("no_batches=1", ["single"])] {
            let program = try program()
            let model = try ScriptedModel(program.folder, option)
            try configure(program, model)
            let result = try scan(program)
            #expect(result.status == 0, "\(option): \(result.errorText)")
            #expect(model.kinds == kinds && Set(model.billed.map(\.prompt)).count == model.billed.count)
            #expect(try ledger(program) == [model.amount, 0])
            #expect(try program.review()["claims"] as? Int == 3)
        }
    }

    @Test func aBatchThatWasTakenWithoutAnAnswerIsFoundAndNotSubmittedAgain() throws {
        let program = try program()
        let model = try ScriptedModel(program.folder, "batch_reset=1")
        try configure(program, model)
        let result = try scan(program)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(Set(model.billed.map(\.prompt)).count == model.billed.count && model.kinds == ["batch"])
        #expect(try ledger(program) == [model.amount, 0])
    }

    @Test func whatTheBudgetHasNoRoomForIsNotPutIntoABatch() throws {
        let program = try program()
        let model = try ScriptedModel(program.folder)
        try configure(program, model, budget: "0.02")
        let result = try scan(program)
        #expect([0, 3].contains(result.status), "\(result.errorText)")
        let spent = try ledger(program)
        #expect(spent[0] == model.amount && spent[0] + spent[1] <= 20_000_000)
        #expect(model.kinds.contains("batch"))
    }

    @Test func anEditedTargetUsesWhatTheBatchOfTheRunBeforeAnswers() throws {
        let program = try program()
        let model = try ScriptedModel(program.folder, "batch_delay=2")
        try configure(program, model)
        #expect(try scan(program, "--batch-wait", "0").status == 3)
        let count = model.billed.count
        // Another run, whose prompts are the same: a file of data is not asked about.
        try program.folder.write("{}\n", to: "target/data.json")
        let result = try scan(program)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(model.billed.count == count)
        #expect(try ledger(program) == [model.amount, 0])
    }

    // MARK: Anthropic

    private func anthropic(_ program: Program, _ options: String..., more: String = "") throws -> ScriptedModel {
        let model = try ScriptedModel(program.folder, script: "anthropic.py", options)
        try configure(program, model, more: more)
        let text = try program.text("models.yaml").replacing("protocol: openai", with: "protocol: anthropic")
        try program.folder.write(text.replacing("\(model.port)/v1", with: "\(model.port)"), to: "models.yaml")
        return model
    }

    @Test func messageBatchesAreBilledAtTheConfiguredPartOfThePrice() throws {
        let program = try program()
        let model = try anthropic(program, "batch_delay=1", "expire=3", more: "    batch_price_percent: 50\n")
        let result = try scan(program)
        #expect(result.status == 0, "\(result.errorText)")
        // The first of three expired and was sent alone, at the full price.
        #expect(model.billed.count == 3 && model.kinds == ["batch", "single"])
        let amounts = model.billed.map { $0.tokens * 1000 + 50 * 2000 }
        #expect(try ledger(program) == [amounts[0] / 2 + amounts[1] / 2 + amounts[2], 0])
        #expect(try program.review()["claims"] as? Int == 3)
    }

    @Test func aProviderConfiguredForBatchesIsAskedInBatchesWithoutTheOption() throws {
        let program = try program()
        let model = try anthropic(program, more: "    batch: true\n")
        let result = try program.run(["scan", "target"] + Self.options)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(model.kinds == ["batch"])
        #expect(try ledger(program) == [model.amount, 0])
    }

    @Test func whatABatchCostThatItsProviderForgotIsHeldUntilThereIsConsent() throws {
        let program = try program()
        let model = try anthropic(program, "lost=1")
        let result = try scan(program, "--batch-wait", "1")
        #expect(result.status == 3 && result.errorText.contains("batch-1"), "\(result.errorText)")
        let (count, held) = (model.billed.count, try ledger(program)[1])
        #expect(held >= model.amount)
        // Without consent nothing is sent again, however often the command is given.
        #expect(try scan(program, "--batch-wait", "1").status == 3)
        #expect(model.billed.count == count)
        let consent = try program.run(["scan", "target", "--retry-uncertain"] + Self.options)
        #expect(consent.status == 0, "\(consent.errorText)")
        #expect(model.billed.count == 2 * count && model.kinds == ["batch", "single"])
        #expect(try ledger(program) == [model.amount / 2, held])
    }

    @Test func whatHasNotEndedInTimeIsLeftToTheNextRun() throws {
        let program = try program()
        let model = try anthropic(program, "stuck=1")
        let result = try scan(program, "--batch-wait", "1")
        #expect(result.status == 3 && result.errorText.contains("batch under way"), "\(result.errorText)")
        #expect(model.kinds == ["batch"] && Set(model.billed.map(\.prompt)).count == model.billed.count)
    }
}
