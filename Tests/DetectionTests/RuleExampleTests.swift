import Detection
import Foundation
import OrchestratorCore
import Settings
import SyntaxTree
import Testing

/// The project's folders as seen from this source file.
enum Project {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let grammars = root.appending(path: ".packs/grammars/languages.so").path

    static func rules() throws -> [Rule] {
        let folder = root.appending(path: "rulesets/detection")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
        return try files.sorted().flatMap { name in
            try RuleLoader(reader: YAMLReader())
                .load(String(contentsOf: folder.appending(path: name), encoding: .utf8), file: name)
        }
    }
}

@Suite struct RuleExampleTests {
    static let rules = Result { try Project.rules() }

    /// What a rule alone finds in a text.
    private func findings(of rule: Rule, in code: String, _ language: Language) throws -> FileAnalysis {
        let analyzer = Analyzer(
            book: try RuleBook([rule]), grammars: try GrammarLibrary(path: Project.grammars),
            redactor: Redactor(forms: [], rules: []))
        let bytes = Array(code.utf8)
        return bytes.withUnsafeBufferPointer {
            analyzer.analyse($0, path: RepositoryPath("example"), language: language)
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
