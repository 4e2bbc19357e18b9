import Detection
import Foundation
import OrchestratorCore
import Settings
import SyntaxTree
import TestSupport
import Testing

/// The rules of the project.
enum ProjectRules {
    static func load() throws -> [Rule] {
        try ["detection", "taint"].flatMap { part in
            let folder = ProjectFolder.rulesets.appending(path: part)
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
                $0.hasSuffix(".yaml")
            }
            return try files.sorted().flatMap { name in
                try RuleLoader(reader: YAMLReader())
                    .load(String(contentsOf: folder.appending(path: name), encoding: .utf8), file: "\(part)/\(name)")
            }
        }
    }
}

@Suite struct RuleExampleTests {
    static let rules = Result { try ProjectRules.load() }

    /// What a rule alone finds in a text.
    private func findings(of rule: Rule, in code: String, _ language: Language) throws -> FileAnalysis {
        let analyzer = Analyzer(
            book: try RuleBook([rule]),
            grammars: try GrammarLibrary(path: ProjectFolder.packs.appending(path: "grammars/languages.so").path),
            redactor: Redactor(forms: [], rules: []))
        let bytes = Array(code.utf8)
        return bytes.withUnsafeBufferPointer {
            analyzer.analyse($0, path: RepositoryPath("example"), language: language)
        }
    }

    @Test func everyQueryCompilesForEveryLanguageOfItsRule() throws {
        let grammars = try GrammarLibrary(path: ProjectFolder.packs.appending(path: "grammars/languages.so").path)
        for rule in try Self.rules.get() {
            for language in rule.languages {
                guard let grammar = language.grammar else { continue }
                #expect(throws: Never.self, "\(rule.description.id) in \(language.title)") {
                    try RuleBook([rule]).compileAll(language, try grammars.grammar(grammar))
                }
            }
        }
    }

    @Test func everyRuleFindsItsVulnerableExamplesAndNothingInItsSafeOnes() throws {
        for rule in try Self.rules.get() {
            for example in rule.examples {
                let analysis = try findings(of: rule, in: example.code, example.language)
                #expect(
                    analysis.findings.isEmpty != example.isVulnerable,
                    "\(rule.description.id), example at \(example.mark): \(analysis.coverage.explanation)")
            }
        }
    }
}
