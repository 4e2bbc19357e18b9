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
        rules: [Int: Set<Language>] = [89: [python], 79: [python]],
        personalData: ControlMapper.PersonalData = .undeclared
    ) -> ControlAssessment {
        ControlMapper(.init(findings: findings, languages: languages, rules: rules, personalData: personalData))
            .assess(ruleSet)[0]
    }

    @Test func satisfiedIsEarnedByRulesForEveryWeaknessInEveryLanguage() {
        let ruleSet = control([(89, .official), (79, .strong), (1, .weak)])
        #expect(assess(ruleSet).status == .satisfied)
    }

    @Test func oneWeaknessWithoutARuleInOneLanguageIsNotAssessed() {
        let ruleSet = control([(89, .official), (79, .strong)])
        let missingRule = assess(ruleSet, rules: [89: [Self.python]])
        #expect(missingRule.status == .notAssessed)
        #expect(missingRule.weaknessesCovered == 1 && missingRule.weaknessesMapped == 2)
        #expect(missingRule.weaknessesUncovered == [79])
        #expect(missingRule.reason.contains("1 of 2"))
        #expect(assess(ruleSet, languages: [Self.python: true, Self.kotlin: true]).status == .notAssessed)
    }

    @Test func aFileThatCouldNotBeExaminedPreventsSatisfied() {
        let assessment = assess(control([(89, .official)]), languages: [Self.python: false])
        #expect(assessment.status == .notAssessed)
        #expect(assessment.reason.contains("Python"))
    }

    @Test func nothingInScopeAndNothingMappedSatisfyNothing() {
        #expect(assess(control([(89, .official)]), languages: [:]).status == .notAssessed)
        #expect(assess(control([])).status == .notAssessed)
        #expect(assess(control([(89, .weak)])).status == .notAssessed)
    }

    @Test func aConfirmedFindingFailsAControlButNeverByAWeakMappingAlone() {
        #expect(assess(control([(89, .moderate)]), findings: [89: tally(confirmed: 1)]).status == .notSatisfied)
        #expect(assess(control([(89, .weak)]), findings: [89: tally(confirmed: 9)]).status == .needsReview)
        #expect(assess(control([(89, .official)]), findings: [89: tally(doubtful: 9)]).status == .needsReview)
    }

    @Test func theFirmestOfSeveralMappingsCounts() {
        let assessment = assess(control([(89, .weak), (89, .official)]), findings: [89: tally(confirmed: 1)])
        #expect(assessment.status == .notSatisfied)
        #expect(assessment.openFindings == 1)
    }

    @Test func suppressedFindingsAreCountedApart() {
        let assessment = assess(control([(89, .official)]), findings: [89: tally(suppressed: 2)])
        #expect(assessment.openFindings == 0 && assessment.suppressedFindings == 2)
    }

    @Test(arguments: [Control.Assessable.process, .physical, .config])
    func whatCodeCannotShowIsNeverGreen(assessable: Control.Assessable) {
        #expect(assess(control([(89, .official)], assessable: assessable)).status == .notAssessed)
        let failing = assess(control([(89, .official)], assessable: assessable), findings: [89: tally(confirmed: 1)])
        #expect(failing.status == .notSatisfied)
    }

    @Test func theScanItselfIsPartialEvidence() {
        #expect(assess(control([], assessable: .process, byScan: true)).status == .partlySatisfied)
    }

    @Test func controlsOfDataProtectionBindOnlyWherePersonalDataIs() {
        let ruleSet = control([(89, .official)], personal: true)
        let found = [89: tally(confirmed: 1)]
        #expect(assess(ruleSet, findings: found, personalData: .no).status == .notApplicable)
        #expect(assess(ruleSet, findings: found, personalData: .yes).status == .notSatisfied)
        #expect(assess(ruleSet, findings: found, personalData: .undeclared).status == .needsReview)
    }
}
