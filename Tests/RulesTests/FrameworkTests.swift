import Foundation
import OrchestratorCore
import Rules
import Settings
import TestSupport
import Testing

@Suite struct FrameworkTests {
    private let loader = RuleSetLoader(reader: YAMLReader())

    private func text(_ name: String) throws -> String {
        try String(contentsOf: ProjectFolder.rulesets.appending(path: name), encoding: .utf8)
    }

    @Test(arguments: [
        ("owasp-top10-2021", 10), ("owasp-top10-2025", 10), ("iso-27001-2022", 93), ("nist-800-53-r5", 318),
        ("gdpr", 51),
    ])
    func everyFrameworkIsWholeAndItsMappingsKnown(id: String, controls: Int) throws {
        let ruleSet = try loader.ruleSet(text("frameworks/\(id).yaml"), file: id)
        #expect(ruleSet.id == id)
        #expect(ruleSet.controls.count == controls)
        let weaknesses = try WeaknessCatalogue(
            WeaknessLoader(reader: YAMLReader()).weaknesses(text("weaknesses.yaml"), file: "weaknesses.yaml"))
        #expect(throws: Never.self) { try weaknesses.check(ruleSet) }
        for control in ruleSet.controls {
            #expect(control.mappings.allSatisfy { !$0.source.isEmpty }, "\(control.id)")
            #expect(control.mappings.allSatisfy { $0.source != "curated" || !$0.rationale.isEmpty }, "\(control.id)")
        }
    }

    @Test(arguments: [
        ("nist-800-53-r5", "SA-11(1)"), ("nist-800-53-r5", "RA-5"), ("nist-ssdf-1.1", "PW.7.2"),
        ("nist-ssdf-1.1", "RV.1.2"), ("nist-csf-2.0", "ID.RA-01"), ("iso-27001-2022", "A.8.29"),
        ("iso-27001-2022", "A.8.8"), ("gdpr", "Art.32(1)(d)"),
    ])
    func whatAScanItselfEvidencesIsMarked(id: String, control: String) throws {
        let ruleSet = try loader.ruleSet(text("frameworks/\(id).yaml"), file: id)
        #expect(ruleSet.controls.first { $0.id == control }?.evidencedByScan == true)
    }

    @Test(arguments: ["gdpr", "iso-27001-2022", "nist-800-53-r5", "nist-csf-2.0", "nist-ssdf-1.1", "owasp-llm-2025"])
    func noFindingFailsWhatLiesInProcesses(id: String) throws {
        for control in try loader.ruleSet(text("frameworks/\(id).yaml"), file: id).controls
        where control.assessable == .process || control.assessable == .physical {
            #expect(control.mappings.allSatisfy { $0.strength == .weak }, "\(control.id)")
        }
    }

    /// The reference data's judgement of single weaknesses, which decides what "satisfied" means.
    @Test func theCatalogueKnowsWhatIsGeneralAndWhereMemoryCanBreak() throws {
        let weaknesses = try WeaknessCatalogue(
            WeaknessLoader(reader: YAMLReader()).weaknesses(text("weaknesses.yaml"), file: "weaknesses.yaml"))
        for general in [16, 20, 200, 284, 310] { #expect(weaknesses[general]?.isGeneral == true, "\(general)") }
        for concrete in [79, 89, 416, 798] { #expect(weaknesses[concrete]?.isGeneral == false, "\(concrete)") }
        let languages = { (id: Int, name: String) in
            weaknesses[id]?.languages?.contains(Language(rawValue: name)) ?? true
        }
        for unsafe in ["c", "cpp", "rust", "csharp"] { #expect(languages(416, unsafe), "\(unsafe)") }
        for safe in ["python", "java", "javascript", "php", "dockerfile"] { #expect(!languages(416, safe), "\(safe)") }
        #expect(languages(89, "python") && languages(89, "shell") && !languages(89, "terraform"))
        #expect(languages(79, "python") && !languages(79, "shell") && !languages(79, "sql"))
        #expect(languages(798, "terraform") && languages(798, "python"))
    }

    @Test(arguments: [
        ("weaknesses:\n  - {id: 1, name: A, check: code_compliance, occurs_in: nowhere}\n", "f.yaml:2:57: 'occurs_in'"),
        ("language_groups: {c: {only: [klingon]}}\nweaknesses: []\n", "unknown language 'klingon'"),
        ("language_groups: {c: {}}\nweaknesses: []\n", "expected one of 'only' and 'except'"),
        ("weaknesses:\n  - {id: 1, name: A, check: code_compliance, mapping: yes}\n", "'mapping' must be one of"),
    ])
    func aMistakeInTheCatalogueIsNamedWithItsPlace(text: String, problem: String) {
        let error = #expect(throws: DocumentError.self) {
            try WeaknessLoader(reader: YAMLReader()).weaknesses(text, file: "f.yaml")
        }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test func everyArticleOfTheRegulationHasItsCondition() throws {
        let ruleSet = try loader.ruleSet(text("frameworks/gdpr.yaml"), file: "gdpr")
        #expect(ruleSet.controls.allSatisfy { $0.needsPersonalData })
    }

    @Test func noTextOfTheStandardBeyondIdsAndTitles() throws {
        let ruleSet = try loader.ruleSet(text("frameworks/iso-27001-2022.yaml"), file: "iso")
        #expect(ruleSet.controls.allSatisfy { $0.summary.isEmpty })
    }

    @Test(arguments: [
        ("controls: []", "f.yaml:1:1: expected the key 'id'"),
        (
            head + "controls:\n  - {id: A, title: B, assessable: soon, check: code_compliance}\n",
            "f.yaml:9:35: 'assessable' must be one of code, config, process, physical, found 'soon'"
        ),
        (
            head + "controls:\n  - {id: A, title: B, assessable: code, check: code_compliance, cwe: 1}\n",
            "unknown key 'cwe'"
        ),
        (head + "controls:\n" + row + row, "the control 'A' is defined twice"),
    ])
    func aMistakeIsNamedWithItsPlace(text: String, problem: String) {
        let error = #expect(throws: DocumentError.self) { try loader.ruleSet(text, file: "f.yaml") }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    private static let head = """
        id: set
        title: A set
        short_title: Set
        version: "1"
        publisher: Nobody
        licence: none
        url: "https://example.org"

        """
    private static let row = "  - {id: A, title: B, assessable: code, check: code_compliance}\n"

    @Test func theDigestFollowsWhatIsSaidNotHowItIsSpelt() throws {
        let plain = try loader.ruleSet(Self.head + "controls:\n" + Self.row, file: "a")
        let commented = try loader.ruleSet("# note\n" + Self.head + "controls:\n" + Self.row, file: "b")
        let other = try loader.ruleSet(Self.head + "controls:\n" + Self.row.replacing("B", with: "C"), file: "c")
        #expect(plain.digest == commented.digest)
        #expect(plain.digest != other.digest)
    }
}
