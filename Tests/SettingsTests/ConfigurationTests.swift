import OrchestratorCore
import Settings
import Testing

@Suite struct ConfigurationTests {
    private let loader = ConfigurationLoader(reader: YAMLReader())

    private func load(_ text: String?, _ environment: [String: String] = [:]) throws(DocumentError) -> ScanConfiguration
    {
        try loader.load(text, file: "secorch.yaml", environment: environment)
    }

    @Test func everyKeyIsRead() throws {
        let configuration = try load(
            """
            rule_sets: [gdpr]
            exclude: [docs/, "*.snap"]
            include: [vendored]
            largest_file_mb: 2
            personal_data: true
            disable_rules: [python-eval]
            fail_on: high
            suppressions: false
            """)
        #expect(configuration.ruleSets == ["gdpr"])
        #expect(configuration.exclude == ["docs/", "*.snap"])
        #expect(configuration.include == [.vendored])
        #expect(configuration.largestFile == 2 * 1024 * 1024)
        #expect(configuration.personalData == true)
        #expect(configuration.disabledRules == ["python-eval"])
        #expect(configuration.failOn == .high)
        #expect(configuration.honoursSuppressions == false)
    }

    @Test func templatesLieBesideTheFileThatNamesThem() throws {
        let read = { (text: String) in
            try self.loader.load(text, file: "/etc/secorch/secorch.yaml", environment: [:]).templates
        }
        #expect(try read("templates: house") == "/etc/secorch/house")
        #expect(try read("templates: /srv/house") == "/srv/house")
        #expect(try read("fail_on: low") == nil)
    }

    @Test(arguments: [nil, "", "# only a comment\n", "---\n"])
    func nothingSaidIsTheDefault(text: String?) throws { #expect(try load(text) == ScanConfiguration()) }

    @Test func theEnvironmentOverridesTheFile() throws {
        let configuration = try load(
            "fail_on: low\nrule_sets: [gdpr]", ["SECORCH_FAIL_ON": "critical", "SECORCH_RULE_SETS": "a,b"])
        #expect(configuration.failOn == .critical)
        #expect(configuration.ruleSets == ["a", "b"])
    }

    @Test func theEnvironmentReachesEveryKey() throws {
        let text = """
            budgets: {run_usd: 5, day_usd: 7}
            providers: [{id: my-own, protocol: openai, base_url: 'http://127.0.0.1:1', models: [{id: m}]}]
            """
        let configuration = try load(
            text,
            [
                "SECORCH_BUDGETS_RUN_USD": "0.25", "SECORCH_BUDGETS_ALERTS_PERCENT": "10,20",
                "SECORCH_SELECTION_FLOOR": "30", "SECORCH_PROVIDERS_MY_OWN_BASE_URL": "http://127.0.0.1:2/v1",
            ])
        #expect(configuration.budgets.run == (try Money(dollars: "0.25")))
        #expect(configuration.budgets.day == (try Money(dollars: "7")) && configuration.budgets.alerts == [10, 20])
        #expect(configuration.selection.floor == 30)
        #expect(configuration.providers.first?.baseURL == "http://127.0.0.1:2/v1")
        let error = #expect(throws: DocumentError.self) { try load("", ["SECORCH_BUDGETS_RUN_EUR": "1"]) }
        #expect(error?.description.contains("SECORCH_BUDGETS_RUN_EUR:1:1: unknown key 'run_eur'") == true)
    }

    @Test(arguments: [
        ("fail_on: bad", "secorch.yaml:1:10: 'fail_on' must be one of info, low, medium, high, critical, found 'bad'"),
        ("\nfial_on: low", "secorch.yaml:2:1: unknown key 'fial_on'"),
        ("largest_file_mb: 0", "'largest_file_mb' must be a whole number from 1 to 1024, found '0'"),
        ("exclude: x", "secorch.yaml:1:10: 'exclude' must be a list, found a single value"),
        ("exclude: [a\n", "secorch.yaml:"), ("- a", "expected a mapping, found a list"),
        ("fail_on: low\nfail_on: high", "occurs twice"),
    ])
    func aMistakeIsNamedWithItsPlace(text: String, problem: String) {
        let error = #expect(throws: DocumentError.self) { try load(text) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test func aSmallFileCannotStandForAHugeOne() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...8 {
            let references = (0..<9).map { _ in "*a\(level - 1)" }.joined(separator: ", ")
            text += "a\(level): &a\(level) [\(references)]\n"
        }
        let error = #expect(throws: DocumentError.self) { try load(text) }
        #expect(error?.description.contains("too many values") == true)
    }

