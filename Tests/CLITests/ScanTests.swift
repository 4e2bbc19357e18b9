import Foundation
import TestSupport
import Testing

/// The real program over real folders.
@Suite struct ScanTests {
    static let vulnerable = """
        import os
        from flask import request

        def run():
            os.system("ls " + request.args["folder"])

        """

    private func program(_ files: [String: String] = ["app.py": vulnerable]) throws -> Program {
        let program = try Program()
        for (name, text) in files { try program.folder.write(text, to: "target/" + name) }
        return program
    }

    /// "No open finding" about a folder that nobody looked into would be a silent gap.
    @Test func aFolderThatGitIgnoresIsNotCalledFreeOfFindings() throws {
        let program = try Program()
        try program.folder.write("build/\n", to: "work/.gitignore")
        try program.folder.write(Self.vulnerable, to: "work/build/app.py")
        _ = try runProcess("/usr/bin/git", ["init", "-q", program.folder.path + "/work"])
        let result = try program.run("scan", "work/build", "--out", "out", "--state", "state")
        #expect(result.status == 0 && result.errorText.contains("nothing was examined"), "\(result.errorText)")
        let report = try program.text("out/report.md")
        #expect(report.contains("Nothing was examined") && report.contains("the work tree around it ignores it"))
        #expect(!report.contains("No open finding.") && report.contains("No program is in scope."))
    }

