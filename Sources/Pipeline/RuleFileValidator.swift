import Detection
import Foundation
import OrchestratorCore
import Providers
import Rules
import Settings
package import Store
import SyntaxTree

/// Checks rule files as far as a scan would ever need them: every key and value, every pattern compiled, every query
/// compiled for every language, every example tried.
package struct RuleFileValidator: Sendable {
    private let installation: Installation
    private let reader = YAMLReader()

    package init(_ installation: Installation) { self.installation = installation }

    /// Everything installed. Returns a line per file; throws the first error with its place.
    package func validateInstallation() throws -> [String] {
        let frameworks = try installation.documents(in: "rulesets/frameworks").map { "\(installation.home)/\($0)" }
        let rules = try ["rulesets/detection", "rulesets/taint", "rulesets/memory"].flatMap(installation.documents)
            .map { "\(installation.home)/\($0)" }
        _ = try DetectionLibrary(installation)
        let observations = try installation.documents(in: "rulesets/observations").map { "\(installation.home)/\($0)" }
        return try (frameworks + rules + observations + ["\(installation.home)/\(ModelCatalogue.file)"]).map(validate)
    }

    /// Some files. Returns what each holds; throws `DocumentError`, `DetectionError` or `RulesError` with the place.
    /// - Parameter catalog: opened only where there are overlays, which may extend what was imported.
    package func validate(_ files: [String], _ catalog: () throws -> CatalogStore) throws -> [String] {
        let overlays = try files.filter { try keys(text($0), $0).keys.contains("extends") }
        let lines = try files.filter { !overlays.contains($0) }.map(validate)
        guard !overlays.isEmpty else { return lines }
        let importer = try RuleSetImporter(installation, try catalog())
        let bases = try files.filter { file in
            let text = try text(file)
            guard try keys(text, file).keys.contains("controls"), !overlays.contains(file) else { return false }
            return importer.isInstalled(try RuleSetLoader(reader: reader).ruleSet(text, file: file).id) == false
        }
        return lines
            + zip(overlays, try importer.read(overlays + bases)).map { file, ruleSet in
                "\(file): overlay \(ruleSet.id) of \(ruleSet.base?.id ?? "nothing"), \(ruleSet.controls.count) controls"
            }
    }

    private func text(_ path: String) throws -> String {
        do { return try String(contentsOfFile: path, encoding: .utf8) } catch {
            throw PipelineError(.badConfiguration, "cannot read \(path): \(error.localizedDescription)")
        }
    }

    private func keys(_ text: String, _ path: String) throws -> (keys: Set<String>, mark: MarkedNode.Mark) {
        guard case .mapping(let pairs, let mark) = try reader.read(text, file: path) else {
            throw DocumentError(.init(file: path, line: 1, column: 1), "expected a mapping")
        }
        return (Set(pairs.map(\.key)), mark)
    }

    private func validate(_ path: String) throws -> String {
        let text = try text(path)
        let (keys, mark) = try keys(text, path)
        if keys.contains("rules") { return try rules(text, path) }
        if keys.contains("controls") { return try framework(text, path) }
        if !keys.isDisjoint(with: ["hints", "topic"]) { return try observations(text, path) }
        if keys.contains("services") { return try models(text, path) }
        throw DocumentError(
            mark,
            "expected the key 'rules' (detection rules), 'controls' (a framework), 'hints' or 'topic' (observations) or "
                + "'services' (prices of models)")
    }

    private func models(_ text: String, _ path: String) throws -> String {
        let catalogue = try ModelCatalogueReader(reader: reader).catalogue(text, file: path)
        return "\(path): \(catalogue.prices.count) models, \(catalogue.prices.name)"
    }

    private func framework(_ text: String, _ path: String) throws -> String {
        let loader = RuleSetLoader(reader: reader)
        let ruleSet = try loader.ruleSet(text, file: path)
        let file = "rulesets/weaknesses.yaml"
        try WeaknessCatalogue(try WeaknessLoader(reader: reader).weaknesses(try installation.text(file), file: file))
            .check(ruleSet)
        let mappings = ruleSet.controls.reduce(0) { $0 + $1.mappings.count }
        return "\(path): framework \(ruleSet.id), \(ruleSet.controls.count) controls, \(mappings) mappings"
    }

    private func observations(_ text: String, _ path: String) throws -> String {
        let file = try ObservationLoader(reader: reader).load(text, file: path)
        let kinds = try ObservationBook([file]).kinds
        for rule in file.rules {
            if let example = try rule.brokenExample {
                let problem = example.isVulnerable ? "does not find" : "finds something in"
                throw DocumentError(example.mark, "the rule '\(rule.kind.id)' \(problem) this example")
            }
        }
        return "\(path): \(kinds.count) kinds of observations, \(file.rules.count) rules"
    }

    private func rules(_ text: String, _ path: String) throws -> String {
        let rules = try RuleLoader(reader: reader).load(text, file: path)
        _ = try RuleBook(rules)
        if let grammars = try? GrammarLibrary(path: installation.grammars) {
            for rule in rules { try check(rule, grammars) }
        }
        let examples = rules.reduce(0) { $0 + $1.examples.count }
        return "\(path): \(rules.count) detection rules, \(examples) examples"
    }

    private func check(_ rule: Rule, _ grammars: GrammarLibrary) throws {
        let book = try RuleBook([rule])
        for language in rule.languages {
            if let name = language.grammar { try book.compileAll(language, try grammars.grammar(name)) }
        }
        let trial = try ExampleTrial(rule, grammars: grammars)
        for example in rule.examples where !trial.holds(example) {
            throw DocumentError(
                example.mark, "rule '\(rule.description.id)': expected \(example.expectation)")
        }
    }
}
