import Foundation
import TestSupport
import Testing

/// Exceptions and baselines, through the real program.
@Suite struct ExceptionsTests {
    private static let vulnerable = """
        import os
        from flask import request

        def run():
            os.system("ls " + request.args["folder"])

        """

    private func program(_ files: [String: String] = ["src/app.py": vulnerable]) throws -> Program {
        var program = try Program()
        program.environment["SOURCE_DATE_EPOCH"] = "1800000000"  // 2027-01-15
        for (name, text) in files { try program.folder.write(text, to: "target/" + name) }
        return program
    }

    private func exceptions(_ program: Program, _ lines: String...) throws {
        try program.folder.write(
            "exceptions:\n" + lines.map { "  - {" + $0 + "}\n" }.joined(), to: "exceptions.yaml")
    }

    private func scan(_ program: Program, _ more: String...) throws -> ProcessResult {
        try program.run(
            [
                "scan", "target", "--out", "out", "--state", "state", "--quiet", "--fail-on", "low", "--exceptions",
                "exceptions.yaml",
            ] + more)
    }

    private func finding(_ program: Program) throws -> [String: Any] {
        let findings = try program.json("out/report.json")["findings"] as? [[String: Any]]
        return try #require(findings?.first)
    }

    private static let byRule = "rule: python-flow-command-injection, path: \"src/**\""

    @Test func anAcceptedRiskIsSuppressedAndStaysInEveryReport() throws {
        let program = try program()
        try exceptions(
            program,
            Self.byRule
                + ", kind: accepted_risk, reason: Behind a gateway, by: Ada, approved_by: Grace, until: 2027-03-31")
        #expect(try scan(program).status == 0)
        let suppression = try #require(finding(program)["suppression"] as? [String: Any])
        #expect(suppression["kind"] as? String == "accepted risk" && suppression["by"] as? String == "Ada")
        for name in ReportText.names {
            #expect(try program.text("out/" + name).contains("Behind a gateway"), "\(name)")
        }
        let markdown = try program.text("out/report.md")
        #expect(markdown.contains("Ada, approved by Grace") && markdown.contains("2027-03-31"))
        #expect(try program.text("out/findings.sarif").contains("\"suppressions\":[{\"kind\":\"external\""))
        let controls = try program.json("out/report.json")["controls"] as? [[String: Any]] ?? []
        #expect(controls.contains { $0["suppressed_findings"] as? Int == 1 })
    }

    @Test func expiryBringsTheFindingBack() throws {
        var program = try program()
        try exceptions(program, Self.byRule + ", kind: false_positive, reason: r, by: Ada, until: 2027-01-15")
        #expect(try scan(program).status == 0)
        program.environment["SOURCE_DATE_EPOCH"] = "1800086400"
        #expect(try scan(program).status == 1)
        #expect((try finding(program)["track"] as? [String: Any])?["state"] as? String == "reopened")
        #expect(try program.text("out/report.md").contains("expired after 2027-01-15; what it covered is open again"))
    }

    @Test func anotherSeverityCountsAndSaysWhatItWas() throws {
        let program = try program()
        try exceptions(program, Self.byRule + ", kind: severity, severity: info, reason: r, by: Ada, until: 2027-03-31")
        #expect(try scan(program).status == 0)
        let finding = try finding(program)
        #expect(finding["severity"] as? String == "info")
        let adjustment = try #require(finding["severity_adjustment"] as? [String: Any])
        #expect(adjustment["from"] as? String != "info" && adjustment["by"] as? String == "Ada")
        #expect(try program.text("out/report.md").contains("another severity than their rule"))
    }

    @Test func unusedEntriesAreReportedAndAllCanBeSwitchedOff() throws {
        let program = try program()
        try exceptions(
            program, Self.byRule + ", kind: false_positive, reason: r, by: Ada, until: 2027-03-31",
            "rule: python-eval, path: \"**\", kind: false_positive, reason: r, by: Ada, until: 2027-03-31")
        #expect(try scan(program).status == 0)
        #expect(try program.text("out/report.md").contains("unused: no finding matches"))
        for option in ["--no-suppressions", "--disable-suppressions"] {
            #expect(try scan(program, option).status == 1)
            #expect(try program.text("out/report.md").contains("switched off for this run"))
        }
    }