    @Test func aMistakeInTheEnvironmentNamesTheVariable() {
        let error = #expect(throws: DocumentError.self) { try load(nil, ["SECORCH_PERSONAL_DATA": "maybe"]) }
        #expect(error?.description.contains("SECORCH_PERSONAL_DATA") == true)
    }

    // MARK: The target's own file

    private func narrowed(_ text: String, from base: ScanConfiguration = ScanConfiguration()) -> ScanConfiguration {
        var configuration = base
        loader.narrow(&configuration, byTarget: text)
        return configuration
    }

    @Test func theTargetMayOnlyNarrow() {
        let hostile = """
            exclude: [generated/]
            rule_sets: [gdpr]
            fail_on: critical
            personal_data: false
            disable_rules: [python-eval]
            providers: [{id: evil, base_url: "https://evil.example"}]
            budgets: {run_usd: 1000}
            include: [vendored]
            """
        let configuration = narrowed(hostile)
        #expect(configuration.targetExclude == ["generated/"])
        #expect(configuration.ruleSets == ["gdpr"])
        var rest = configuration
        rest.targetExclude = []
        rest.ruleSets = nil
        rest.notices = []
        #expect(rest == ScanConfiguration())
        for key in ["fail_on", "personal_data", "disable_rules", "providers", "budgets", "include"] {
            #expect(configuration.notices.contains { $0.contains("refused the key '\(key)'") }, "\(key)")
        }
    }

    @Test func theTargetCannotBringBackARuleSetTheUserLeftOut() {
        var base = ScanConfiguration()
        base.ruleSets = ["gdpr", "iso-27001-2022"]
        #expect(narrowed("rule_sets: [iso-27001-2022, owasp-top10-2021]", from: base).ruleSets == ["iso-27001-2022"])
        #expect(narrowed("rule_sets: [owasp-top10-2021]", from: base).ruleSets == base.ruleSets)
    }

    @Test(arguments: ["exclude: [", "- a", "exclude: {a: b}", "\u{0}"])
    func aBrokenFileOfTheTargetChangesNothingAndIsMentioned(text: String) {
        let configuration = narrowed(text)
        #expect(configuration.targetExclude.isEmpty && configuration.ruleSets == nil)
        #expect(configuration.notices.count == 1)
    }
}

@Suite struct DecisionConfigurationTests {
    private func load(_ text: String, file: String = "/etc/secorch/secorch.yaml") throws -> ScanConfiguration {
        try ConfigurationLoader(reader: YAMLReader()).load(text, file: file, environment: [:])
    }

    @Test func exceptionsLieBesideTheConfigurationThatNamesThem() throws {
        #expect(try load("exceptions: a.yaml").exceptions == "/etc/secorch/a.yaml")
        #expect(try load("exceptions: /x/a.yaml").exceptions == "/x/a.yaml")
        #expect(try load("exceptions: a.yaml", file: "secorch.yaml").exceptions == "a.yaml")
    }

    @Test func deadlinesAndTheSecondPersonAreRead() throws {
        let configuration = try load("deadlines_days: {critical: 7, low: 180}\nrequire_second_person: true")
        #expect(configuration.deadlines == [.critical: 7, .low: 180] && configuration.requiresSecondPerson)
        #expect(throws: DocumentError.self) { try load("deadlines_days: {critical: 0}") }
        #expect(throws: DocumentError.self) { try load("deadlines_days: {urgent: 7}") }
    }
}
