import Foundation
import TestSupport
import Testing

/// The real program, killed while its prompts are in a provider's batches: before they are submitted, while they are
/// worked on, in the middle of the results. Nothing is submitted twice, nothing is lost, and the report is the undisturbed
/// one.
@Suite struct BatchCrashTests {
    private static let command = [
        "scan", "target", "--batch", "--out", "out", "--state", "state", "--quiet", "--config", "models.yaml",
    ]
    private static let budget = 500_000_000

    private func configure(_ program: Program, _ model: ScriptedModel) throws {
        let text = model.configuration(budget: "0.5").replacing("    models:", with: "    batch_poll_s: 1\n    models:")
        try program.folder.write(text, to: "models.yaml")
    }

    /// Lets time pass for submissions that were recorded: all time-outs of their requests have run out.
    private func age(_ program: Program) throws {
        let path = program.folder.path + "/state/ledger.sqlite"
        guard FileManager.default.fileExists(atPath: path) else { return }
        let script = """
            import sqlite3, sys
            ledger = sqlite3.connect(sys.argv[1], timeout=10)
            if ledger.execute("SELECT 1 FROM sqlite_master WHERE name = 'provider_batch'").fetchone():
                ledger.execute("UPDATE provider_batch SET prepared_at = prepared_at - 100000 WHERE state = 'prepared'")
            ledger.commit()
            """
        let result = try runProcess("/usr/bin/env", ["python3", "-c", script, path])
        #expect(result.status == 0, "\(result.errorText)")
    }

    /// Nanodollars settled, and reserved or uncertain.
    private func committed(_ program: Program) throws -> [Int] {
        let text = try program.run("cost", "--by", "day", "--json", "--state", "state").text
        guard !text.isEmpty else { return [0, 0] }
        let row = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
        let amounts = ["settled", "reserved", "uncertain"].map { row[$0 + "_nanodollars"] as? Int ?? 0 }
        return [amounts[0], amounts[1] + amounts[2]]
    }

    @Test func killedAtAnyInstantOfABatchNothingIsSubmittedTwiceOrLost() throws {
        var program = try Program()
        program.environment["SOURCE_DATE_EPOCH"] = "1700000000"
        for number in 0..<12 {
            let lines = (0..<60).map { "value_\(number)_\($0) = compute(\($0), source)\n" }.joined()
            try program.folder.write("launch(folder_\(number))\n" + lines, to: "target/f\(number).py")
        }
        let options = ["batch_delay=1", "slow_results=0.1", "upload_delay=1"]
        let calm = try ScriptedModel(program.folder, options)
        try configure(program, calm)
        let start = ContinuousClock.now
        #expect(try program.run(Self.command).status == 0)
        let whole = ContinuousClock.now - start
        let expected = ReportText.withoutRun(try program.text("out/report.md"))
        #expect(calm.billed.count > 3 && calm.kinds == ["batch"])
        var generator = SeededGenerator(seed: 301)
        var equalRounds = 0
        for round in 0..<proofCount(quick: 4, full: 100) {
            for name in ["state", "out"] {
                try? FileManager.default.removeItem(atPath: program.folder.path + "/" + name)
            }
            let model = try ScriptedModel(program.folder, options)
            try configure(program, model)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let process = try program.start(Self.command)
                usleep(UInt32(whole * Double.random(in: 0...1, using: &generator) / .microseconds(1)))
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                let spent = try committed(program)
                #expect(model.amount <= spent[0] + spent[1], "round \(round)")
                #expect(spent[0] + spent[1] <= Self.budget, "round \(round)")
                // A request that was on its way reaches the server.
                usleep(200_000)
                try age(program)
            }
            let last = try program.run(Self.command)
            #expect(last.status == 0, "round \(round): \(last.errorText)")
            #expect(model.billed.count == calm.billed.count, "round \(round)")
            #expect(Set(model.billed.map(\.prompt)).count == model.billed.count, "round \(round): submitted twice")
            #expect(try committed(program) == [model.amount, 0], "round \(round)")
            let runs = try program.run("runs", "list", "--state", "state").text.split(separator: "\n").count
            guard runs == 1 else { continue }
            #expect(ReportText.withoutRun(try program.text("out/report.md")) == expected, "round \(round)")
            equalRounds += 1
        }
        print("batch crash test: \(calm.billed.count) prompts a run, \(equalRounds) equal reports")
    }
}
