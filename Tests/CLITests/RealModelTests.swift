import Foundation
import TestSupport
import Testing

/// Scans with a real, small model. What it says is not asserted, only that whatever it says is counted, checked and
/// reported truly.
@Suite(
    .serialized, .enabled(if: RealModel.base != nil, Comment(rawValue: RealModel.absence)), .timeLimit(.minutes(20)))
struct RealModelTests {
    private static let code = """
        import os
        import sqlite3


        def find(name):
            rows = sqlite3.connect("shop.db").execute("SELECT * FROM item WHERE name = '" + name + "'")
            os.system("logger found " + name)
            return rows.fetchall()

        """

    /// A dollar per million tokens in and two out. The server's name for its model comes from the server.
    private func program(window claimed: Int? = nil, budgets: String = "run_usd: 0.50") throws -> (
        Program, model: String, window: Int
    ) {
        let program = try Program()
        let head = "providers:\n  - id: real\n    protocol: openai\n    base_url: \(try #require(RealModel.base))\n"
        try program.folder.write(head, to: "models.yaml")
        let listed = try program.run("models", "list", "--all", "--json", "--config", "models.yaml")
        #expect(listed.status == 0, "\(listed.errorText)")
        let first = try #require(listed.text.split(separator: "\n").first)
        let model = try #require(JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any])
        let name = try #require(model["model"] as? String)
        let window = try #require(model["context_tokens"] as? Int)
        let text = """
            \(head)    concurrency: 1
                models:
                  - id: \(name)
                    context_tokens: \(claimed ?? window)
                    max_output_tokens: 256
                    structured_output: true
                    input_usd_per_mtok: 1
                    output_usd_per_mtok: 2
            budgets: {\(budgets)}
            """
        try program.folder.write(text + "\n", to: "models.yaml")
        return (program, "real/" + name, window)
    }

    private func review(_ program: Program) throws -> [String: Any] {
        try #require(program.json("out/report.json")["model_review"] as? [String: Any])
    }

    @Test func whatAScanReportsAboutTheModelIsTrue() throws {
        let (program, model, _) = try program()
        try program.folder.write(Self.code, to: "target/shop.py")
        let before = try RealModel.counts()
        let result = try program.scan("target", "--config", "models.yaml", "--local-only")
        let after = try RealModel.counts()
        let review = try review(program)
        func number(_ key: String) -> Int { review[key] as? Int ?? -1 }

        #expect(review["model"] as? String == model && review["price_source"] as? String == "configuration")
        #expect(number("requests") > 0 && number("input_tokens") > 0 && number("output_tokens") > 0)
        #expect(number("settled_nanodollars") == number("input_tokens") * 1000 + number("output_tokens") * 2000)
        #expect(number("uncertain_nanodollars") == 0 && number("budget_nanodollars") == 500_000_000)
        if let before, let after {
            #expect(after.input - before.input == number("input_tokens"), "as the server counted")
            #expect(after.output - before.output == number("output_tokens"), "as the server counted")
        }

        let gaps = try #require(review["gaps"] as? [Any])
        #expect(result.status == (gaps.isEmpty ? 0 : 3), "\(result.errorText)")
        #expect((number("reviewed") == number("parts")) == gaps.isEmpty)

        let line = try program.run("cost", "--by", "model", "--json", "--state", "state").text
        let cost = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(cost["group"] as? String == model)
        for key in ["requests", "settled_nanodollars", "uncertain_nanodollars", "input_tokens", "output_tokens"] {
            #expect(cost[key] as? Int == number(key), "\(key)")
        }
        try claimsQuoteTheFile(program, count: number("claims"))
    }

    private func claimsQuoteTheFile(_ program: Program, count: Int) throws {
        let findings = try #require(program.json("out/report.json")["findings"] as? [[String: Any]])
        let claims = findings.filter { ($0["rule"] as? String)?.hasPrefix("model-") == true }
        #expect(claims.count == count)
        let lines = Self.code.components(separatedBy: "\n")
        for claim in claims {
            let evidence = try #require(claim["evidence"] as? [String: Any])
            let quoted = try #require(evidence["lines"] as? [String])
            let first = try #require(evidence["first_line"] as? Int)
            #expect(Array(lines[(first - 1)...].prefix(quoted.count)) == quoted)
        }
    }

    @Test func anAnswerThatWasPaidForIsNotAskedForAgain() throws {
        let (program, _, _) = try program()
        try program.folder.write("import os\nos.system(input())\n", to: "target/a.py")
        let first = try program.scan("target", "--config", "models.yaml")
        let paid = try RealModel.counts()
        let again = try program.scan("target", "--config", "models.yaml", out: "again")
        #expect(first.status == again.status)
        #expect(try RealModel.counts()?.input == paid?.input)
        let review = try program.json("again/report.json")["model_review"] as? [String: Any]
        #expect(review?["requests"] as? Int == 0 && review?["settled_nanodollars"] as? Int == 0)
    }

    @Test func aPromptOverTheWindowIsAGapThatCostsNothing() throws {
        let (program, _, window) = try program(window: 32_768, budgets: "run_usd: 0.50, run_requests: 1")
        // A prompt of a scan never fills a larger one.
        guard window <= 4096 else { return }
        let text = (0..<400).map { "value_\($0) = compute(source[\($0)], \($0))\n" }.joined()
        try program.folder.write(text, to: "target/long.py")
        #expect(try program.scan("target", "--config", "models.yaml").status == 3)
        let review = try review(program)
        let gaps = try #require(review["gaps"] as? [[String: Any]])
        #expect(
            gaps.contains { ($0["reason"] as? String)?.contains("prompt too long for the model") == true }, "\(gaps)")
        #expect(review["reviewed"] as? Int == 0)
        #expect(review["settled_nanodollars"] as? Int == 0 && review["uncertain_nanodollars"] as? Int == 0)
    }
}
