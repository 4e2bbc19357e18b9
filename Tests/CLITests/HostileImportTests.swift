import Foundation
import TestSupport
import Testing

/// SARIF that is none, that is huge, or that wants to be something else.
@Suite struct HostileImportTests {
    private func program() throws -> Program {
        let program = try Program()
        try program.folder.write("value = 1\n", to: "target/a.py")
        return program
    }

    private func take(_ program: Program, _ file: String = "x.sarif") throws -> ProcessResult {
        try program.run("import", file, "--target", "target", "--state", "state")
    }

    @Test(arguments: [
        ("not json", "x.sarif:1", "an object"), ("{\"version\": \"1.0.0\", \"runs\": []}", "x.sarif:1", "found 1.0.0"),
        ("{\"version\": \"2.1.0\",\n \"runs\": [{\"tool\"", "x.sarif:2", "the text ends"),
        ("", "x.sarif:1", "the text ends"),
        ("{\"version\": \"2.1.0\", \"runs\": []}", "x.sarif", "no run"),
        ("{\"a\": 1, \"a\": 2}", "x.sarif:1", "not there yet"),
    ])
    func whatIsNoSARIFIsOneErrorAndNothingIsTaken(text: String, place: String, words: String) throws {
        let program = try program()
        try program.folder.write(ImportTests.document([ImportTests.result("r", "a.py", line: 1)]), to: "good.sarif")
        #expect(try take(program, "good.sarif").status == 0)
        try program.folder.write(text, to: "x.sarif")
        let result = try take(program)
        #expect(result.status == 2 && result.output.isEmpty)
        #expect(result.errorText.split(separator: "\n").count == 1, "\(result.errorText)")
        #expect(result.errorText.contains(place) && result.errorText.contains(words), "\(result.errorText)")
        #expect(try program.run("import", "list", "--target", "target", "--state", "state").text.contains("1 of 1"))
    }

    @Test func aResultCutOffLosesNothingThatWasTakenBefore() throws {
        let program = try program()
        let text = ImportTests.document([ImportTests.result("r", "a.py", line: 1)])
        try program.folder.write(text, to: "x.sarif")
        #expect(try take(program).status == 0)
        for length in [text.utf8.count / 3, text.utf8.count - 2] {
            try program.folder.write(Array(text.utf8.prefix(length)), to: "x.sarif")
            #expect(try take(program).status == 2)
        }
        #expect(try program.run("import", "list", "--target", "target", "--state", "state").text.contains("1 of 1"))
    }

    @Test func foldersPipesAndMissingFilesAreNamed() throws {
        let program = try program()
        #expect(try take(program, "absent.sarif").errorText.contains("absent.sarif"))
        #expect(try take(program, "target").status == 2)
        #expect(try runProcess("/usr/bin/mkfifo", [program.folder.path + "/pipe"]).status == 0)
        #expect(try take(program, "pipe").errorText.contains("is not a file"))
    }

    @Test func textOfAToolIsNeverMarkupNorATerminalEscape() throws {
        let program = try program()
        let evil = "<script>alert(1)</script> \u{1B}[31m \u{202E} [x](javascript:alert(1)) **b** |"
        let rules =
            #"[{"id": "a<b>\u001b/c", "shortDescription": {"text": "<img src=x onerror=alert(1)>"}, "#
            + #""helpUri": "javascript:alert(1)"}]"#
        let text = ImportTests.document(
            [ImportTests.result("a<b>\u{1B}/c", "a.py", line: 1, message: evil)], tool: "<script>\\u001b", rules: rules)
        try program.folder.write(text, to: "x.sarif")
        let taken = try take(program)
        #expect(taken.status == 0 && taken.text.contains("1 of 1") && !taken.text.contains("\u{1B}"))
        #expect(try program.scan().status == 0)
        for name in ReportText.names {
            let report = try program.text("out/" + name)
            #expect(!report.contains("\u{1B}") && !report.contains("\u{202E}"), "\(name)")
        }
        let html = try program.text("out/report.html")
        #expect(!html.contains("<script") && !html.contains("<img") && !html.contains("href=\"javascript"))
        #expect(html.contains("&lt;script&gt;alert(1)"))
    }

    @Test func secretsInTextsOfToolsAreNotKept() throws {
        let program = try program()
        let key = "AKIA" + "IOSFODNN7EXAMPLQ"
        try program.folder.write(
            ImportTests.document([ImportTests.result("r", "a.py", line: 1, message: "key \(key) is leaked")]),
            to: "x.sarif")
        #expect(try take(program).status == 0)
        #expect(try program.scan().status == 0)
        #expect(!(try program.text("out/report.json").contains(key)))
        let grep = try runProcess("/usr/bin/grep", ["-rc", "-a", key, program.folder.path + "/state"])
        #expect(!grep.text.split(separator: "\n").contains { !$0.hasSuffix(":0") }, "\(grep.text)")
    }

    @Test func aHugeFileNeedsNoMoreMemoryThanASmallOne() throws {
        let program = try program()
        try Self.writeHuge(program.folder.path + "/small.sarif", size: 4 << 20)
        try Self.writeHuge(program.folder.path + "/x.sarif", size: proofCount(quick: 150, full: 1024) << 20)
        let (small, huge) = (try peak(program, "small.sarif"), try peak(program, "x.sarif"))
        #expect(huge < small + 30, "\(small) MB and \(huge) MB")
    }

    /// The most memory that an import held, in MB.
    private func peak(_ program: Program, _ file: String) throws -> Int {
        let script = """
            import os, subprocess, sys
            process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
            print(process.stdout.read().decode())
            _, status, usage = os.wait4(process.pid, 0)
            print(usage.ru_maxrss // 1024)
            sys.exit(os.waitstatus_to_exitcode(status))
            """
        let result = try runProcess(
            "/usr/bin/env",
            ["python3", "-c", script, Program.path, "import", file, "--target", "target", "--state", "state"],
            in: program.folder.path, environment: program.environment)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.text.contains(": 1 of ") && result.text.contains("larger than a result may be"))
        return try #require(result.text.split(separator: "\n").last.flatMap { Int($0) })
    }

    /// Many results with long flows, one of which is larger than any is taken, then one that is good.
    private static func writeHuge(_ path: String, size: Int) throws {
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.write(contentsOf: Data(#"{"version": "2.1.0", "runs": [{"results": ["#.utf8))
        let step = #"{"location": {"message": {"text": "\#(String(repeating: "x", count: 1000))"}}},"#
        let flow = String(repeating: step, count: 500)
        let block = Data((#"{"ruleId": "r", "codeFlows": [{"a": [\#(flow) {}]}]},"# + "\n").utf8)
        var written = 0
        while written < size {
            try file.write(contentsOf: block)
            written += block.count
        }
        try file.write(
            contentsOf: Data("{\"ruleId\": \"big\", \"x\": \"\(String(repeating: "y", count: 3 << 20))\"},\n".utf8))
        let good = ImportTests.document([ImportTests.result("r", "a.py", line: 1)])
        try file.write(contentsOf: Data(good.drop { $0 != "[" }.dropFirst().drop { $0 != "[" }.dropFirst().utf8))
        try file.close()
    }
}