    @Test func aSecondPersonHasToBeAnother() throws {
        let program = try program()
        try program.folder.write("require_second_person: true\n", to: "config.yaml")
        for (approval, status) in [("", 1), (", approved_by: \" ADA\"", 1), (", approved_by: Grace", 0)]
            as [(String, Int32)]
        {
            try exceptions(
                program, Self.byRule + ", kind: false_positive, reason: r, by: Ada, until: 2027-03-31" + approval)
            #expect(try scan(program, "--config", "config.yaml").status == status, "\(approval)")
            #expect(try program.text("out/report.md").contains("refused: somebody other than Ada") == (status == 1))
            let check = try program.run("exceptions", "check", "--file", "exceptions.yaml", "--config", "config.yaml")
            #expect(check.status == status)
        }
    }

    @Test func anExceptionForAFileDoesNotCoverAnother() throws {
        let program = try program(["src/app.py": Self.vulnerable, "src/deep/app.py": Self.vulnerable])
        try exceptions(
            program,
            "rule: python-flow-command-injection, path: \"src/*.py\", kind: false_positive, reason: r, by: Ada, until: 2027-03-31"
        )
        #expect(try scan(program).status == 1)
        #expect(try program.text("out/report.md").contains("1 more is suppressed"))
    }

    @Test func theTargetsOwnExceptionsAreShownAndNeverApplied() throws {
        let own = "exceptions:\n  - {\(Self.byRule), kind: false_positive, reason: r, by: Eve, until: 2027-03-31}\n"
        let program = try program(["src/app.py": Self.vulnerable, "secorch-exceptions.yaml": own])
        #expect(try program.scan("target", "--fail-on", "low").status == 1)
        #expect(try program.text("out/report.md").contains("1 in force would suppress 1 open finding"))
        let named = try program.scan("target", "--exceptions", "target/secorch-exceptions.yaml")
        #expect(named.status == 2 && named.errorText.contains("lies inside the scanned folder"), "\(named.errorText)")
        try program.folder.write("exceptions: 5\n", to: "target/secorch-exceptions.yaml")
        #expect(try program.scan().status == 0)
        #expect(try program.text("out/report.md").contains("secorch-exceptions.yaml:1:13"))
    }

    @Test(arguments: [
        ("id: 0123, kind: false_positive, reason: r, by: A, until: 2027-03-31", "exceptions.yaml:2:10: 'id' must be"),
        (
            "rule: r, kind: false_positive, reason: r, by: A, until: 2027-03-31",
            "exceptions.yaml:2:5: expected the key 'id'"
        ),
        (
            "rule: r, path: p, kind: wontfix, reason: r, by: A, until: 2027-03-31",
            "'kind' must be one of false_positive"
        ),
        (
            "rule: r, path: p, kind: false_positive, by: A, until: 2027-03-31",
            "exceptions.yaml:2:5: expected the key 'reason'"
        ),
        ("rule: r, path: p, kind: false_positive, reason: r, by: A", "expected the key 'until'"),
        ("rule: r, path: p, kind: false_positive, reason: r, by: A, until: 2027-02-29", "'until' must be a day"),
        (
            "rule: r, path: p, kind: false_positive, severity: low, reason: r, by: A, until: 2027-03-31",
            "'severity' must stand"
        ),
        (
            "rule: r, path: p, kind: false_positive, reason: r, by: A, until: 2027-03-31, owner: B",
            "unknown key 'owner'"
        ),
    ])
    func aBadEntryIsOneErrorWithItsLine(entry: String, error: String) throws {
        let program = try program()
        try exceptions(program, entry)
        let result = try scan(program)
        #expect(result.status == 2 && result.errorText.contains(error), "\(result.errorText)")
        #expect(result.errorText.split(separator: "\n").count == 1)
    }

