import Foundation
import TestSupport
import Testing

/// Findings over time: the real program scans a folder that changes between its runs.
@Suite struct HistoryTests {
    private func program(_ files: [String: String]) throws -> Program {
        var program = try Program()
        program.environment["SOURCE_DATE_EPOCH"] = "1800000000"
        try Self.write(files, program)
        return program
    }

    private static func write(_ files: [String: String], _ program: Program) throws {
        for (name, text) in files { try program.folder.write(text, to: "target/" + name) }
    }

    private static func shell(_ function: String, _ key: String = "folder") -> String {
        "import os\nfrom flask import request\n\n\ndef \(function)():\n    os.system(\"ls \" + request.args[\"\(key)\"])\n"
    }

    /// The findings of the last report by path: state and the path before.
    private func tracks(_ program: Program, _ folder: String = "out") throws -> [String: String] {
        let findings = try program.json(folder + "/report.json")["findings"] as? [[String: Any]] ?? []
        return Dictionary(
            findings.map { finding in
                let track = finding["track"] as? [String: Any] ?? [:]
                let before = (track["previous_path"] as? String).map { " from " + $0 } ?? ""
                return (finding["path"] as? String ?? "", (track["state"] as? String ?? "none") + before)
            }, uniquingKeysWith: { $0 + ", " + $1 })
    }

    private func gone(_ program: Program) throws -> [String: Bool] {
        let gone = try program.json("out/report.json")["gone"] as? [[String: Any]] ?? []
        return Dictionary(
            uniqueKeysWithValues: gone.map { ($0["path"] as? String ?? "", $0["fixed"] as? Bool ?? false) })
    }

    private func remove(_ name: String, _ program: Program) throws {
        try FileManager.default.removeItem(atPath: program.folder.path + "/target/" + name)
    }

    @Test func newFixedAndReopenedFindingsAreTold() throws {
        let program = try program(["a.py": Self.shell("run"), "b.py": Self.shell("go", "x")])
        #expect(try program.scan().status == 0)
        #expect(try tracks(program) == ["a.py": "new", "b.py": "new"])
        #expect(try program.text("out/report.md").contains("This is the first run over this target"))

        try Self.write(["b.py": "x = 1\n", "c.py": Self.shell("more", "y")], program)
        #expect(try program.scan().status == 0)
        #expect(try tracks(program) == ["a.py": "unchanged", "c.py": "new"])
        #expect(try gone(program) == ["b.py": true])
        let markdown = try program.text("out/report.md")
        #expect(markdown.contains("1 new, 0 reopened, 0 changed, 1 fixed"))

        try Self.write(["b.py": Self.shell("go", "x")], program)
        #expect(try program.scan().status == 0)
        #expect(try tracks(program) == ["a.py": "unchanged", "b.py": "reopened", "c.py": "unchanged"])
        let sarif = try program.text("out/findings.sarif")
        #expect(sarif.contains("\"baselineState\":\"unchanged\"") && sarif.contains("\"baselineGuid\":"))
    }

    @Test func movedLinesRenamedFilesAndReformattingAreTheSameFinding() throws {
        let program = try program([
            "a.py": Self.shell("run"), "b.py": Self.shell("go", "x"), "c.py": Self.shell("more", "y"),
            "d.py": Self.shell("last", "z"),
        ])
        _ = try program.scan()
        let before = try program.json("out/report.json")["findings"] as? [[String: Any]] ?? []
        try remove("b.py", program)
        try Self.write(
            [
                "a.py": "# one\n# two\n\n" + Self.shell("run"), "moved/b.py": Self.shell("go", "x"),
                "c.py": Self.shell("more", "y").replacing(
                    "os.system(\"ls \" + request.args[\"y\"])",
                    with: "os.system(\n        'ls '+request.args['y'],\n    )"),
                "d.py": Self.shell("renamed", "z"),
            ], program)
        _ = try program.scan()
        #expect(
            try tracks(program) == [
                "a.py": "unchanged", "moved/b.py": "unchanged from b.py", "c.py": "unchanged", "d.py": "unchanged",
            ])
        let after = try program.json("out/report.json")["findings"] as? [[String: Any]] ?? []
        func id(_ findings: [[String: Any]], _ path: String) -> String? {
            findings.first { $0["path"] as? String == path }?["id"] as? String
        }
        for path in ["a.py", "c.py"] { #expect(id(before, path) == id(after, path), "\(path)") }
        #expect(id(before, "d.py") != id(after, "d.py"), "an exception for one function must not cover another")
        #expect(try gone(program).isEmpty)
    }

    @Test func editedCodeIsChangedNotFixedAndNew() throws {
        let program = try program(["a.py": Self.shell("run")])
        _ = try program.scan()
        try Self.write(["a.py": Self.shell("run", "other")], program)
        _ = try program.scan()
        #expect(try tracks(program) == ["a.py": "changed"])
        #expect(try gone(program).isEmpty)
    }

