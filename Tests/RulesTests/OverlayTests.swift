import OrchestratorCore
import Rules
import Settings
import Testing

@Suite struct OverlayTests {
    private static let base = """
        id: base
        title: A base
        short_title: Base
        version: "1"
        publisher: Nobody
        licence: none
        url: "https://example.org"
        controls:
          - id: A
            title: First
            assessable: code
            check: code_compliance
            cwes:
              - {cwe: 79, source: "official:x", strength: official}
              - {cwe: 79, source: curated, strength: weak, why: Because.}
              - {cwe: 89, source: curated, strength: strong, why: Because.}
          - {id: B, title: Second, assessable: process, check: code_compliance}
          - {id: C, title: Third, assessable: code, check: code_compliance}

        """
    private static let head = """
        id: own
        extends: base
        title: Own
        short_title: Own
        version: "1"

        """

    private func weaknesses() throws -> WeaknessCatalogue {
        try WeaknessCatalogue(
            [79, 89, 22].map { Weakness(id: $0, name: "W", checkType: .codeCompliance, parent: nil) })
    }

    private func resolve(_ texts: String..., known: [RuleSet] = []) throws -> [RuleSet] {
        let loader = RuleSetLoader(reader: YAMLReader(), weaknesses: try weaknesses())
        let documents = try texts.enumerated().map { try loader.document($1, file: "\($0).yaml") }
        return try RuleSetResolver(documents) { name in
            known.first { $0.id == name || "\($0.id)@\($0.digest.hex)" == name }
        }.resolve()
    }

    private func base() throws -> RuleSet { try resolve(Self.base)[0] }

    private func control(_ id: String, _ text: String) throws -> Control? {
        try resolve(Self.head + text, known: [try base()])[0].controls.first { $0.id == id }
    }

    @Test func nothingChangedIsTheBaseUnderAnotherName() throws {
        let own = try resolve(Self.head, known: [try base()])[0]
        #expect(own.controls == (try base().controls))
        #expect(own.id == "own" && own.publisher == "Nobody")
        #expect(own.base?.digest == (try base().digest))
        #expect(own.digest != (try base().digest))
    }

    @Test func controlsAreLeftOutAndAdded() throws {
        let text = "leave_out: [B]\nadd:\n  - {id: D, title: New, assessable: code, check: data_protection}\n"
        let own = try resolve(Self.head + text, known: [try base()])[0]
        #expect(own.controls.map(\.id) == ["A", "C", "D"])
    }

    @Test func aStrengthTakesThePlaceOfEverySourceOfItsWeakness() throws {
        let mappings = try control(
            "A", "strength:\n  - {control: A, cwe: 79, strength: weak, why: No pages.}\n")?.mappings
        #expect(mappings?.map(\.weakness) == [79, 89])
        #expect(mappings?[0] == Mapping(weakness: 79, source: "own:own", strength: .weak, rationale: "No pages."))
    }

    @Test func mappingsAreAddedInTheirPlace() throws {
        let mappings = try control(
            "A", "add:\n  - {control: A, cwes: [{cwe: 22, strength: moderate, why: Files.}]}\n")?.mappings
        #expect(mappings?.map(\.weakness) == [22, 79, 79, 89])
    }

    @Test func statementsCarryTheirJustification() throws {
        let text = """
            not_applicable: [{control: B, justification: None here.}]
            applicable: [{control: A, justification: We do.}]
            """
        #expect(try control("B", text)?.applicability == .init(isApplicable: false, justification: "None here."))
        #expect(try control("A", text)?.applicability == .init(isApplicable: true, justification: "We do."))
        #expect(try control("C", text)?.applicability == nil)
    }

    @Test func everyStatementChangesTheDigest() throws {
        let plain = try resolve(Self.head, known: [try base()])[0]
        let stated = try resolve(
            Self.head + "not_applicable: [{control: B, justification: X}]\n", known: [try base()])[0]
        let other = try resolve(
            Self.head + "not_applicable: [{control: B, justification: Y}]\n", known: [try base()])[0]
        #expect(Set([plain, stated, other].map(\.digest)).count == 3)
    }

    @Test func overlaysMayExtendEachOtherInAnyOrder() throws {
        let top = Self.head.replacing("id: own", with: "id: top").replacing("extends: base", with: "extends: own")
        let sets = try resolve(top + "leave_out: [C]\n", Self.head + "leave_out: [B]\n", known: [try base()])
        #expect(sets.map(\.id) == ["top", "own"])
        #expect(sets[0].controls.map(\.id) == ["A"])
        #expect(sets[0].base?.digest == sets[1].digest)
    }

