import OrchestratorCore
import Rules
import Testing

@Suite struct ControlMapperTests {
    private static let python = Language(rawValue: "python")
    private static let kotlin = Language(rawValue: "kotlin")

    private func control(
        _ mappings: [(Int, Mapping.Strength)], assessable: Control.Assessable = .code, byScan: Bool = false,
        personal: Bool = false
    ) -> RuleSet {
        let control = Control(
            id: "C-1", title: "A control", group: "", assessable: assessable, checkType: .codeCompliance, summary: "",
            evidencedByScan: byScan, needsPersonalData: personal,
            mappings: mappings.map { Mapping(weakness: $0.0, source: "curated", strength: $0.1, rationale: "") })
        return RuleSet(
            id: "set", title: "A set", shortTitle: "Set", version: "1", publisher: "", licence: "", url: "",
            digest: Digest(of: ""), controls: [control])
    }

    private func tally(confirmed: Int = 0, doubtful: Int = 0, suppressed: Int = 0) -> ControlMapper.Tally {
        var tally = ControlMapper.Tally()
        tally.confirmed = confirmed
        tally.doubtful = doubtful
        tally.suppressed = suppressed
        return tally
    }

    private func assess(
        _ ruleSet: RuleSet, findings: [Int: ControlMapper.Tally] = [:], languages: [Language: Bool] = [python: true],
        rules: [Int: Set<Language>] = [89: [python], 79: [python]], weaknesses: [Weakness] = [],
        personalData: ControlMapper.PersonalData = .undeclared
    ) throws -> ControlAssessment {
        let facts = ControlMapper.Facts(
            findings: findings, languages: languages,
            rules: rules.mapValues { languages in
                languages.map { .init(id: "\($0.rawValue)-rule", languages: [$0]) }
            }, weaknesses: try WeaknessCatalogue(weaknesses), personalData: personalData)
        return ControlMapper(facts).assess(ruleSet)[0]
    }

    private func weakness(_ id: Int, isGeneral: Bool = false, languages: Set<Language>? = nil) -> Weakness {
        Weakness(
            id: id, name: "A weakness", checkType: .codeCompliance, parent: nil, isGeneral: isGeneral,
            languages: languages)
    }

    @Test func generalEntriesAreNotCountedButTheirFindingsAre() throws {
        let ruleSet = control([(20, .official), (89, .official)])
        let general = [weakness(20, isGeneral: true)]
        let silent = try assess(ruleSet, weaknesses: general)
        #expect(silent.status == .satisfied)
        #expect(silent.weaknessesMapped == 1 && silent.basis?.general == [20])
        #expect(silent.reason.contains("1 of 1") && silent.reason.contains("CWE-20"))
        let found = try assess(ruleSet, findings: [20: tally(confirmed: 1)], weaknesses: general)
        #expect(found.status == .notSatisfied)
    }

    @Test func generalEntriesAloneSatisfyNothing() throws {
        let assessment = try assess(
            control([(20, .official)]), rules: [20: [Self.python]], weaknesses: [weakness(20, isGeneral: true)])
        #expect(assessment.status == .notAssessed)
        #expect(assessment.reason.contains("CWE-20"))
    }

    @Test func aWeaknessCountsOnlyInLanguagesItCanOccurIn() throws {
        let c = Language(rawValue: "c")
        let ruleSet = control([(416, .strong), (89, .strong)])
        let memory = [weakness(416, languages: [c])]
        let safe = try assess(ruleSet, weaknesses: memory)
        #expect(safe.status == .satisfied && safe.basis?.elsewhere == [416])
        #expect(safe.reason.contains("cannot occur"))
        let mixed = try assess(
            ruleSet, languages: [Self.python: true, c: true], rules: [89: [Self.python, c]], weaknesses: memory)
        #expect(mixed.status == .notAssessed && mixed.weaknessesUncovered == [416])
        let covered = try assess(
            ruleSet, languages: [Self.python: true, c: true], rules: [89: [Self.python, c], 416: [c]],
            weaknesses: memory)
        #expect(covered.status == .satisfied)
        #expect(try assess(control([(416, .strong)]), weaknesses: memory).status == .notAssessed)
    }

    @Test func satisfiedNamesTheRulesThatEarnedIt() throws {
        let assessment = try assess(control([(89, .official)]))
        #expect(assessment.reason.contains("python-rule"))
        #expect(assessment.basis?.rules == ["python-rule"])
    }

