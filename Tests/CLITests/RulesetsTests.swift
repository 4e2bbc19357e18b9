import Foundation
import TestSupport
import Testing

/// Own rule sets and overlays, from the file to the report.
@Suite struct RulesetsTests {
    private func program() throws -> Program {
        let program = try Program()
        try program.folder.write(ScanTests.vulnerable, to: "target/app.py")
        try program.folder.write(try Self.overlay(), to: "acme.yaml")
        return program
    }

    private static func overlay() throws -> String {
        try String(contentsOf: ProjectFolder.fixtures.appending(path: "overlays/acme-iso.yaml"), encoding: .utf8)
    }

    private func importing(_ program: Program, _ files: String...) throws -> ProcessResult {
        try program.run(["rulesets", "import", "--state", "state"] + files)
    }

    @Test func anImportedOverlayIsListedShownAndReportedAgainstWhenNamed() throws {
        let program = try program()
        #expect(try importing(program, "acme.yaml").status == 0)
        let list = try program.run("rulesets", "list", "--state", "state").text
        #expect(list.contains("acme-iso") && list.contains("extends iso-27001-2022"))
        let shown = try program.run("rulesets", "show", "acme-iso", "--state", "state").text
        #expect(shown.contains("not applicable: All development is done in house."))
        #expect(shown.contains("own:acme-iso") && !shown.contains("A.7.4 "))

        // Not part of a report that nobody asked it for.
        _ = try program.scan()
        #expect(try !program.text("out/report.md").contains("Acme"))

        _ = try program.scan("target", "--ruleset", "acme-iso")
        let markdown = try program.text("out/report.md")
        #expect(markdown.contains("Statement of Applicability"))
        #expect(markdown.contains("We write the software we sell."))
        let report = try program.json("out/report.json")
        let controls = try #require(report["controls"] as? [[String: Any]])
        let outsourced = controls.first { $0["control"] as? String == "A.8.30" }
        #expect(outsourced?["status"] as? String == "not applicable")
        #expect(outsourced?["reason"] as? String == "Declared not applicable: All development is done in house.")
        #expect(!controls.contains { $0["control"] as? String == "A.7.4" })
        #expect(controls.last?["control"] as? String == "ACME-1")
    }

    @Test func versionsLieSideBySideAndARunKeepsItsOwn() throws {
        let program = try program()
        let first = try importing(program, "acme.yaml").text
        _ = try program.scan("target", "--ruleset", "acme-iso")
        let before = try program.text("out/report.json")
        let changed = try Self.overlay().replacing("in house", with: "by our own people")
        try program.folder.write(changed, to: "acme.yaml")
        let second = try importing(program, "acme.yaml").text
        #expect(first != second)

        _ = try program.run("report", "latest", "--out", "again", "--state", "state")
        #expect(try program.text("again/report.json") == before)
        let digest = try #require(first.split(separator: " ").last?.dropFirst("s256:".count).prefix(12))
        _ = try program.scan("target", "--ruleset", "acme-iso@\(digest)")
        #expect(try program.text("out/report.md").contains("in house"))
        _ = try program.scan("target", "--ruleset", "acme-iso")
        #expect(try program.text("out/report.md").contains("by our own people"))

        let difference = try program.run("rulesets", "diff", "acme-iso@\(digest)", "acme-iso", "--state", "state").text
        #expect(difference.contains("~ A.8.30") && difference.contains("by our own people"))
    }

