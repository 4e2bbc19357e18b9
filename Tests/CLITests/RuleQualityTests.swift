import Foundation
import TestSupport
import Testing

/// Rules tried on examples and on labelled code, and their pages.
@Suite struct RuleQualityTests {
    /// A suite of four cases: a rule for hard-coded GitHub tokens is right about one, wrong about one, and misses one.
    private func program(floor: String = "") throws -> Program {
        var program = try Program()
        let token = "ghp" + "_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"
        for (name, text) in [
            ("one", "token = \"\(token)\"\n"), ("two", "token = \"\(token)\"\n"), ("three", "print(1)\n"),
            ("four", "print(2)\n"),
        ] {
            try program.folder.write(text, to: "suite/\(name).py")
        }
        try program.folder.write(
            "# name, category, real, cwe\none,secrets,true,798\ntwo,secrets,false,798\nthree,secrets,true,798\n"
                + "four,other,false,89\n", to: "expected.csv")
        // An installation of its own, with a floor in it.
        let home = program.folder.url.appending(path: "home")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: ProjectFolder.rulesets, to: home.appending(path: "rulesets"))
        let file = "home/rulesets/detection/secrets-hosting.yaml"
        let rules = try program.text(file).replacing(
            "  - id: secret-github-token\n", with: "  - id: secret-github-token\n\(floor)")
        try program.folder.write(rules, to: file)
        program.environment["SECORCH_HOME"] = home.path(percentEncoded: false)
        return program
    }

    private static let labelled = ["--labelled", "suite", "--expected", "expected.csv", "--quiet"]

    @Test func everyRuleHoldsItsExamples() throws {
        let result = try Program().run("rulesets", "test", "--quiet")
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.text.contains(" 0 failures"))
    }

    @Test func precisionAndRecallAreMeasuredOnLabelledCode() throws {
        let result = try program().run(["rulesets", "test", "--rule", "secret-github-token"] + Self.labelled)
        #expect(result.status == 0, "\(result.errorText)")
        let row = try #require(result.text.split(separator: "\n").first { $0.hasPrefix("secret-github-token") })
        let cells = row.split(separator: " ").map(String.init)
        // Examples and confidence, then true positive, false positive, missed, precision, recall, no floor.
        #expect(cells.suffix(6) == ["1", "1", "1", "0.500", "0.500", "-"])
    }

    @Test func aRuleUnderItsFloorFails() throws {
        let kept = try program(floor: "    floor: {precision: 0.5, recall: 0.5}\n")
        #expect(try kept.run(["rulesets", "test"] + Self.labelled).status == 0)
        let missed = try program(floor: "    floor: {precision: 0.6}\n")
        let result = try missed.run(["rulesets", "test"] + Self.labelled)
        #expect(result.status == 1)
        #expect(
            result.errorText == "secorch: error: secret-github-token: precision 0.500 is under its floor of 0.600\n")
    }

    @Test func calibrationComparesDeclaredWithMeasured() throws {
        let result = try program().run(
            ["rulesets", "test", "--rule", "secret-github-token", "--calibration", "--format", "json"] + Self.labelled)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(result.text.utf8)) as? [String: Any])
        let buckets = try #require(json["calibration"] as? [[String: Any]])
        #expect(buckets.map { $0["name"] as? String } == ["90-100"])
        #expect(buckets.first?["findings"] as? Int == 2 && buckets.first?["measured"] as? String == "0.500")
        #expect((json["off"] as? [Any])?.isEmpty == true)
    }

    @Test func badListsAndUnknownRulesAreNamed() throws {
        let program = try program()
        try program.folder.write("one,secrets,perhaps,798\n", to: "expected.csv")
        let bad = try program.run(["rulesets", "test"] + Self.labelled)
        #expect(bad.status == 2 && bad.errorText.contains("expected.csv:1: expected 'name,category,true|false"))
        #expect(try program.run("rulesets", "test", "--rule", "no-such-rule").status == 2)
        #expect(try program.run("rulesets", "test", "--labelled", "suite").status == 2)
        let floor = try self.program(floor: "    floor: {precision: 7}\n").run("rulesets", "test")
        #expect(floor.status == 2 && floor.errorText.contains("'precision' must be a number from 0 to 1, found '7'"))
    }

    @Test func pagesSayWhatARuleIsAboutTheSameEachTime() throws {
        let program = try Program()
        for out in ["one", "two"] {
            let result = try program.run("rulesets", "docs", "--out", out, "--state", "state")
            #expect(result.status == 0, "\(result.errorText)")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: program.folder.path + "/one").sorted()
        #expect(names.count > 400 && names.contains("index.md"))
        for name in names { #expect(try program.text("one/\(name)") == program.text("two/\(name)"), "\(name)") }
        let page = try program.text("one/secret-github-token.md")
        for part in ["CWE-798", "Use of Hard-coded Credentials", "CRC-32", "Found (", "Not found (", "| OWASP"] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(try program.run("rulesets", "show", "secret-github-token", "--state", "state").text == page)
        #expect(try program.text("one/index.md").contains("[secret-github-token](secret-github-token.md)"))
    }
}
