import Foundation
import TestSupport
import Testing

/// Advice is reported apart and decides nothing, unless somebody asks for it.
@Suite struct AdviceTests {
    private func program() throws -> Program {
        let program = try Program()
        try program.folder.write(
            "def f():\n    try:\n        g()\n    except Exception:\n        pass\n", to: "target/a.py")
        return program
    }

    private func list(_ report: [String: Any], _ key: String) -> [[String: Any]] {
        report[key] as? [[String: Any]] ?? []
    }

    @Test func adviceStandsApartAndFailsNothing() throws {
        let program = try program()
        let result = try program.scan("target", "--fail-on", "info")
        #expect(result.status == 0, "\(result.errorText)")
        #expect(try program.run("scan", "target", "--out", "out", "--state", "state").errorText.contains("advice: 1"))
        let report = try program.json("out/report.json")
        #expect(list(report, "findings").isEmpty)
        #expect(list(report, "advice").map { $0["rule"] as? String } == ["python-bare-except"])
        #expect(list(report, "rules").map { $0["category"] as? String } == ["best-practice"])
        let summary = try #require(report["summary"] as? [String: Any])
        #expect(summary["advice"] as? Int == 1 && summary["open_findings"] as? Int == 0)
        #expect(list(report, "controls").allSatisfy { $0["open_findings"] as? Int == 0 })
        let text = try program.text("out/report.md")
        #expect(text.contains("## Advice") && text.contains("Best practice: 1 in 1 rules") && text.contains("a.py:4"))
    }

    @Test func sarifTellsAdviceFromWeaknesses() throws {
        let program = try program()
        _ = try program.scan()
        let run = try #require((try program.json("out/findings.sarif")["runs"] as? [[String: Any]])?.first)
        #expect(list(run, "results").map { $0["level"] as? String } == ["note"])
        let driver = (run["tool"] as? [String: Any])?["driver"] as? [String: Any]
        let properties = try #require(list(driver ?? [:], "rules").first?["properties"] as? [String: Any])
        #expect((properties["tags"] as? [String])?.first == "best-practice")
        #expect(properties["security-severity"] == nil)
    }

    @Test func adviceCountsWhereItIsAskedFor() throws {
        let program = try program()
        let result = try program.scan("target", "--fail-on", "info", "--count-advice")
        #expect(result.status == 1, "\(result.errorText)")
        let report = try program.json("out/report.json")
        #expect(list(report, "findings").map { $0["rule"] as? String } == ["python-bare-except"])
        #expect(list(report, "advice").isEmpty)
    }

    @Test func adviceHasNoHistory() throws {
        let program = try program()
        _ = try program.scan()
        try program.folder.write("def f():\n    g()\n", to: "target/a.py")
        _ = try program.scan()
        let report = try program.json("out/report.json")
        #expect(list(report, "gone").isEmpty && list(report, "advice").isEmpty)
        #expect((report["history"] as? [String: Any])?["fixed"] as? Int == 0)
    }
}
