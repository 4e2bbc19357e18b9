package import OrchestratorCore
package import SyntaxTree

/// Tries a rule, alone, on source: its own examples above all. Serves one task at a time.
package struct ExampleTrial {
    private let analyzer: Analyzer

    /// - Parameter grammars: nil where none are installed; query rules then find nothing.
    package init(_ rule: Rule, grammars: GrammarLibrary?) throws(DetectionError) {
        analyzer = Analyzer(
            book: try RuleBook([rule]), grammars: grammars, redactor: Redactor(forms: [], rules: []))
    }

    package func analysis(of example: Rule.Example) -> FileAnalysis {
        Array(example.code.utf8).withUnsafeBufferPointer {
            analyzer.analyse($0, path: RepositoryPath("code"), language: example.language)
        }
    }

    /// True where the rule treats the example as it says.
    package func holds(_ example: Rule.Example) -> Bool {
        analysis(of: example).findings.isEmpty != example.isVulnerable
    }
}

extension Rule.Example {
    /// What does not happen where it does not hold.
    package var expectation: String {
        isVulnerable ? "a finding in this vulnerable example" : "no finding in this safe example"
    }
}
