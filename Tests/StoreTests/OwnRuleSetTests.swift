import OrchestratorCore
import Store
import TestSupport
import Testing

@Suite struct OwnRuleSetTests {
    private func ruleSet(_ id: String, _ note: String, justification: String? = nil) -> RuleSet {
        let control = Control(
            id: "C", title: note, group: "", assessable: .code, checkType: .codeCompliance, summary: "",
            evidencedByScan: false, needsPersonalData: false,
            mappings: [Mapping(weakness: 89, source: "own:\(id)", strength: .weak, rationale: "Because.")],
            applicability: justification.map { .init(isApplicable: false, justification: $0) })
        return RuleSet(
            id: id, title: "T", shortTitle: "S", version: "1", publisher: "", licence: "", url: "",
            digest: Digest(of: id + note), base: .init(id: "base", digest: Digest(of: "base")), controls: [control])
    }

    private func catalog(_ folder: TemporaryFolder) throws -> CatalogStore {
        try CatalogStore(state: StateFolder(folder.path + "/state"))
    }

    @Test func anImportedRuleSetComesBackWhole() throws {
        let folder = try TemporaryFolder()
        let own = ruleSet("own", "first", justification: "No need.")
        try catalog(folder).recordOwn([own])
        #expect(try catalog(folder).ownRuleSets() == [own])
    }

    @Test func anIdStandsForItsNewestImportAndEarlierOnesStay() throws {
        let folder = try TemporaryFolder()
        let catalog = try catalog(folder)
        let (first, second) = (ruleSet("own", "first"), ruleSet("own", "second"))
        try catalog.recordOwn([first, ruleSet("another", "x")])
        try catalog.recordOwn([second])
        #expect(try catalog.ownRuleSets().map(\.digest) == [Digest(of: "anotherx"), second.digest])
        #expect(try Set(catalog.versions(ofRuleSet: "own")) == [first.digest, second.digest])
        #expect(try catalog.ruleSet(first.digest) == first)
        // Importing an earlier version again makes it the newest.
        try catalog.recordOwn([first])
        #expect(try catalog.ownRuleSets().map(\.digest) == [Digest(of: "anotherx"), first.digest])
    }

    @Test func weaknessesKeepWhereTheyCanOccur() throws {
        let folder = try TemporaryFolder()
        let weaknesses = [
            Weakness(
                id: 20, name: "General", checkType: .codeCompliance, parent: nil, isGeneral: true),
            Weakness(
                id: 416, name: "Memory", checkType: .codeCompliance, parent: 20,
                languages: [Language(rawValue: "c"), Language(rawValue: "cpp")]),
        ]
        try catalog(folder).record(weaknesses, importedFrom: Digest(of: "file"))
        #expect(try catalog(folder).weaknesses() == weaknesses)
    }
}
