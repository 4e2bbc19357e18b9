package import OrchestratorCore
package import Rules
import Settings
package import Store

/// The frameworks and weaknesses of an installation, imported into the catalogue of a state where they are not yet.
package struct FrameworkLibrary: Sendable {
    /// Every framework of the installation, by id.
    package let ruleSets: [RuleSet]
    package let weaknesses: WeaknessCatalogue

    /// - Throws: `PipelineError`, `DocumentError` with the place of the first error, `RulesError`, `StoreError`.
    package init(_ installation: Installation, _ catalog: CatalogStore) throws {
        let loader = RuleSetLoader(reader: YAMLReader())
        weaknesses = try Self.weaknesses(installation, catalog, loader)
        var ruleSets: [RuleSet] = []
        for file in try installation.documents(in: "rulesets/frameworks") {
            let text = try installation.text(file)
            let digest = Digest(of: text)
            if let known = try catalog.ruleSet(importedFrom: digest) {
                ruleSets.append(known)
                continue
            }
            let ruleSet = try loader.ruleSet(text, file: file)
            try weaknesses.check(ruleSet)
            try catalog.record(ruleSet, importedFrom: digest)
            ruleSets.append(ruleSet)
        }
        self.ruleSets = try Self.unique(ruleSets).sorted { Self.place($0) < Self.place($1) }
    }

    /// Lists of weaknesses before control catalogues before laws: the order in which a developer meets them.
    private static func place(_ ruleSet: RuleSet) -> (Int, String) {
        let families = ["owasp", "nist", "iso"]
        return (families.firstIndex { ruleSet.id.hasPrefix($0) } ?? families.count, ruleSet.id)
    }

    private static func weaknesses(
        _ installation: Installation, _ catalog: CatalogStore, _ loader: RuleSetLoader
    ) throws -> WeaknessCatalogue {
        let file = "rulesets/weaknesses.yaml"
        let text = try installation.text(file)
        let digest = Digest(of: text)
        if try !catalog.hasWeaknesses(importedFrom: digest) {
            let weaknesses = try loader.weaknesses(text, file: file)
            _ = try WeaknessCatalogue(weaknesses)
            try catalog.record(weaknesses, importedFrom: digest)
        }
        return try WeaknessCatalogue(try catalog.weaknesses())
    }

    private static func unique(_ ruleSets: [RuleSet]) throws -> [RuleSet] {
        var seen: Set<String> = []
        for ruleSet in ruleSets where !seen.insert(ruleSet.id).inserted {
            throw PipelineError(
                .installation, "two files under rulesets/frameworks define the rule set '\(ruleSet.id)'")
        }
        return ruleSets
    }

    /// The frameworks with some ids, in that order; all for nil. Throws `unknownRuleSet`.
    package func ruleSets(_ ids: [String]?) throws(PipelineError) -> [RuleSet] {
        guard let ids else { return ruleSets }
        var result: [RuleSet] = []
        for id in ids {
            guard let ruleSet = ruleSets.first(where: { $0.id == id }) else {
                throw PipelineError(
                    .unknownRuleSet,
                    "no rule set '\(id)'; there are \(ruleSets.map(\.id).joined(separator: ", "))")
            }
            if !result.contains(where: { $0.id == id }) { result.append(ruleSet) }
        }
        return result
    }
}