    @Test func aFileIsComparedWithWhatItExtends() throws {
        let program = try program()
        let result = try program.run("rulesets", "diff", "iso-27001-2022", "acme.yaml", "--json", "--state", "state")
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(result.text.utf8)) as? [String: Any])
        #expect(json["added"] as? [String] == ["ACME-1"])
        #expect(json["removed"] as? [String] == ["A.7.4"])
        let changed = (json["changed"] as? [[String: Any]])?.compactMap { $0["control"] as? String }
        #expect(changed == ["A.8.24", "A.8.28", "A.8.30"])
    }

    @Test func mistakesAreNamedWithTheirPlaceAndNothingIsImported() throws {
        let program = try program()
        for (old, new, problem) in [
            ("extends: iso-27001-2022", "extends: iso-1", "bad.yaml:3:10: 'extends' must name a known rule set"),
            ("leave_out: [A.7.4]", "leave_out: [A.99]", "bad.yaml:7:13: no control 'A.99'"),
            (
                ", justification: All development is done in house.", "",
                "bad.yaml:9:5: expected the key 'justification'"
            ),
            ("cwe: 327", "cwe: 32700", "bad.yaml:13:28: expected the key 'cwe'"),
            ("version:", "versions:", "bad.yaml"), ("id: acme-iso", "id: gdpr", "bad.yaml:2:5: 'gdpr' is an installed"),
            ("id: acme-iso", "id: ../x", "bad.yaml:2:5: 'id' must be"),
        ] {
            try program.folder.write(try Self.overlay().replacing(old, with: new), to: "bad.yaml")
            let good = try Self.overlay().replacing("id: acme-iso", with: "id: good")
            try program.folder.write(good, to: "good.yaml")
            let result = try importing(program, "good.yaml", "bad.yaml")
            #expect(result.status == 2 && result.errorText.contains(problem), "\(result.errorText)")
            #expect(result.errorText.split(separator: "\n").count == 1)
        }
        #expect(try !program.run("rulesets", "list", "--state", "state").text.contains("imported"))
        #expect(try importing(program, "nowhere.yaml").status == 2)
    }

    @Test func overlaysAreValidatedTogetherWithWhatTheyExtend() throws {
        let program = try program()
        let child = """
            id: acme-child
            version: "1"
            extends: acme-iso
            title: A part of Acme
            short_title: Child
            leave_out: [ACME-1]

            """
        try program.folder.write(child, to: "child.yaml")
        let arguments = ["rulesets", "validate", "--state", "state"]
        let both = try program.run(arguments + ["child.yaml", "acme.yaml"])
        #expect(both.status == 0, "\(both.errorText)")
        #expect(both.text.contains("child.yaml: overlay acme-child of acme-iso, "))
        let alone = try program.run(arguments + ["child.yaml"])
        #expect(alone.status == 2 && alone.errorText.contains("child.yaml:3:10: "), "\(alone.errorText)")
        try program.folder.write(try Self.overlay().replacing("[A.7.4]", with: "[A.99]"), to: "bad.yaml")
        let bad = try program.run(arguments + ["bad.yaml"])
        #expect(bad.status == 2 && bad.errorText.contains("bad.yaml:7:13: no control 'A.99'"), "\(bad.errorText)")
    }

    @Test func aWithdrawnRuleSetIsGoneForLaterScansAndStaysInRunsThatUsedIt() throws {
        let program = try program()
        _ = try importing(program, "acme.yaml")
        #expect(try program.scan("target", "--ruleset", "acme-iso").status == 0)
        #expect(try program.run("rulesets", "remove", "acme-iso", "--state", "state").status == 0)
        let refused = try program.scan("target", "--ruleset", "acme-iso", out: "later")
        #expect(refused.status == 2 && refused.errorText.contains("no rule set 'acme-iso'"))
        let again = try program.run("report", "latest", "--state", "state", "--out", "again")
        #expect(again.status == 0, "\(again.errorText)")
        #expect(try program.text("again/report.md") == program.text("out/report.md"))
        let twice = try program.run("rulesets", "remove", "acme-iso", "--state", "state")
        #expect(twice.status == 2 && twice.errorText.contains("imported are: none"))
    }

    @Test func aDryRunKeepsNothing() throws {
        let program = try program()
        #expect(try program.run("rulesets", "import", "acme.yaml", "--dry-run", "--state", "state").status == 0)
        #expect(try !program.run("rulesets", "list", "--state", "state").text.contains("acme"))
    }

    /// An overlay can declare controls not applicable, so a scanned repository must not bring one to bear.
    @Test func aScannedRepositoryCannotChooseAnImportedRuleSet() throws {
        let program = try program()
        _ = try importing(program, "acme.yaml")
        try program.folder.write("rule_sets: [acme-iso]\n", to: "target/secorch.yaml")
        let refused = try program.scan()
        #expect(refused.status == 2 && refused.errorText.contains("may not choose 'acme-iso'"))
        #expect(try program.scan("target", "--ruleset", "acme-iso").status == 0)
    }
}
