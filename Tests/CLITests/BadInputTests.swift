import Foundation
import TestSupport
import Testing

/// One clear error, exit 2, nothing recorded lost.
@Suite struct BadInputTests {
    private func program() throws -> Program {
        let program = try Program()
        try program.folder.write(ScanTests.vulnerable, to: "target/app.py")
        return program
    }

    private func expectRefusal(
        _ result: ProcessResult, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(result.status == 2, "\(result.errorText)", sourceLocation: sourceLocation)
        let lines = result.errorText.split(separator: "\n")
        #expect(lines.count == 1, "\(result.errorText)", sourceLocation: sourceLocation)
        for word in words {
            #expect(result.errorText.contains(word), "\(result.errorText)", sourceLocation: sourceLocation)
        }
        #expect(result.output.isEmpty, sourceLocation: sourceLocation)
    }

    @Test func aMissingPathIsNamed() throws { expectRefusal(try program().scan("nowhere"), "no such folder: nowhere") }

    @Test func anEmptyPathIsRefused() throws { expectRefusal(try program().scan(""), "empty") }

    @Test func aFileIsNoFolder() throws { expectRefusal(try program().scan("target/app.py"), "is not a folder") }

    @Test func wrongOptionsAreUsageErrors() throws {
        let program = try program()
        #expect(try program.run("scan").status == 2)
        #expect(try program.run("scan", "target", "--fail-on", "sometimes").status == 2)
        #expect(try program.run("scan", "target", "--jobs", "0").status == 2)
        #expect(try program.run("nonsense").status == 2)
    }

    @Test func anUnknownRuleSetNamesTheKnownOnes() throws {
        expectRefusal(try program().scan("target", "--ruleset", "pci"), "no rule set 'pci'", "gdpr")
    }

    @Test func anUnknownRevisionIsNamed() throws {
        expectRefusal(try program().scan("target", "--since", "v9"), "v9")
    }

    @Test func aMistakeInTheConfigurationIsNamedWithItsLine() throws {
        let program = try program()
        try program.folder.write("exclude: [a]\nfail_on: never\n", to: "config.yaml")
        expectRefusal(try program.scan("target", "--config", "config.yaml"), "config.yaml:2:10", "never")
        expectRefusal(try program.scan("target", "--config", "absent.yaml"), "absent.yaml")
    }

    @Test func aBadRuleFileIsNamedWithItsLine() throws {
        let program = try program()
        try program.folder.write("rules:\n  - id: a\n    languages: [klingon]\n", to: "rules.yaml")
        expectRefusal(
            try program.run("rulesets", "validate", "rules.yaml"), "rules.yaml:3:17", "unknown language 'klingon'")
    }

    @Test func aCorruptDatabaseIsNamedAndLeftUntouched() throws {
        let program = try program()
        _ = try program.scan()
        let find = try runProcess("/usr/bin/find", [program.folder.path + "/state", "-name", "runs.sqlite"])
        let path = find.text.split(separator: "\n").map(String.init)[0]
        let garbage = Data("no database".utf8)
        try garbage.write(to: URL(filePath: path))
        expectRefusal(try program.scan(), "runs.sqlite", "left as it is")
        #expect(try Data(contentsOf: URL(filePath: path)) == garbage)
    }

    @Test func anOutputFolderThatCannotBeWrittenIsNamedBeforeAnyWork() throws {
        let program = try program()
        try program.folder.write("x", to: "file")
        expectRefusal(try program.scan(out: "file/out"), "cannot create the output folder")
        #expect(!FileManager.default.fileExists(atPath: program.folder.path + "/state"))
    }

    @Test func reportsAreNotWrittenThroughALinkOfTheTarget() throws {
        let program = try program()
        try FileManager.default.createDirectory(
            atPath: program.folder.path + "/elsewhere", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: program.folder.path + "/target/reports", withDestinationPath: program.folder.path + "/elsewhere")
        expectRefusal(try program.scan(out: "target/reports"), "symbolic link")
        #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder.path + "/elsewhere").isEmpty)
    }

    @Test func twoRunsAtOnceOnOneStateDoNotMix() throws {
        let program = try program()
        for number in 0..<300 {
            try program.folder.write(ScanTests.vulnerable + "# \(number)\n", to: "target/more/\(number).py")
        }
        let other = try program.start(["scan", "target", "--out", "one", "--state", "state"])
        let result = try program.scan(out: "two")
        other.waitUntilExit()
        #expect(result.status == 0 || other.terminationStatus == 0)
        if result.status != 0 { expectRefusal(result, "another run on this repository") }
        #expect(try program.scan().status == 0)
    }

    @Test func aFullDiskIsNamedAndNothingRecordedIsLost() throws {
        let program = try program()
        #expect(try program.scan().status == 0)
        // A file system of its own, as small as the state: only where the machine lets us mount one.
        let folder = program.folder.path
        let script = """
            mkdir -p \(folder)/small && mount -t tmpfs -o size=8m tmpfs \(folder)/small || exit 77
            cp -a \(folder)/state \(folder)/small/state || exit 78
            dd if=/dev/zero of=\(folder)/small/fill bs=4k 2>/dev/null
            cd \(folder) && \(Program.path) scan target --out small/out --state small/state --quiet
            code=$?
            rm \(folder)/small/fill
            \(Program.path) runs list --state small/state && exit $code
            """
        let result = try runProcess(
            "/usr/bin/unshare", ["-m", "sh", "-c", script], environment: program.environment)
        if result.status == 77 || result.errorText.contains("unshare") {
            print("NOT TESTED: a full disk; this machine allows no mount")
            return
        }
        #expect(result.status == 2, "\(result.errorText)")
        #expect(result.errorText.contains("space") || result.errorText.contains("cannot"), "\(result.errorText)")
        #expect(result.text.contains("finished"), "the earlier run is gone: \(result.text)")
    }

    @Test func anUnreadableFileIsInTheLedger() throws {
        guard getuid() != 0 else {
            // Root reads everything; a file that vanishes behind a permission cannot be made. The walk's own tests cover it.
            return
        }
        let program = try program()
        try program.folder.write("x = 1\n", to: "target/locked.py")
        chmod(program.folder.path + "/target/locked.py", 0)
        #expect(try program.scan().status == 3)
        #expect(try program.text("out/report.md").contains("locked.py"))
    }
}
