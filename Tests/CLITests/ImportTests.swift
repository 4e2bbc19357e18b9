import Foundation
import TestSupport
import Testing

/// Results of other scanners, taken in by the real program.
@Suite struct ImportTests {
    /// One result in the shape most scanners write.
    static func result(
        _ rule: String, _ path: String, line: Int, snippet: String? = nil, message: String = "m", more: String = ""
    ) -> String {
        let text = snippet.map { ", \"snippet\": {\"text\": \(json($0))}" } ?? ""
        return """
            {"ruleId": \(json(rule)), "message": {"text": \(json(message))}, "locations": [{"physicalLocation": \
            {"artifactLocation": {"uri": \(json(path)), "uriBaseId": "%SRCROOT%"}, \
            "region": {"startLine": \(line)\(text)}}}]\(more.isEmpty ? "" : ", " + more)}
            """
    }

    private static func json(_ text: String) -> String {
        String(decoding: (try? JSONEncoder().encode(text)) ?? Data(), as: UTF8.self)
    }

    static func document(_ results: [String], tool: String = "Other", rules: String = rules) -> String {
        """
        {"version": "2.1.0", "runs": [{"results": [\(results.joined(separator: ",\n"))],
          "tool": {"driver": {"name": "\(tool)", "semanticVersion": "2.0", "rules": \(rules)}}}]}
        """
    }

    static let rules = """
        [{"id": "exec", "shortDescription": {"text": "A command is run"}, "defaultConfiguration": {"level": "error"},
          "properties": {"tags": ["CWE-78: OS Command Injection"]}},
         {"id": "xss", "shortDescription": {"text": "Output is not encoded"}, "help": {"text": "Encode it."},
          "helpUri": "https://example.org/xss", "properties": {"tags": ["external/cwe/cwe-079"], "security-severity": "6.1"}},
         {"id": "bare", "shortDescription": {"text": "Something"}}]
        """

    private static let page = "def page(name):\n    return '<b>' + name + '</b>'\n"
    private static let command = #"os.system("ls " + request.args["folder"])"#

    private func program() throws -> Program {
        let program = try Program()
        try program.folder.write(ScanTests.vulnerable, to: "target/app.py")
        try program.folder.write(Self.page, to: "target/page.py")
        return program
    }

    private func take(_ program: Program, _ text: String, _ more: String..., file: String = "x.sarif") throws
        -> ProcessResult
    {
        try program.folder.write(text, to: file)
        return try program.run(["import", file, "--target", "target", "--state", "state"] + more)
    }

    private func findings(_ program: Program) throws -> [[String: Any]] {
        try #require(try program.json("out/report.json")["findings"] as? [[String: Any]])
    }

