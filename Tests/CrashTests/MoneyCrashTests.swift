import Foundation
import TestSupport
import Testing

/// The real program, killed at random instants while several requests are under way, against a provider that bills what it
/// receives: it never bills more than the ledger says, the ledger never says more than the budget, and nothing is sent
/// twice without consent.
@Suite struct MoneyCrashTests {
    @Test func killedAtAnyInstantNothingIsPaidTwiceOrBeyondTheBudget() throws {
        var program = try Program()
        program.environment["SOURCE_DATE_EPOCH"] = "1700000000"
        for number in 0..<24 {
            let lines = (0..<40).map { "value_\(number)_\($0) = compute(\($0), source)\n" }.joined()
            try program.folder.write("launch(folder_\(number))\n" + lines, to: "target/f\(number).py")
        }
        // Enough for all, so that an undisturbed run is complete.
        let budget = 500_000_000
        let calm = try ScriptedModel(program.folder, "delay=0.1", "jitter=0.2")
        try program.folder.write(calm.configuration(budget: "0.5", concurrency: 3), to: "models.yaml")
        let command = ["scan", "target", "--out", "out", "--state", "state", "--quiet", "--config", "models.yaml"]
        let start = ContinuousClock.now
        _ = try program.run(command)
        let whole = ContinuousClock.now - start
        let requests = calm.billed.count
        #expect(requests > 3)
        let expected = try program.text("out/report.md")
        var generator = SeededGenerator(seed: 300)
        var heldRounds = 0
        var equalRounds = 0
        for round in 0..<proofCount(quick: 10, full: 300) {
            for name in ["state", "out"] {
                try? FileManager.default.removeItem(atPath: program.folder.path + "/" + name)
            }
            let model = try ScriptedModel(program.folder, "delay=0.1", "jitter=0.2")
            try program.folder.write(model.configuration(budget: "0.5", concurrency: 3), to: "models.yaml")
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let process = try program.start(command)
                usleep(UInt32(whole * Double.random(in: 0...1.1, using: &generator) / .microseconds(1)))
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
            }
            let last = try program.run(command)
            #expect([0, 3].contains(last.status), "round \(round): \(last.errorText)")
            let prompts = model.billed.map(\.prompt)
            #expect(Set(prompts).count == prompts.count, "round \(round): something was sent twice")
            let billed = model.billed.reduce(0) { $0 + $1.tokens * 1000 + 50 * 2000 }
            let ledger = try committed(program)
            #expect(billed <= ledger.total && ledger.total <= budget, "round \(round): \(billed), \(ledger), \(budget)")
            if ledger.uncertain > 0 { heldRounds += 1 }
            // A run that had finished before it was killed is followed by another, which finds every answer paid for.
            let runs = try program.run("runs", "list", "--state", "state").text.split(separator: "\n").count
            if ledger.uncertain == 0, runs == 1 {
                let report = ReportText.withoutRun(try program.text("out/report.md"))
                #expect(report == ReportText.withoutRun(expected), "round \(round)")
                equalRounds += 1
            }
        }
        print(
            "money crash test: \(requests) requests a run, money held in \(heldRounds) rounds, \(equalRounds) equal reports"
        )
    }

    /// Nanodollars settled and held, over all runs of the state.
    private func committed(_ program: Program) throws -> (total: Int, uncertain: Int) {
        let text = try program.run("cost", "--by", "day", "--json", "--state", "state").text
        guard let row = try JSONSerialization.jsonObject(with: Data(text.utf8 + Array("\n".utf8))) as? [String: Any]
        else {
            return (0, 0)
        }
        let amounts = ["reserved", "uncertain"].map { row[$0 + "_nanodollars"] as? Int ?? 0 }
        let uncertain = amounts.reduce(0, +)
        return ((row["settled_nanodollars"] as? Int ?? 0) + uncertain, uncertain)
    }
}
