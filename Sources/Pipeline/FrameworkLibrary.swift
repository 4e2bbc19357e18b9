package import OrchestratorCore
package import Rules
import Settings
package import Store

/// The frameworks and weaknesses of an installation, imported into the catalogue of a state where they are not yet, and
/// the rule sets that the user imported there.
package struct FrameworkLibrary: Sendable {
    /// Every framework of the installation, in the order of reports.
    package let ruleSets: [RuleSet]
    /// What the user imported, the newest version of each, by id.
    package let own: [RuleSet]
    package let weaknesses: WeaknessCatalogue
    private let catalog: CatalogStore

    /// - Throws: `PipelineError`, `DocumentError` with the place of the first error, `RulesError`, `StoreError`.
    package init(_ installation: Installation, _ catalog: CatalogStore) throws {
        weaknesses = try Self.weaknesses(installation, catalog)
        let loader = RuleSetLoader(reader: YAMLReader())
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
        own = try catalog.ownRuleSets()
        self.catalog = catalog
    }

    /// Lists of weaknesses before control catalogues before laws: the order in which a developer meets them.
    private static func place(_ ruleSet: RuleSet) -> (Int, String) {
        let families = ["owasp", "nist", "iso"]
        return (families.firstIndex { ruleSet.id.hasPrefix($0) } ?? families.count, ruleSet.id)
    }

    private static func weaknesses(
        _ installation: Installation, _ catalog: CatalogStore
    ) throws -> WeaknessCatalogue {
        let file = "rulesets/weaknesses.yaml"
        let text = try installation.text(file)
        let digest = Digest(of: text)
        if try !catalog.hasWeaknesses(importedFrom: digest) {
            let weaknesses = try WeaknessLoader(reader: YAMLReader()).weaknesses(text, file: file)
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
}

// MARK: Names

extension FrameworkLibrary {
    /// The rule sets with some names, in that order; for nil those of the installation. A name is an id, or
    /// `id@digest` for one version of several, its digest shortened at will.
    /// - Throws: `unknownRuleSet`, also where two versions of one rule set are named; `StoreError`.
    package func ruleSets(_ names: [String]?) throws -> [RuleSet] {
        guard let names else { return ruleSets }
        var result: [RuleSet] = []
        for name in names {
            let ruleSet = try ruleSet(name)
            guard let rival = result.first(where: { $0.id == ruleSet.id }) else {
                result.append(ruleSet)
                continue
            }
            if rival.digest != ruleSet.digest {
                throw PipelineError(
                    .unknownRuleSet, "two versions of the rule set '\(ruleSet.id)' cannot stand in one report")
            }
        }
        return result
    }

    /// Throws `unknownRuleSet`, `StoreError`.
    package func ruleSet(_ name: String) throws -> RuleSet {
        if let ruleSet = (ruleSets + own).first(where: { $0.id == name }) { return ruleSet }
        let parts = name.split(separator: "@", maxSplits: 1)
        guard parts.count == 2 else {
            throw PipelineError(
                .unknownRuleSet,
                "no rule set '\(name)'; there are \((ruleSets + own).map(\.id).joined(separator: ", "))")
        }
        let (id, prefix) = (String(parts[0]), parts[1].lowercased())
        let matches = try catalog.versions(ofRuleSet: id).filter {
            $0.hex.hasPrefix(prefix) || $0.description.hasPrefix(prefix)
        }
        guard let digest = matches.first, matches.count == 1, let ruleSet = try catalog.ruleSet(digest) else {
            let problem = matches.isEmpty ? "no version" : "\(matches.count) versions"
            throw PipelineError(
                .unknownRuleSet, "\(problem) of the rule set '\(id)' with a digest that begins with '\(prefix)'")
        }
        return ruleSet
    }

    /// True for what is not the installation's as it is now.
    func isOwn(_ ruleSet: RuleSet) -> Bool { !ruleSets.contains { $0.digest == ruleSet.digest } }

    /// What a reader must know about overlays: those whose base has changed since they were imported.
    func notices(_ chosen: [RuleSet]) -> [String] {
        chosen.compactMap { ruleSet in
            guard let base = ruleSet.base, let now = (ruleSets + own).first(where: { $0.id == base.id }),
                now.digest != base.digest
            else { return nil }
            return "The rule set '\(ruleSet.id)' was made from an earlier version of '\(base.id)'; import it again to "
                + "follow the newer one."
        }
    }
}