    @Test func aStatementOfTheOrganisationStandsBesideWhatSpeaksAgainstIt() throws {
        let plain = control([(89, .official)])
        let stated = RuleSet(
            id: "own", title: "Own", shortTitle: "Own", version: "1", publisher: "", licence: "", url: "",
            digest: Digest(of: ""),
            controls: plain.controls.map {
                $0.with(applicability: .init(isApplicable: false, justification: "No database is used."))
            })
        let calm = try assess(stated)
        #expect(calm.status == .notApplicable && calm.reason == "Declared not applicable: No database is used.")
        let contradicted = try assess(stated, findings: [89: tally(confirmed: 2)])
        #expect(contradicted.status == .notApplicable && contradicted.reason.contains("2 open findings"))
    }

    @Test func theCreditForScanningSurvivesFindingsThatOnlyTouchIt() throws {
        let ruleSet = control([(89, .weak)], assessable: .process, byScan: true)
        #expect(try assess(ruleSet, findings: [89: tally(confirmed: 1)]).status == .partlySatisfied)
        let firm = control([(89, .strong)], byScan: true)
        #expect(try assess(firm, findings: [89: tally(confirmed: 1)]).status == .notSatisfied)
        #expect(try assess(firm).reason.contains("run record"))
    }

    @Test func satisfiedIsEarnedByRulesForEveryWeaknessInEveryLanguage() throws {
        let ruleSet = control([(89, .official), (79, .strong), (1, .weak)])
        #expect(try assess(ruleSet).status == .satisfied)
    }

    @Test func oneWeaknessWithoutARuleInOneLanguageIsNotAssessed() throws {
        let ruleSet = control([(89, .official), (79, .strong)])
        let missingRule = try assess(ruleSet, rules: [89: [Self.python]])
        #expect(missingRule.status == .notAssessed)
        #expect(missingRule.weaknessesCovered == 1 && missingRule.weaknessesMapped == 2)
        #expect(missingRule.weaknessesUncovered == [79])
        #expect(missingRule.reason.contains("1 of 2") && missingRule.reason.contains("missing in Python"))
        #expect(try assess(ruleSet, languages: [Self.python: true, Self.kotlin: true]).status == .notAssessed)
    }

    @Test func aFileThatCouldNotBeExaminedPreventsSatisfied() throws {
        let assessment = try assess(control([(89, .official)]), languages: [Self.python: false])
        #expect(assessment.status == .notAssessed)
        #expect(assessment.reason.contains("Python"))
    }

    @Test func nothingInScopeAndNothingMappedSatisfyNothing() throws {
        #expect(try assess(control([(89, .official)]), languages: [:]).status == .notAssessed)
        #expect(try assess(control([])).status == .notAssessed)
        #expect(try assess(control([(89, .weak)])).status == .notAssessed)
    }

    @Test func aConfirmedFindingFailsAControlButNeverByAWeakMappingAlone() throws {
        #expect(try assess(control([(89, .moderate)]), findings: [89: tally(confirmed: 1)]).status == .notSatisfied)
        #expect(try assess(control([(89, .weak)]), findings: [89: tally(confirmed: 9)]).status == .needsReview)
        #expect(try assess(control([(89, .official)]), findings: [89: tally(doubtful: 9)]).status == .needsReview)
    }

    @Test func theFirmestOfSeveralMappingsCounts() throws {
        let assessment = try assess(control([(89, .weak), (89, .official)]), findings: [89: tally(confirmed: 1)])
        #expect(assessment.status == .notSatisfied)
        #expect(assessment.openFindings == 1)
    }

    @Test func suppressedFindingsAreCountedApart() throws {
        let assessment = try assess(control([(89, .official)]), findings: [89: tally(suppressed: 2)])
        #expect(assessment.openFindings == 0 && assessment.suppressedFindings == 2)
    }

    @Test(arguments: [Control.Assessable.process, .physical, .config])
    func whatCodeCannotShowIsNeverGreen(assessable: Control.Assessable) throws {
        #expect(try assess(control([(89, .official)], assessable: assessable)).status == .notAssessed)
        let failing = try assess(
            control([(89, .official)], assessable: assessable), findings: [89: tally(confirmed: 1)])
        #expect(failing.status == .notSatisfied)
    }

    @Test func theScanItselfIsPartialEvidence() throws {
        #expect(try assess(control([], assessable: .process, byScan: true)).status == .partlySatisfied)
    }

    @Test func controlsOfDataProtectionBindOnlyWherePersonalDataIs() throws {
        let ruleSet = control([(89, .official)], personal: true)
        let found = [89: tally(confirmed: 1)]
        #expect(try assess(ruleSet, findings: found, personalData: .no).status == .notApplicable)
        #expect(try assess(ruleSet, findings: found, personalData: .yes).status == .notSatisfied)
        #expect(try assess(ruleSet, findings: found, personalData: .undeclared).status == .needsReview)
        let detected = try assess(ruleSet, findings: found, personalData: .detected)
        #expect(detected.status == .notSatisfied && detected.reason.contains("nobody declared it"))
    }
}
