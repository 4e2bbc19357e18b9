import Foundation
import TestSupport
import Testing

/// Whether data-protection controls bind, and what the report says of it.
@Suite struct PersonalDataTests {
    private static let model = """
        class Customer(models.Model):
            email = models.EmailField(unique=True)
            date_of_birth = models.DateField()

        @app.route("/users/<id>", methods=["DELETE"])
        def delete_user(id):
            return forget(id)

        """

    private func report(_ files: [String: String], _ options: String...) throws -> [String: Any] {
        let program = try Program()
        try program.folder.write(ScanTests.vulnerable, to: "target/app.py")
        for (path, text) in files { try program.folder.write(text, to: "target/" + path) }
        _ = try program.run(
            ["scan", "target", "--out", "out", "--state", "state", "--quiet", "--ruleset", "gdpr"] + options)
        var report = try program.json("out/report.json")
        report["markdown"] = try program.text("out/report.md")
        return report
    }

    private func control(_ id: String, _ report: [String: Any]) -> [String: Any]? {
        (report["controls"] as? [[String: Any]])?.first { $0["control"] as? String == id }
    }

    private func observation(_ kind: String, _ report: [String: Any]) -> [String: Any]? {
        (report["observations"] as? [[String: Any]])?.first { $0["kind"] as? String == kind }
    }

    @Test func namedPersonalDataMakesTheRegulationBindAndItsPlacesAreShown() throws {
        let report = try report(["models.py": Self.model])
        #expect(report["personal_data"] as? String == "detected")
        let security = try #require(control("Art.32(1)(b)", report))
        #expect(security["status"] as? String == "not satisfied")
        #expect((security["reason"] as? String)?.contains("nobody declared it") == true)
        let markdown = try #require(report["markdown"] as? String)
        #expect(markdown.contains("models.py:2") && markdown.contains("Date of birth"))
        let examples = observation("email", report)?["examples"] as? [[String: Any]]
        #expect(examples?.first?["line"] as? Int == 2)
    }

    @Test func oneOrdinaryNameAloneOrOneInATestDecidesNothing() throws {
        let one = "class Sender(models.Model):\n    email = models.EmailField()\n"
        #expect(try report(["models.py": one])["personal_data"] as? String == "undeclared")
        let report = try report(["tests/models.py": Self.model])
        #expect(report["personal_data"] as? String == "undeclared")
        #expect(control("Art.32(1)(b)", report)?["status"] as? String == "needs review")
        #expect(observation("email", report)?["places_outside_tests"] as? Int == 0)
        #expect(observation("email", report)?["places"] as? Int == 1)
    }

    @Test func oneDecisiveNameIsEnough() throws {
        let sql = "CREATE TABLE person (\n  passport_number VARCHAR(20)\n);\n"
        #expect(try report(["schema.sql": sql])["personal_data"] as? String == "detected")
    }

    @Test func whatIsDeclaredWins() throws {
        let program = try Program()
        try program.folder.write(ScanTests.vulnerable, to: "target/app.py")
        try program.folder.write(Self.model, to: "target/models.py")
        try program.folder.write("personal_data: false\n", to: "config.yaml")
        _ = try program.scan("target", "--config", "config.yaml", "--ruleset", "gdpr")
        let report = try program.json("out/report.json")
        #expect(report["personal_data"] as? String == "no")
        #expect(control("Art.32(1)(b)", report)?["status"] as? String == "not applicable")
        #expect(try program.text("out/report.md").contains("models.py:2"))
    }

    @Test func hintsAreShownAsSuchAndChangeNoStatus() throws {
        let report = try report(["models.py": Self.model])
        let erasure = try #require(observation("data-erasure", report))
        #expect(erasure["places"] as? Int == 1)
        #expect(erasure["provisions"] as? [String] == ["GDPR Art.17"])
        #expect(observation("consent-record", report)?["places"] as? Int == 0)
        let markdown = try #require(report["markdown"] as? String)
        #expect(markdown.contains("nothing of the kind was seen") && markdown.contains("no verdict"))
        #expect(control("Art.7", report)?["status"] as? String == "not assessed")
    }

    @Test func theScanIsCreditedWithItsRun() throws {
        let report = try report(["models.py": Self.model])
        let id = try #require((report["run"] as? [String: Any])?["id"] as? String)
        #expect(control("Art.32(1)(d)", report)?["status"] as? String == "partly satisfied")
        #expect((report["markdown"] as? String)?.contains("Run record: `\(id)`") == true)
    }
}