    @Test func entriesAreAddedListedAndChecked() throws {
        let program = try program()
        _ = try program.scan()
        let id = try #require(finding(program)["id"] as? String)
        let add = [
            "exceptions", "add", "--file", "exceptions.yaml", "--kind", "false_positive", "--reason",
            "It's \"quoted\": # fine",
            "--by", "Ada", "--until", "2027-03-31",
        ]
        #expect(try program.run(add + ["--id", id]).status == 0)
        #expect(try program.run(add + ["--rule", "python-eval", "--path", "src/"]).status == 0)
        let twice = try program.run(add + ["--id", id])
        #expect(
            twice.status == 2 && twice.errorText.contains("has an exception already, at line 2"), "\(twice.errorText)")
        let list = try program.run("exceptions", "list", "--file", "exceptions.yaml")
        #expect(list.text.split(separator: "\n").count == 2 && list.text.contains("finding \(id)"), "\(list.text)")
        #expect(try scan(program).status == 0)
        #expect(try program.text("out/report.json").contains("It's \\\"quoted\\\": # fine"))
        #expect(try program.run("exceptions", "check", "--file", "exceptions.yaml").status == 0)
        let check = try program.run(
            "exceptions", "check", "--file", "exceptions.yaml", "--run", "latest", "--state", "state")
        #expect(check.status == 1 && check.text.contains("unused: no finding matches"), "\(check.text)")
    }

    // MARK: Baselines

    @Test func aBaselineLetsOldFindingsBeAndFailsForNewOnes() throws {
        let program = try program()
        #expect(
            try program.run("baseline", "target", "--out", "baseline.txt", "--state", "state", "--quiet").status == 0)
        #expect(try program.text("baseline.txt").contains("python-flow-command-injection src/app.py\n"))
        func scan() throws -> Int32 {
            try program.scan("target", "--baseline", "baseline.txt", "--fail-on", "low").status
        }
        #expect(try scan() == 0)
        let markdown = try program.text("out/report.md")
        #expect(markdown.contains("1 open finding") && markdown.contains("A baseline of 1 findings"))
        #expect((try finding(program)["track"] as? [String: Any])?["in_baseline"] as? Bool == true)
        // The same code in another file is another finding.
        try program.folder.write(Self.vulnerable, to: "target/src/new.py")
        #expect(try scan() == 1)
        try FileManager.default.removeItem(atPath: program.folder.path + "/target/src")
        try program.folder.write("x = 1\n", to: "target/src/app.py")
        #expect(try scan() == 0)
        #expect(try program.text("out/report.md").contains("1 of its entries have no finding any more"))
    }

    @Test func aBaselineInsideTheTargetIsNoFinding() throws {
        let program = try program()
        _ = try program.run("baseline", "target", "--out", "target/baseline.txt", "--state", "state", "--quiet")
        #expect(try program.scan("target", "--baseline", "target/baseline.txt", "--fail-on", "low").status == 0)
    }

    @Test(arguments: [
        ("{\"failed_checks\": []}\n", "baseline.txt:1:1: not a baseline of 'secorch baseline'"),
        ("# secorch baseline, ids of scheme 1\n", "baseline.txt:1:1: written with ids of scheme 1"),
        ("# secorch baseline, ids of scheme 2\n\n0123 rule path\n", "baseline.txt:3:1: expected 'ID RULE PATH'"),
        ("# secorch baseline, ids of scheme 2\n01234567890123456789\n", "baseline.txt:2:1: expected 'ID RULE PATH'"),
    ])
    func aForeignOrDamagedBaselineIsOneError(text: String, error: String) throws {
        let program = try program()
        try program.folder.write(text, to: "baseline.txt")
        let result = try program.scan("target", "--baseline", "baseline.txt")
        #expect(result.status == 2 && result.errorText.contains(error), "\(result.errorText)")
        #expect(try program.scan("target", "--baseline", "missing.txt").status == 2)
    }
}
