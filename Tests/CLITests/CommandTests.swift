import Foundation
import TestSupport
import Testing

/// The other commands, and the manners of a command line.
@Suite struct CommandTests {
    private func program() throws -> Program {
        let program = try Program()
        try program.folder.write(ScanTests.vulnerable, to: "target/app.py")
        return program
    }

    private func git(_ program: Program, _ arguments: String...) throws {
        let base = ["-C", program.folder.path + "/target", "-c", "user.name=t", "-c", "user.email=t@example.org"]
        let result = try runProcess("/usr/bin/git", base + arguments)
        try #require(result.status == 0, "\(result.errorText)")
    }

    @Test func filesPrintsExactlyWhatGitLists() throws {
        let program = try program()
        try git(program, "init", "-q")
        for name in ["a b.py", "tab\there.txt", "é.md", "ignored.log", "deep/er/x.c"] {
            try program.folder.write("content\n", to: "target/" + name)
        }
        try program.folder.write("*.log\n", to: "target/.gitignore")
        let listed = try runProcess(
            "/usr/bin/git",
            [
                "-C", program.folder.path + "/target", "-c", "core.quotePath=false", "ls-files", "-co",
                "--exclude-standard",
            ])
        let ours = try program.run("files", "target", "--json").text.split(separator: "\n").map { line in
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
        }
        #expect(
            ours.compactMap { $0["path"] as? String }.sorted()
                == listed.text.split(separator: "\n").map(String.init).sorted())
        for key in ["path", "state", "reason", "language", "bytes"] {
            #expect(ours.allSatisfy { $0[key] != nil }, "\(key)")
        }
    }

    @Test func sinceExaminesWhatChangedAndCarriesTheRestOver() throws {
        let program = try program()
        try git(program, "init", "-q")
        try program.folder.write("x = 1\n", to: "target/old.py")
        try git(program, "add", ".")
        try git(program, "commit", "-qm", "first")
        try program.folder.write(ScanTests.vulnerable + "# changed\n", to: "target/new.py")

        // Nothing known from earlier: the unchanged files are out of this scan.
        _ = try program.scan("target", "--since", "HEAD")
        var report = try program.json("out/report.json")
        #expect((report["findings"] as? [[String: Any]])?.compactMap { $0["path"] as? String } == ["new.py"])
        #expect(try program.text("out/report.md").contains("unchanged since revision"))

        // After a full scan their findings are carried over.
        _ = try program.scan()
        _ = try program.scan("target", "--since", "HEAD")
        report = try program.json("out/report.json")
        let paths = (report["findings"] as? [[String: Any]])?.compactMap { $0["path"] as? String }
        #expect(paths?.sorted() == ["app.py", "new.py"])
        #expect(try program.text("out/report.md").contains("carried over"))
    }

    @Test func aRepositoryCannotRunItsOwnPrograms() throws {
        let program = try program()
        try git(program, "init", "-q")
        let trap = program.folder.path + "/sprung"
        try program.folder.write("#!/bin/sh\ntouch \(trap)\n", to: "target/trap.sh")
        chmod(program.folder.path + "/target/trap.sh", 0o755)
        try program.folder.write("*.py filter=trap diff=trap\n", to: "target/.gitattributes")
        let script = program.folder.path + "/target/trap.sh"
        for key in [
            "core.fsmonitor", "filter.trap.clean", "filter.trap.process", "diff.trap.textconv", "core.sshCommand",
            "core.pager",
        ] {
            try git(program, "config", key, script)
        }
        try FileManager.default.createDirectory(
            atPath: program.folder.path + "/target/hooks", withIntermediateDirectories: true)
        try git(program, "config", "core.hooksPath", program.folder.path + "/target")
        try git(
            program, "-c", "core.fsmonitor=false", "-c", "filter.trap.clean=cat", "-c", "filter.trap.process=",
            "commit", "--allow-empty", "--no-verify", "-qm", "x")
        try? FileManager.default.removeItem(atPath: trap)
        #expect(try program.scan("target", "--since", "HEAD").status == 0)
        #expect(!FileManager.default.fileExists(atPath: trap))
    }

    @Test func rulesetsShowIsTheDocumentedObject() throws {
        let program = try program()
        let result = try program.run("rulesets", "show", "owasp-top10-2021", "--json", "--state", "state")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any])
        #expect(object["id"] as? String == "owasp-top10-2021")
        #expect((object["digest"] as? String)?.hasPrefix("s256:") == true && object["version"] != nil)
        let controls = try #require(object["controls"] as? [[String: Any]])
        let injection = try #require(controls.first { $0["id"] as? String == "A03:2021" })
        #expect(injection["title"] as? String == "Injection" && injection["assessable"] != nil)
        let rows = try #require(injection["cwes"] as? [[String: Any]])
        #expect(
            rows.contains { $0["cwe"] as? Int == 89 && $0["strength"] as? String == "official" && $0["source"] != nil })
    }

    @Test func runsAreListedAndShown() throws {
        let program = try program()
        _ = try program.scan()
        let list = try program.run("runs", "list", "--json", "--state", "state").text
        let run = try #require(try JSONSerialization.jsonObject(with: Data(list.utf8)) as? [String: Any])
        #expect(run["state"] as? String == "finished" && run["exit_code"] as? Int == 0)
        let id = try #require(run["id"] as? String)
        #expect(try program.run("runs", "show", String(id.prefix(20)), "--state", "state").text.contains(id))
        #expect(try program.run("runs", "show", "19990101", "--state", "state").status == 2)
    }

    @Test func doctorSaysWhatIsMissingAndWhatThatCosts() throws {
        var program = try program()
        #expect(try program.run("doctor", "--state", "state").status == 0)
        program.environment["SECORCH_PACKS"] = "/nowhere"
        let result = try program.run("doctor", "--state", "state")
        #expect(result.status == 0)
        #expect(result.text.contains("missing  grammars") && result.text.contains("Only lexical rules run"))
        program.environment["SECORCH_HOME"] = "/nowhere"
        #expect(try program.run("doctor", "--state", "state").status == 2)
    }

    @Test func withoutGrammarsTheScanGoesOnAndTheReportSaysSo() throws {
        var program = try program()
        try program.folder.write("token = \"ghp_\(String(repeating: "a1B2c3", count: 6))\"\n", to: "target/key.py")
        program.environment["SECORCH_PACKS"] = "/nowhere"
        #expect(try program.scan().status == 0)
        let report = try program.text("out/report.md")
        #expect(report.contains("No grammars are installed") && report.contains("lexical rules only"))
    }

    @Test func initWritesAFileOnceThatTheProgramAccepts() throws {
        let program = try program()
        #expect(try program.run("init", "--config", "own/secorch.yaml").status == 0)
        #expect(try program.scan("target", "--config", "own/secorch.yaml").status == 0)
        let again = try program.run("init", "--config", "own/secorch.yaml")
        #expect(again.status == 2 && again.errorText.contains("exists already"))
    }

    @Test func everythingInstalledIsValid() throws {
        let result = try program().run("rulesets", "validate")
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.text.contains("detection rules") && result.text.contains("framework gdpr"))
    }

    @Test func helpAndVersionAreResults() throws {
        let program = try program()
        for arguments in [["--help"], ["scan", "--help"], ["--version"]] {
            let result = try program.run(arguments)
            #expect(result.status == 0 && !result.output.isEmpty && result.errors.isEmpty, "\(arguments)")
        }
        let completions = try program.run("--generate-completion-script", "bash")
        #expect(completions.status == 0 && completions.text.contains("secorch"))
    }

    @Test func aReaderThatLeavesEarlyIsNoFailure() throws {
        let program = try program()
        let script = "\(Program.path) rulesets rules; echo \"status $?\" >&2"
        let result = try runProcess(
            "/bin/bash", ["-c", "(\(script)) | head -1"], in: program.folder.path, environment: program.environment)
        #expect(result.errorText.contains("status 0"), "\(result.errorText)")
    }

    @Test func withoutATerminalProgressIsPlainLines() throws {
        let program = try program()
        let result = try program.run("scan", "target", "--out", "out", "--state", "state")
        #expect(!result.errorText.contains("\u{1B}") && !result.errorText.contains("\r"))
        #expect(result.errorText.contains("secorch: examining: 1 files"))
    }
}
