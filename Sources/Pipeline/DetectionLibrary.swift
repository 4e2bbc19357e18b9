package import Detection
import Foundation
package import OrchestratorCore
package import Rules
import Settings
package import SyntaxTree

/// The detection rules, the redactor and the grammars of an installation, and a digest of all three.
package struct DetectionLibrary: Sendable {
    package let book: RuleBook
    package let redactor: Redactor
    /// What is observed besides weaknesses.
    package let observations: ObservationBook
    /// Nil where none are installed.
    package let grammars: GrammarLibrary?
    /// The files it was read from, by their names under `rulesets`.
    package let texts: [String: String]
    /// Changes with anything that could change a finding.
    package let digest: Digest
    /// What a reader must know: parts that are missing.
    package let notices: [String]

    /// Raised when the analyzer itself would say something else about the same file.
    private static let analyzerVersion = 10

    /// - Parameters:
    ///   - disabled: ids of rules that do not run.
    ///   - countsAdvice: true where advice counts like weaknesses.
    /// - Throws: `PipelineError`, `DocumentError` with the place of the first error, `DetectionError`.
    package init(_ installation: Installation, disabled: [String] = [], countsAdvice: Bool = false) throws {
        var digest = Digest.Builder()
        digest.append("analyzer \(Self.analyzerVersion) \(Installation.version)")
        let loader = RuleLoader(reader: YAMLReader())
        var rules: [Rule] = []
        var texts: [String: String] = [:]
        let documents = try ["rulesets/detection", "rulesets/taint", "rulesets/memory"].flatMap(installation.documents)
        for file in documents {
            let text = try installation.text(file)
            digest.append(text)
            texts[Self.shortName(file)] = text
            rules += try loader.load(text, file: file)
        }
        let known = Set(rules.map(\.description.id))
        for id in disabled where !known.contains(id) {
            throw PipelineError(.unknownRule, "the configuration disables the rule '\(id)', which does not exist")
        }
        digest.append(disabled.sorted().joined(separator: ",") + (countsAdvice ? "\nadvice counts" : ""))
        if countsAdvice { rules = rules.map(\.asSecurity) }
        observations = try Self.observations(installation, &digest, &texts)
        let forms = try installation.text("rulesets/redaction.yaml")
        digest.append(forms)
        texts["redaction.yaml"] = forms
        self.texts = texts
        book = try RuleBook(rules.filter { !disabled.contains($0.description.id) })
        redactor = Redactor(
            forms: try RedactionForm.load(forms, file: "rulesets/redaction.yaml", reader: YAMLReader()), rules: rules)
        do {
            grammars = try GrammarLibrary(path: installation.grammars)
            notices = []
            digest.append((try? installation.packVersion("grammars")) ?? "unknown grammars")
        } catch {
            grammars = nil
            notices = ["No grammars are installed, so only lexical rules ran: see 'secorch doctor'."]
            digest.append("no grammars")
        }
        self.digest = digest.finish()
    }

    private static func observations(
        _ installation: Installation, _ digest: inout Digest.Builder, _ texts: inout [String: String]
    ) throws -> ObservationBook {
        let loader = ObservationLoader(reader: YAMLReader())
        return try ObservationBook(
            try installation.documents(in: "rulesets/observations").map { file in
                let text = try installation.text(file)
                digest.append(text)
                texts[shortName(file)] = text
                return try loader.load(text, file: file)
            })
    }

    private static func shortName(_ file: String) -> String { String(file.dropFirst("rulesets/".count)) }

    /// A new observer, for one task at a time.
    package func observer() -> Observer { Observer(book: observations, redactor: redactor) }

    /// A new analyzer, for one task at a time.
    package func analyzer(_ lookup: any SourceLookup) -> Analyzer {
        Analyzer(book: book, grammars: grammars, redactor: redactor, lookup: lookup)
    }

    /// A rule's title; its id where there is no such rule.
    package func title(ofRule id: String) -> String { book.descriptions.first { $0.id == id }?.title ?? id }

    /// The rules whose findings stand apart, by id.
    package var advice: Set<String> { Set(book.descriptions.filter(\.category.isAdvice).map(\.id)) }

    /// Weakness -> the enabled rules that look for it. A rule too unsure to fail a control does not help to satisfy one
    /// either, and advice looks for no weakness.
    package var coverage: [Int: [ControlMapper.CoveringRule]] {
        var table: [Int: [ControlMapper.CoveringRule]] = [:]
        for rule in book.rules where rule.description.confidence >= ControlMapper.confirmation {
            guard !rule.description.category.isAdvice else { continue }
            table[rule.description.weakness, default: []].append(
                .init(id: rule.description.id, languages: Set(rule.languages)))
        }
        return table
    }
}

extension Installation {
    /// The version of a data pack. Throws where it is not installed.
    package func packVersion(_ name: String) throws -> String {
        try String(contentsOfFile: "\(packs)/\(name)/.version", encoding: .utf8).filter { !$0.isWhitespace }
    }
}
