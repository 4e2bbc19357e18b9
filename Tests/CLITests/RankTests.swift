import Foundation
import TestSupport
import Testing

/// The order of findings within a severity.
@Suite struct RankTests {
    private static func shell(_ value: String) -> String {
        "import os\nfrom flask import request\n\n\ndef run(folder):\n    os.system(\"ls \" + \(value))\n"
    }

    @Test func whatAValueFromOutsideReachesComesBeforeWhatStandsInATest() throws {
        let program = try Program()
        try program.folder.write(Self.shell("request.args[\"folder\"]"), to: "target/z.py")
        try program.folder.write(Self.shell("request.args[\"folder\"]"), to: "target/a/tests/test_run.py")
        #expect(try program.scan().status == 0)
        let findings = try #require(program.json("out/report.json")["findings"] as? [[String: Any]])
        #expect(findings.map { $0["path"] as? String } == ["z.py", "a/tests/test_run.py"])
        let ranks = findings.map { $0["rank"] as? [String: Any] }
        #expect(ranks.map { $0?["level"] as? Int } == [1, -1])
        #expect((ranks[0]?["reason"] as? String)?.hasPrefix("Ranked up: ") == true)
        // Severity is the rule's wherever it stands.
        #expect(Set(findings.compactMap { $0["severity"] as? String }).count == 1)
        let markdown = try program.text("out/report.md")
        #expect(markdown.contains("Ranked up: ") && markdown.contains("Ranked down: it stands in a test."))
    }
}
