import Detection
import OrchestratorCore
import Settings
import SyntaxTree
import Testing

/// Rules that advise, beside rules that look for weaknesses.
@Suite struct AdviceTests {
    private static func rule(
        _ id: String, category: String?, confidence: Int, code: String = "danger()"
    ) -> String {
        """
          - id: \(id)
        \(category.map { "    category: \($0)\n" } ?? "")    title: T
            languages: [text]
            cwe: 78
            severity: low
            confidence: \(confidence)
            message: M
            remediation: R
            words: [danger]
            pattern: danger
            examples:
              - vulnerable: "\(code)"
              - safe: "calm()"

        """
    }

    private func load(_ rules: [String]) throws -> [Rule] {
        try RuleLoader(reader: YAMLReader()).load("rules:\n" + rules.joined(), file: "r.yaml")
    }

    @Test func aRuleLooksForAWeaknessUnlessItSaysOtherwise() throws {
        let rules = try load([
            Self.rule("a", category: nil, confidence: 50), Self.rule("b", category: "best-practice", confidence: 50),
            Self.rule("c", category: "input-validation", confidence: 50),
        ])
        #expect(rules.map(\.description.category) == [.security, .bestPractice, .inputValidation])
        #expect(rules.map(\.description.category.isAdvice) == [false, true, true])
        #expect(rules.map(\.asSecurity.description.category.isAdvice) == [false, false, false])
    }

    @Test func anUnknownCategoryIsAnErrorWithItsPlace() throws {
        let error = #expect(throws: DocumentError.self) {
            try load([Self.rule("a", category: "style", confidence: 50)])
        }
        #expect(error?.description.hasPrefix("r.yaml:3:") == true, "\(error?.description ?? "")")
    }

    @Test func adviceNeverTakesThePlaceOfAWeakness() throws {
        let rules = try load([
            Self.rule("advice", category: "best-practice", confidence: 90),
            Self.rule("weakness", category: nil, confidence: 30),
        ])
        let analyzer = Analyzer(book: try RuleBook(rules), grammars: nil, redactor: Redactor(forms: [], rules: []))
        let found = Array("danger()\n".utf8).withUnsafeBufferPointer {
            analyzer.analyse($0, path: RepositoryPath("a.txt"), language: .text)
        }
        #expect(found.findings.map(\.rule) == ["weakness"])
    }

    @Test func linesThatEndInTwoCharactersAreLinesOfEvidence() throws {
        let rule = try #require(
            load([Self.rule("a", category: nil, confidence: 50, code: "one\\r\\ndanger()\\r\\nthree")]).first)
        let found = try ExampleTrial(rule, grammars: nil).analysis(of: rule.examples[0])
        #expect(found.findings.first?.evidence.lines == ["one", "danger()", "three"])
    }
}
