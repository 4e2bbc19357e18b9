import TestSupport
import Testing

/// A server of no known protocol, asked by nothing but its description in the configuration.
@Suite struct CustomProviderTests {
    private func configuration(_ model: ScriptedModel, text: String = "out.0.text") -> String {
        """
        providers:
          - id: house
            protocol: custom
            base_url: http://127.0.0.1:\(model.port)/own
            api_key: env:HOUSE_KEY
            models:
              - {id: m, context_tokens: 4096, max_output_tokens: 500, input_usd_per_mtok: 1, output_usd_per_mtok: 2}
            template:
              path: /ask?v=2
              headers: {x-token: "Key {{key}}"}
              body: {question: "{{system}}\\n{{prompt}}", limit: "{{max_tokens}}", raw: true}
              answer: {text: \(text), finish: why, input_tokens: count.in, output_tokens: count.out, error: fault}
        budgets: {run_usd: 0.05}
        """
    }

    private func scan(_ program: Program, _ configuration: String) throws -> ProcessResult {
        var program = program
        program.environment["HOUSE_KEY"] = "of-the-house"
        try program.folder.write("from tools import launch\n\n\nlaunch(folder)\n", to: "target/a.py")
        try program.folder.write(configuration, to: "models.yaml")
        return try program.run(
            "scan", "target", "--out", "out", "--state", "state", "--quiet", "--config", "models.yaml")
    }

    @Test func itIsAskedAsDescribedAndItsAnswersCount() throws {
        let program = try Program()
        let model = try ScriptedModel(program.folder, "tokens=1000")
        let result = try scan(program, configuration(model))
        #expect(result.status == 0, "\(result.errorText)")
        let review = try #require(program.json("out/report.json")["model_review"] as? [String: Any])
        #expect(review["claims"] as? Int == 1)
        #expect(model.billed.count == 1)
        #expect(review["settled_nanodollars"] as? Int == 1000 * 1000 + 50 * 2000)
    }

    @Test func anAnswerThatIsNotWhereTheDescriptionSaysIsAGapAndNotAClean() throws {
        let program = try Program()
        let model = try ScriptedModel(program.folder)
        let result = try scan(program, configuration(model, text: "out.text"))
        #expect(result.status == 3, "\(result.errorText)")
        let review = try #require(program.json("out/report.json")["model_review"] as? [String: Any])
        let gaps = try #require(review["gaps"] as? [[String: Any]])
        #expect((gaps.first?["reason"] as? String)?.contains("the answer has no text at out.text") == true, "\(gaps)")
    }
}