    @Test func aScanLeavesAllReportsAndPrintsWhereTheyAre() throws {
        let program = try program()
        let result = try program.scan()
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.text == program.folder.path + "/out/report.html\n")
        #expect(result.errors.isEmpty)
        let names = try FileManager.default.contentsOfDirectory(atPath: program.folder.path + "/out").sorted()
        #expect(names == ["findings.sarif", "report.html", "report.json", "report.md"])
        let report = try program.json("out/report.json")
        let findings = try #require(report["findings"] as? [[String: Any]])
        #expect(findings.count == 1)
        #expect(findings[0]["path"] as? String == "app.py" && findings[0]["start_line"] as? Int == 5)
    }

    @Test(arguments: [("critical", 0), ("high", 0), ("medium", 1), ("low", 1)])
    func failOnDecidesTheExitCode(severity: String, status: Int32) throws {
        let medium = "import hashlib\n\n\ndef digest(password):\n    return hashlib.md5(password).hexdigest()\n"
        #expect(try program(["a.py": medium]).scan("target", "--fail-on", severity).status == status)
    }

    @Test func whatCouldNotBeExaminedOutranksFindings() throws {
        // More brackets than the parser may follow, and a finding beside it.
        let deep = "import os\nos.system(x + " + String(repeating: "(", count: 70_000) + ")\n"
        let result = try program(["app.py": Self.vulnerable, "deep.py": deep]).scan("target", "--fail-on", "low")
        #expect(result.status == 3, "\(result.errorText)")
    }

    @Test func picturesAndUnknownLanguagesAreNoFailure() throws {
        let program = try program(["a.kt": "fun main() {}\n", "notes": "plain text\n"])
        try program.folder.write([0x89, 0x50, 0x4E, 0x47, 0, 0], to: "target/a.png")
        #expect(try program.scan().status == 0)
    }

    @Test func anEmptyFolderIsScannedAndSaysSo() throws {
        let program = try Program()
        try FileManager.default.createDirectory(
            atPath: program.folder.path + "/target", withIntermediateDirectories: true)
        #expect(try program.scan().status == 0)
        #expect(try program.text("out/report.md").contains("0 paths, 0 examined"))
        #expect(try program.text("out/report.md").contains("Not a git work tree"))
    }

    @Test func theSameInputGivesTheSameBytes() throws {
        var program = try program()
        program.environment["SOURCE_DATE_EPOCH"] = "1700000000"
        _ = try program.run("scan", "target", "--out", "one", "--state", "first", "--quiet", "--jobs", "1")
        _ = try program.run("scan", "target", "--out", "two", "--state", "second", "--quiet", "--jobs", "8")
        for name in ReportText.names {
            #expect(
                ReportText.withoutRun(try program.text("one/" + name))
                    == ReportText.withoutRun(try program.text("two/" + name)),
                "\(name)")
        }
    }

    @Test func renderingARunAgainGivesTheSameBytes() throws {
        let program = try program()
        _ = try program.scan()
        let again = try program.run("report", "latest", "--out", "again", "--state", "state")
        #expect(again.status == 0, "\(again.errorText)")
        for name in ReportText.names {
            #expect(try program.text("out/" + name) == program.text("again/" + name), "\(name)")
        }
        let some = try program.run("report", "--format", "sarif,md", "--out", "some", "--state", "state")
        #expect(some.text.split(separator: "\n").count == 2)
    }

    @Test func anUnchangedFileIsNotExaminedTwiceAndStillReported() throws {
        let program = try program()
        _ = try program.scan()
        try program.folder.write("x = 1\n", to: "target/other.py")
        _ = try program.scan()
        let report = try program.json("out/report.json")
        #expect((report["findings"] as? [[String: Any]])?.count == 1)
        #expect((report["files"] as? [[String: Any]])?.count == 2)
    }

    @Test func suppressionsAreHonouredKeptReportedAndCanBeSwitchedOff() throws {
        let text = Self.vulnerable.replacing(
            "[\"folder\"])", with: "[\"folder\"])  # secorch:ignore python-os-command -- demo")
        let program = try program(["app.py": text + "# secorch:ignore python-eval -- nothing here\n"])
        #expect(try program.scan("target", "--fail-on", "low").status == 0)
        let markdown = try program.text("out/report.md")
        #expect(markdown.contains("demo") && markdown.contains("no finding of python-eval"))
        #expect(try program.text("out/findings.sarif").contains("\"suppressions\":[{\"kind\":\"inSource\""))
        #expect(try program.scan("target", "--fail-on", "low", "--disable-suppressions").status == 1)
    }

    @Test func theTargetsOwnConfigurationOnlyNarrows() throws {
        let program = try program([
            "app.py": Self.vulnerable, "skip/app.py": Self.vulnerable,
            "secorch.yaml": "exclude: [skip/]\nfail_on: critical\ndisable_rules: [python-os-command]\n",
        ])
        #expect(try program.scan("target", "--fail-on", "high").status == 1)
        let report = try program.json("out/report.json")
        #expect((report["findings"] as? [[String: Any]])?.compactMap { $0["path"] as? String } == ["app.py"])
        #expect(try program.text("out/report.md").contains("refused the key"))
    }

    @Test func theTargetCannotBringBackWhatTheUserExcludes() throws {
        let program = try program(["app.py": Self.vulnerable, "secorch.yaml": "exclude: ['!app.py']\n"])
        try program.folder.write("exclude: [app.py]\n", to: "config.yaml")
        _ = try program.scan("target", "--config", "config.yaml")
        let report = try program.json("out/report.json")
        #expect((report["findings"] as? [Any])?.isEmpty == true)
    }

    @Test func aRuleTooUnsureToFailAControlDoesNotSatisfyOneEither() throws {
        // The only rule for prompt injection is a guess; silence of it must not look like evidence.
        let program = try program(["app.py": "def double(number):\n    return number * 2\n"])
        #expect(try program.scan("target", "--ruleset", "owasp-llm-2025").status == 0)
        let controls = try #require(program.json("out/report.json")["controls"] as? [[String: Any]])
        let injection = try #require(controls.first { ($0["control"] as? String)?.hasPrefix("LLM01") == true })
        #expect(injection["status"] as? String == "not assessed")
    }

    @Test func secretsAndPersonalDataAppearInNoReport() throws {
        let secret = "hK7vQ2mZp9XwR4tLs8Nd"
        let program = try program([
            "a.py": "password = \"\(secret)\"\nos.system(\"mail jane.doe@bank-of-somewhere.org \" + x)\n"
        ])
        _ = try program.scan()
        for name in ReportText.names {
            let text = try program.text("out/" + name)
            #expect(!text.contains(secret), "\(name)")
            #expect(!text.contains("jane.doe@"), "\(name)")
        }
        let state = try runProcess(
            "/bin/sh", ["-c", "cat \(program.folder.path)/state/*.sqlite* \(program.folder.path)/state/*/*/*"])
        #expect(!String(decoding: state.output, as: UTF8.self).contains(secret))
    }
}