    @Test func anAgreementNamesBothAndMakesSurer() throws {
        let program = try program()
        #expect(try program.scan().status == 0)
        let before = try #require(try findings(program).first?["confidence"] as? Int)
        let taken = try take(program, Self.document([Self.result("exec", "app.py", line: 5, snippet: Self.command)]))
        #expect(
            taken.status == 0 && taken.text.hasPrefix("Other: 1 of 1 results taken, Other 2.0\n"), "\(taken.errorText)")
        #expect(try program.scan().status == 0)
        let found = try findings(program)
        #expect(found.count == 1 && found[0]["confidence"] as? Int ?? 0 > before)
        #expect((found[0]["tools"] as? [[String: String]]) == [["tool": "Other 2.0", "rule": "exec"]])
        #expect((found[0]["rule"] as? String)?.hasPrefix("other/") == false)
        let formats = ["report", "latest", "--state", "state", "--format", "csv,junit,gitlab", "--out", "formats"]
        #expect(try program.run(formats).status == 0)
        for name in ["findings.csv", "junit.xml", "gl-code-quality-report.json"] {
            #expect(try program.text("formats/" + name).contains("Other 2.0 (exec)"), "\(name)")
        }
        for name in ["out/report.md", "out/report.html", "out/findings.sarif"] {
            #expect(try program.text(name).contains("Other 2.0"), "\(name)")
        }
    }

    @Test func aResultThatNobodySharesIsAFindingOfItsTool() throws {
        let program = try program()
        _ = try take(program, Self.document([Self.result("xss", "page.py", line: 2, message: "name is shown")]))
        #expect(try program.scan("target", "--fail-on", "medium").status == 1)
        let found = try #require(try findings(program).first { $0["rule"] as? String == "other/xss" })
        #expect(found["cwe"] as? Int == 79 && found["severity"] as? String == "medium")
        #expect(found["message"] as? String == "name is shown")
        let markdown = try program.text("out/report.md")
        #expect(markdown.contains("of Other 2.0, imported") && markdown.contains("Encode it."))
        #expect(markdown.contains("| Other "), "the section on imports")
    }

    @Test func aRuleWithoutAWeaknessIsShownAndBearsOnNoControl() throws {
        let program = try program()
        #expect(try program.scan().status == 0)
        let before = try #require(try program.json("out/report.json")["controls"] as? [[String: Any]])
        _ = try take(
            program, Self.document([Self.result("bare", "page.py", line: 1), Self.result("gone", "page.py", line: 2)]))
        #expect(try program.scan().status == 0)
        let report = try program.json("out/report.json")
        let found = try findings(program).filter { ($0["rule"] as? String)?.hasPrefix("other/") == true }
        #expect(found.count == 2 && found.allSatisfy { $0["cwe"] is NSNull })
        let after = try #require(report["controls"] as? [[String: Any]])
        #expect(after.map { $0["status"] as? String } == before.map { $0["status"] as? String })
        #expect(!(try program.text("out/findings.sarif").contains("CWE-0")))
        #expect(!(try program.text("out/report.html").contains("CWE-0")))
    }

    @Test func whatIsNotInTheTreeIsCountedAndNeverAFinding() throws {
        let program = try program()
        let results = [
            Self.result("xss", "page.py", line: 2, snippet: "return escape(name)"),
            Self.result("xss", "gone.py", line: 1),
            Self.result("xss", "page.py", line: 999), Self.result("xss", "../secret.py", line: 1),
            Self.result("xss", "page.py", line: 2), Self.result("xss", "page.py", line: 2), "{}", "7",
        ]
        let taken = try take(program, Self.document(results), "--json")
        let record = try #require(try JSONSerialization.jsonObject(with: Data(taken.output)) as? [String: Any])
        #expect(record["taken"] as? Int == 1 && record["results"] as? Int == 8)
        #expect(
            (record["refused"] as? [String: Int]) == [
                "its text is not in the file": 1, "no such file in the target": 1, "no such line in the file": 1,
                "a place outside the target": 1, "the same result again": 1, "no place in a file": 1,
                "not the shape of a result": 1,
            ])
        #expect(taken.text.contains("result 3: a place outside the target"))
        // The code has changed since: what was taken is not confirmed any more.
        try program.folder.write("def page(name):\n    return escape(name)\n", to: "target/page.py")
        #expect(try program.scan().status == 0)
        #expect(try findings(program).allSatisfy { $0["path"] as? String != "page.py" })
        let imports = try #require(try program.json("out/report.json")["imports"] as? [[String: Any]])
        #expect(imports[0]["not_confirmed"] as? Int == 1 && imports[0]["alone"] as? Int == 0)
        #expect(try program.text("out/report.md").contains("its lines are not in the file any more"))
    }

    @Test func aPlaceIsFoundAgainAfterLinesHaveMoved() throws {
        let program = try program()
        _ = try take(program, Self.document([Self.result("xss", "page.py", line: 1, snippet: "return '<b>' + name")]))
        try program.folder.write("# new\n\n" + Self.page, to: "target/page.py")
        _ = try program.scan()
        let found = try #require(try findings(program).first { $0["rule"] as? String == "other/xss" })
        #expect(found["start_line"] as? Int == 4)
    }

    @Test func suppressedByItsToolIsShownAndKeptSuppressed() throws {
        let program = try program()
        let more = #""suppressions": [{"kind": "external", "justification": "shown to admins only"}]"#
        _ = try take(program, Self.document([Self.result("xss", "page.py", line: 2, more: more)]))
        #expect(try program.scan("target", "--fail-on", "medium", "--offline").status == 1, "the other finding")
        let found = try #require(try findings(program).first { $0["rule"] as? String == "other/xss" })
        #expect((found["suppression"] as? [String: Any])?["reason"] as? String == "shown to admins only")
        #expect(try program.text("out/report.md").contains("by its own tool"))
        _ = try program.scan("target", "--disable-suppressions")
        let open = try #require(try findings(program).first { $0["rule"] as? String == "other/xss" })
        #expect(open["suppression"] is NSNull)
    }

    @Test func twoToolsThatAgreeAreOneFinding() throws {
        let program = try program()
        _ = try take(program, Self.document([Self.result("xss", "page.py", line: 2)]))
        _ = try take(program, Self.document([Self.result("xss", "page.py", line: 2)], tool: "Third"), file: "y.sarif")
        _ = try program.scan()
        let found = try findings(program).filter { $0["path"] as? String == "page.py" }
        #expect(found.count == 1 && (found[0]["tools"] as? [Any])?.count == 2)
        #expect(try program.text("out/report.md").contains("Reported by Other 2.0 (xss), Third 2.0 (xss)"))
    }

    @Test func importsAreListedReplacedAndRemoved() throws {
        let program = try program()
        #expect(try program.scan().status == 0)
        _ = try take(
            program, Self.document([Self.result("xss", "page.py", line: 1), Self.result("xss", "page.py", line: 2)]))
        _ = try take(program, Self.document([Self.result("xss", "page.py", line: 2)]), file: "newer.sarif")
        let options = ["--target", "target", "--state", "state"]
        let list = try program.run(["import", "list"] + options)
        #expect(list.text.contains("Other: 1 of 1 results taken") && list.text.contains("newer.sarif"))
        #expect(list.text.split(separator: "\n").count == 1)
        _ = try program.scan(out: "with")
        #expect(try program.run(["import", "remove", "Nobody"] + options).status == 2)
        #expect(try program.run(["import", "remove", "Other"] + options).status == 0)
        #expect(try program.run(["import", "list"] + options).text.isEmpty)
        _ = try program.scan()
        #expect(try findings(program).count == 1)
        // An earlier run's report stands on what was recorded then.
        let id = try #require((try program.json("with/report.json")["run"] as? [String: Any])?["id"] as? String)
        #expect(try program.run("report", id, "--state", "state", "--out", "again").status == 0)
        for name in ReportText.names {
            #expect(try program.text("with/" + name) == program.text("again/" + name), "\(name)")
        }
    }

    @Test func theSameImportGivesTheSameBytes() throws {
        var program = try program()
        program.environment["SOURCE_DATE_EPOCH"] = "1700000000"
        let text = Self.document([
            Self.result("exec", "app.py", line: 5), Self.result("xss", "page.py", line: 2),
            Self.result("bare", "page.py", line: 1),
        ])
        for state in ["one", "two"] {
            try program.folder.write(text, to: "x.sarif")
            _ = try program.run("import", "x.sarif", "--target", "target", "--state", state)
            _ = try program.run("scan", "target", "--out", state + "-out", "--state", state, "--quiet")
        }
        for name in ReportText.names {
            #expect(
                ReportText.withoutRun(try program.text("one-out/" + name))
                    == ReportText.withoutRun(try program.text("two-out/" + name)), "\(name)")
        }
    }
}