    @Test func whatWasNotExaminedAgainIsNotFixed() throws {
        let program = try program([
            "a.py": Self.shell("run"), "folder/b.py": Self.shell("go", "x"), "other.py": "x = 1\n",
        ])
        _ = try program.scan()
        try program.folder.write("exclude: [folder/]\n", to: "exclude.yaml")
        try Self.write(["other.py": "x = 2\n"], program)
        _ = try program.scan("target", "--config", "exclude.yaml")
        #expect(try gone(program) == ["folder/b.py": false])
        try program.folder.write(
            "disable_rules: [python-flow-command-injection, python-os-command]\n", to: "fewer.yaml")
        try Self.write(["other.py": "x = 3\n"], program)
        _ = try program.scan("target", "--config", "fewer.yaml")
        #expect(try gone(program)["a.py"] == false)
        #expect(try program.text("out/report.md").contains("not counted as fixed"))
    }

    @Test func aRerunOverTheSameTreeSaysTheSameAndAnOldReportStaysWhatItWas() throws {
        let program = try program(["a.py": Self.shell("run"), "b.py": Self.shell("go", "x")])
        _ = try program.scan(out: "zero")
        try Self.write(["b.py": "x = 1\n", "c.py": Self.shell("more", "y")], program)
        _ = try program.scan(out: "one")
        let first = try program.json("one/report.json")["run"] as? [String: Any]
        _ = try program.scan(out: "two")
        for name in ReportText.names {
            #expect(
                ReportText.withoutRun(try program.text("one/" + name))
                    == ReportText.withoutRun(try program.text("two/" + name)), "\(name)")
        }
        try Self.write(["a.py": "x = 1\n", "c.py": "x = 1\n"], program)
        _ = try program.scan(out: "three")
        let id = try #require(first?["id"] as? String)
        #expect(try program.run("report", id, "--out", "again", "--state", "state").status == 0)
        for name in ReportText.names {
            #expect(try program.text("one/" + name) == program.text("again/" + name), "\(name)")
        }
    }

    @Test func aRunIsComparedWithTheOneAskedFor() throws {
        let program = try program(["a.py": Self.shell("run")])
        _ = try program.scan(out: "zero")
        let first = try program.json("zero/report.json")["run"] as? [String: Any]
        let id = try #require(first?["id"] as? String)
        try Self.write(["b.py": Self.shell("go", "x")], program)
        _ = try program.scan()
        try Self.write(["c.py": Self.shell("more", "y")], program)
        _ = try program.scan("target", "--compare-to", id)
        #expect(try tracks(program) == ["a.py": "unchanged", "b.py": "new", "c.py": "new"])
        let unknown = try program.scan("target", "--compare-to", "nothing")
        #expect(unknown.status == 2 && unknown.errorText.contains("--compare-to"), "\(unknown.errorText)")
    }

    @Test func twoRunsCanBeComparedByHand() throws {
        let program = try program(["a.py": Self.shell("run"), "b.py": Self.shell("go", "x")])
        _ = try program.scan(out: "zero")
        let first = try program.json("zero/report.json")["run"] as? [String: Any]
        let id = try #require(first?["id"] as? String)
        try Self.write(["a.py": "x = 1\n", "c.py": Self.shell("more", "y")], program)
        _ = try program.scan()
        let text = try program.run("runs", "diff", id, "latest", "--state", "state")
        let lines = text.text.split(separator: "\n")
        #expect(lines.count == 2, "\(text.text)")
        #expect(lines.first?.hasPrefix("new") == true && lines.first?.hasSuffix("c.py:6") == true)
        #expect(lines.last?.hasPrefix("fixed") == true && lines.last?.hasSuffix("a.py:6") == true)
        let json = try program.run("runs", "diff", id, "latest", "--state", "state", "--json")
        #expect(json.text.contains("\"state\":\"fixed\"") && json.text.contains("\"path\":\"c.py\""))
    }

    @Test func deadlinesCountFromWhenAFindingWasFirstSeen() throws {
        var program = try program(["a.py": Self.shell("run"), "other.py": "x = 1\n"])
        try program.folder.write("deadlines_days: {critical: 7, high: 7, medium: 90, low: 180}\n", to: "days.yaml")
        _ = try program.scan("target", "--config", "days.yaml")
        #expect(try program.text("out/report.json").contains("\"overdue\":false"))
        // Ten days later the file has another name: the finding is as old as it was.
        program.environment["SOURCE_DATE_EPOCH"] = "1800864000"
        try remove("a.py", program)
        try Self.write(["b.py": Self.shell("run")], program)
        _ = try program.scan("target", "--config", "days.yaml")
        let findings = try program.json("out/report.json")["findings"] as? [[String: Any]]
        let track = try #require(findings?.first?["track"] as? [String: Any])
        #expect(track["first_seen"] as? String == "2027-01-15T08:00:00Z")
        #expect(track["due"] as? String == "2027-01-22T08:00:00Z" && track["overdue"] as? Bool == true)
        let markdown = try program.text("out/report.md")
        #expect(
            markdown.contains("1 open finding is past the deadline") && markdown.contains("overdue since 2027-01-22"))
        #expect(markdown.contains("Open findings over the last runs"))
    }

    @Test func aClockThatGoesBackLosesNothing() throws {
        var program = try program(["a.py": Self.shell("run")])
        _ = try program.scan()
        program.environment["SOURCE_DATE_EPOCH"] = "1700000000"
        try Self.write(["b.py": Self.shell("go", "x")], program)
        #expect(try program.scan().status == 0)
        #expect(try tracks(program) == ["a.py": "unchanged", "b.py": "new"])
        #expect(try program.text("out/report.md").contains("first seen 2027-01-15"))
    }
}