    @Test(arguments: [
        ("leave_out: [Z]\n", "0.yaml:6:13: no control 'Z' in 'base'"),
        ("leave_out: [A, A]\n", "0.yaml:6:16: 'A' is left out twice"),
        ("strength:\n  - {control: C, cwe: 79, strength: weak, why: X}\n", "0.yaml:7:5: CWE-79 does not map to 'C'"),
        ("strength:\n  - {control: A, cwe: 79, strength: weak}\n", "0.yaml:7:5: expected the key 'why'"),
        ("strength:\n  - {control: A, cwe: 7, strength: weak, why: X}\n", "0.yaml:7:23: CWE-7 is not in"),
        ("add:\n  - {control: Z, cwes: []}\n", "no control 'Z'"),
        ("add:\n  - {control: A, cwes: [{cwe: 89, strength: weak, why: X}]}\n", "CWE-89 already maps to 'A'"),
        ("add:\n  - {id: A, title: T, assessable: code, check: code_compliance}\n", "'A' is already in 'base'"),
        ("not_applicable: [{control: B}]\n", "0.yaml:6:18: expected the key 'justification'"),
        ("not_applicable: [{control: B, justification: \" \"}]\n", "'justification' must say something"),
        ("not_applicable: [{control: Z, justification: X}]\n", "no control 'Z'"),
        (
            "not_applicable: [{control: B, justification: X}]\napplicable: [{control: B, justification: X}]\n",
            "0.yaml:7:14: 'B' has its applicability stated twice"
        ),
        (
            "leave_out: [B]\nnot_applicable: [{control: B, justification: X}]\n",
            "0.yaml:7:18: the control 'B' is left out above"
        ),
        ("remove: [A]\n", "unknown key 'remove'"),
    ])
    func aMistakeIsNamedWithItsPlace(text: String, problem: String) throws {
        let base = try base()
        let error = #expect(throws: DocumentError.self) { try resolve(Self.head + text, known: [base]) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test func anUnknownBaseACycleAndADuplicateAreRefused() throws {
        let base = try base()
        let back = Self.head.replacing("id: own", with: "id: other").replacing("extends: base", with: "extends: own")
        let forth = Self.head.replacing("extends: base", with: "extends: other")
        for (texts, problem) in [
            ([Self.head.replacing("extends: base", with: "extends: nothing")], "0.yaml:2:10: 'extends' must name"),
            ([Self.head.replacing("extends: base", with: "extends: own")], "own -> own"),
            ([forth, back], "1.yaml:2:10: the overlays extend each other: own -> other -> own"),
            ([Self.head, Self.head], "1.yaml:1:5: the rule set 'own' is defined twice, first at 0.yaml:1:5"),
        ] {
            let error = #expect(throws: DocumentError.self) {
                let loader = RuleSetLoader(reader: YAMLReader())
                let documents = try texts.enumerated().map { try loader.document($1, file: "\($0).yaml") }
                _ = try RuleSetResolver(documents) { $0 == "base" ? base : nil }.resolve()
            }
            #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
        }
    }

    /// `other` extends an `own` that is kept already; a new `own` that extends `other` would rest on itself.
    @Test func aCycleThroughAnEarlierImportIsRefused() throws {
        let base = try base()
        let own = try resolve(Self.head, known: [base])[0]
        let otherText = Self.head.replacing("id: own", with: "id: other")
            .replacing("extends: base", with: "extends: own")
        let other = try resolve(otherText, known: [base, own])[0]
        let error = #expect(throws: DocumentError.self) {
            try resolve(Self.head.replacing("extends: base", with: "extends: other"), known: [base, own, other])
        }
        #expect(error?.description.contains("own -> other -> own") == true, "\(error?.description ?? "")")
    }

    @Test func aDifferenceNamesControlsFieldsAndMappings() throws {
        let text = """
            leave_out: [C]
            add: [{id: D, title: New, assessable: code, check: data_protection}]
            strength: [{control: A, cwe: 89, strength: weak, why: X}]
            not_applicable: [{control: B, justification: None.}]
            """
        let base = try base()
        let difference = RuleSetDifference(from: base, to: try resolve(Self.head + text, known: [base])[0])
        #expect(difference.removed.map(\.id) == ["C"] && difference.added.map(\.id) == ["D"])
        #expect(difference.changed.map(\.id) == ["A", "B"])
        let mappings = try #require(difference.changed.first).mappings
        #expect(mappings.map { $0.before?.strength } == [.strong, nil])
        #expect(mappings.map { $0.after?.strength } == [nil, .weak])
        #expect(difference.changed[1].fields.map(\.name) == ["applicable", "justification"])
        #expect(RuleSetDifference(from: base, to: base).isEmpty)
    }
}
