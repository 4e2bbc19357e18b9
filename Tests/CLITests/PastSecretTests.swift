import Foundation
import TestSupport
import Testing

/// `scan --history`: the real program over real repositories.
@Suite struct PastSecretTests {
    /// Made up, in parts, so that this file does not look like a leak.
    private static func key(_ tail: String = "Q7ZK3MWT5VLR") -> String { "AKI" + "A2J5N" + tail }
    private static func line(_ key: String) -> String { "aws_access_key_id = \"\(key)\"\n" }

    private func program() throws -> Program {
        var program = try Program()
        program.environment["SOURCE_DATE_EPOCH"] = "1800000000"
        try git(program, "init", "-q", "-b", "main", "target", in: "")
        return program
    }

    /// Days count from 2023-11-14.
    @discardableResult private func git(
        _ program: Program, _ arguments: String..., day: Int = 0, in folder: String = "/target"
    ) throws -> String {
        let time = "\(1_700_000_000 + day * 86_400) +0000"
        let result = try runProcess(
            "/usr/bin/env", ["git", "-c", "user.name=A", "-c", "user.email=a@example.org"] + arguments,
            in: program.folder.path + folder,
            environment: program.environment.merging(["GIT_AUTHOR_DATE": time, "GIT_COMMITTER_DATE": time]) { $1 })
        #expect(result.status == 0, "git \(arguments): \(result.errorText)")
        return result.text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func commit(_ program: Program, day: Int, _ files: [String: String?]) throws -> String {
        for (name, text) in files {
            if let text {
                try program.folder.write(text, to: "target/" + name)
            } else {
                try FileManager.default.removeItem(atPath: program.folder.path + "/target/" + name)
            }
        }
        try git(program, "add", "-A")
        try git(program, "commit", "-q", "-m", "day \(day)", day: day)
        return try git(program, "rev-parse", "HEAD")
    }

    /// The findings of the last report that are gone from the tree.
    private func past(_ program: Program, _ folder: String = "out") throws -> [[String: Any]] {
        let findings = try program.json(folder + "/report.json")["findings"] as? [[String: Any]] ?? []
        return findings.filter { $0["history_commit"] is [String: Any] }
    }

    private func search(_ program: Program) throws -> [String: Any] {
        try program.json("out/report.json")["history_search"] as? [String: Any] ?? [:]
    }

    @Test func aRemovedSecretIsFoundWithTheCommitThatBroughtIt() throws {
        let program = try program()
        let first = try commit(program, day: 1, ["config.py": "x = 1\n" + Self.line(Self.key())])
        _ = try commit(program, day: 2, ["config.py": "x = 2\n" + Self.line(Self.key())])
        _ = try commit(program, day: 3, ["config.py": "x = 2\n"])
        #expect(try program.scan("target", "--fail-on", "high").status == 0)
        #expect(try program.json("out/report.json")["history_search"] is NSNull)
        #expect(try program.text("out/report.md").contains("The history was not searched"))

        #expect(try program.scan("target", "--history", "--fail-on", "high").status == 1)
        let found = try past(program)
        try #require(found.count == 1)
        #expect(found[0]["path"] as? String == "config.py" && found[0]["start_line"] as? Int == 2)
        let place = try #require(found[0]["history_commit"] as? [String: String])
        #expect(place == ["commit": first, "authored": "2023-11-15T22:13:20Z"])
        let summary = try program.json("out/report.json")["summary"] as? [String: Any]
        #expect(summary?["in_history"] as? Int == 1)
        for name in ReportText.names { #expect(!(try program.text("out/" + name)).contains(Self.key()), "\(name)") }
        let markdown = try program.text("out/report.md")
        #expect(markdown.contains("1 in history.") && markdown.contains(String(first.prefix(12))))
        #expect(try program.text("out/findings.sarif").contains("\"history\":{\"commit\":\"\(first)\""))
    }

    @Test func whatIsStillInTheTreeIsNotReportedTwice() throws {
        let program = try program()
        _ = try commit(program, day: 1, ["old/settings.py": Self.line(Self.key()) + "y = 1\n"])
        // Renamed, edited and under another name: the same secret all the same.
        _ = try commit(
            program, day: 2, ["old/settings.py": nil, "new.py": "z = 2\naws_key_id = '\(Self.key())'\n"])
        // Another one takes the place of the first in the same line: the first is gone.
        _ = try commit(program, day: 3, ["other.py": Self.line(Self.key("B4HX6YDNPC7S"))])
        _ = try commit(program, day: 4, ["other.py": Self.line(Self.key("T7FQ2WJGM5KE"))])
        _ = try program.scan("target", "--history")
        #expect(try past(program).map { $0["path"] as? String } == ["other.py"])
        let all = try program.json("out/report.json")["findings"] as? [[String: Any]] ?? []
        #expect(Set(all.compactMap { $0["id"] as? String }).count == all.count)
    }

    @Test func whatOnlyAMergeBroughtIsFoundAndWhatABranchBroughtIsFoundOnce() throws {
        let program = try program()
        _ = try commit(program, day: 1, ["a.txt": "one\n"])
        try git(program, "checkout", "-q", "-b", "side")
        let side = try commit(program, day: 2, ["side.env": "AWS_ACCESS_KEY_ID=\(Self.key())\n"])
        try git(program, "checkout", "-q", "main")
        _ = try commit(program, day: 3, ["b.txt": "two\n"])
        try git(program, "merge", "-q", "--no-commit", "--no-ff", "side", day: 4)
        let merge = try commit(program, day: 4, ["evil.py": Self.line(Self.key("B4HX6YDNPC7S"))])
        _ = try commit(program, day: 5, ["side.env": nil, "evil.py": nil])
        _ = try program.scan("target", "--history")
        let commits = try past(program).compactMap { ($0["history_commit"] as? [String: String])?["commit"] }
        #expect(Set(commits) == [side, merge] && commits.count == 2)
    }

    @Test func whatWasNotSearchedIsCountedByReason() throws {
        let program = try program()
        try program.folder.write(
            [0, 1, 2, 3] + Array(Self.line(Self.key()).utf8), to: "target/picture.bin")
        _ = try commit(
            program, day: 1,
            ["node_modules/x/index.js": Self.line(Self.key()), "left/out.py": Self.line(Self.key("B4HX6YDNPC7S"))])
        _ = try commit(
            program, day: 2,
            ["picture.bin": nil, "node_modules/x/index.js": nil, "left/out.py": nil, "a.py": "x = 1\n"])
        try program.folder.write("exclude: [\"left/**\"]\n", to: "c.yaml")
        #expect(try program.scan("target", "--history", "--config", "c.yaml").status == 0)
        #expect(try past(program).isEmpty)
        let search = try search(program)
        #expect(
            search["unsearched"] as? [String: Int] == ["binary": 1, "ignore rule": 1, "vendored": 1])
        #expect(search["in_tree"] as? Int == 1 && search["versions"] as? Int == 4)
    }

    @Test func aShallowCloneIsIncompleteAndSaysSo() throws {
        let program = try program()
        _ = try commit(program, day: 1, ["config.py": Self.line(Self.key())])
        _ = try commit(program, day: 2, ["config.py": "x = 1\n"])
        try git(program, "clone", "-q", "--depth", "1", "file://\(program.folder.path)/target", "clone", in: "")
        #expect(try program.scan("clone", "--history").status == 3)
        #expect(try program.text("out/report.md").contains("The clone is shallow"))
        #expect(try program.scan("clone").status == 0)
    }

    @Test func outsideGitTheFlagIsAnError() throws {
        let program = try Program()
        try program.folder.write("x = 1\n", to: "target/a.py")
        let result = try program.scan("target", "--history")
        #expect(result.status == 2 && result.errorText.contains("not in a git work tree"))
    }

    @Test func anExceptionSuppressesItAndARewrittenHistoryFixesIt() throws {
        let program = try program()
        _ = try commit(program, day: 1, ["a.py": "x = 1\n"])
        _ = try commit(program, day: 2, ["config.py": Self.line(Self.key())])
        _ = try commit(program, day: 3, ["config.py": nil])
        _ = try program.scan("target", "--history")
        let id = try #require(try past(program).first?["id"] as? String)
        try program.folder.write(
            "exceptions:\n  - {id: \"\(id)\", kind: accepted_risk, reason: Rotated, by: Ada, until: 2030-01-01}\n",
            to: "exceptions.yaml")
        let options = ["scan", "target", "--out", "out", "--state", "state", "--quiet", "--fail-on", "low"]
        #expect(try program.run(options + ["--history", "--exceptions", "exceptions.yaml"]).status == 0)
        #expect(try past(program).first?["id"] as? String == id)

        // Without the flag nobody looked: nothing is called fixed.
        _ = try program.scan("target")
        let gone = try program.json("out/report.json")["gone"] as? [[String: Any]] ?? []
        #expect(gone.allSatisfy { $0["fixed"] as? Bool == false })
        _ = try program.scan("target", "--history")
        try git(program, "reset", "-q", "--hard", "HEAD~2")
        _ = try program.scan("target", "--history")
        let fixed = try program.json("out/report.json")["gone"] as? [[String: Any]] ?? []
        #expect(fixed.map { $0["fixed"] as? Bool } == [true])
    }

    @Test func ofCommitsOfTheSameSecondTheParentIsTheFirst() throws {
        let program = try program()
        var first: [String: String] = [:]
        for letter in ["A", "B", "C", "D", "E", "F"] {
            let line = Self.line(Self.key("Q7ZK3MWT5VL" + letter))
            first["\(letter).py"] = try commit(program, day: 1, ["\(letter).py": "x = 1\n" + line])
            _ = try commit(program, day: 1, ["\(letter).py": "x = 2\n" + line])
        }
        _ = try commit(program, day: 1, first.mapValues { _ in "x = 2\n" })
        #expect(try program.scan("target", "--history").status == 0)
        let found = try past(program).map { finding in
            (finding["path"] as? String ?? "", (finding["history_commit"] as? [String: String])?["commit"] ?? "")
        }
        #expect(Dictionary(uniqueKeysWithValues: found) == first)
    }

    @Test func aKilledSearchGoesOnAndTheReportIsTheSame() throws {
        let program = try program()
        for day in 1...30 {
            let more = (0..<40).map { "value_\($0)_\(day) = \($0 * day)\n" }.joined()
            _ = try commit(
                program, day: day,
                Dictionary(
                    uniqueKeysWithValues: (0..<20).map { ("f\($0).py", day == 7 ? more + Self.line(Self.key()) : more) }
                ))
        }
        let arguments = ["scan", "target", "--out", "out", "--state", "state", "--quiet", "--history"]
        let start = ContinuousClock.now
        #expect(try program.scan("target", "--history", out: "expected").status == 0)
        let duration = ContinuousClock.now - start
        let rounds = proofCount(quick: 4, full: 40)
        var killed = 0
        for round in 0..<rounds {
            for left in ["state", "out"] {
                try? FileManager.default.removeItem(atPath: program.folder.path + "/" + left)
            }
            let process = try program.start(arguments)
            usleep(UInt32(duration * (Double(round) + 0.5) / Double(rounds) / .microseconds(1)))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            // A search that was over before is no proof.
            if process.terminationReason == .uncaughtSignal { killed += 1 }
            #expect(try program.run(arguments).status == 0)
            for name in ReportText.names {
                #expect(
                    ReportText.withoutRun(try program.text("out/" + name))
                        == ReportText.withoutRun(try program.text("expected/" + name)), "round \(round): \(name)")
            }
        }
        #expect(killed > 0)
    }
}
