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
        try ["detection", "taint", "memory"].flatMap { part in
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
        let grammars = try GrammarLibrary(path: ProjectFolder.packs.appending(path: "grammars/languages.so").path)
        for rule in try Self.rules.get() {
            let trial = try ExampleTrial(rule, grammars: grammars)
            for example in rule.examples {
                #expect(
                    trial.holds(example),
                    "\(rule.description.id), example at \(example.mark): \(trial.analysis(of: example).coverage.explanation)"
                )
            }
        }
    }
}
