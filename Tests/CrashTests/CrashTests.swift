import Foundation
import TestSupport
import Testing

/// The real program, killed at random instants: the same command finishes with the report of an undisturbed run.
@Suite struct CrashTests {
    @Test func aKilledScanResumesToTheReportOfAnUndisturbedOne() throws {
        var program = try Program()
        program.environment["SOURCE_DATE_EPOCH"] = "1700000000"
        try fill(program)
        let start = ContinuousClock.now
        #expect(try program.scan(out: "expected").status == 0)
        let whole = ContinuousClock.now - start
        var generator = SeededGenerator(seed: 200)
        var killed = 0
        for round in 0..<proofCount(quick: 12, full: 200) {
            try? FileManager.default.removeItem(atPath: program.folder.path + "/state")
            try? FileManager.default.removeItem(atPath: program.folder.path + "/out")
            // Sometimes the second attempt is killed as well.
            for _ in 0..<(generator.chance(30) ? 2 : 1) {
                if try kill(program, after: whole * Double.random(in: 0...1.05, using: &generator)) { killed += 1 }
            }
            let result = try program.scan()
            #expect(result.status == 0, "round \(round): \(result.errorText)")
            try expectEqualReports(program, round)
            let runs = try program.run("runs", "list", "--state", "state").text
            #expect(!runs.contains("running"), "round \(round): \(runs)")
        }
        #expect(killed > 0)
    }

    /// Enough files for a scan to be killed in the middle of.
    private func fill(_ program: Program) throws {
        let shop = ProjectFolder.fixtures.appending(path: "shop")
        for number in 0..<60 {
            let copy = program.folder.url.appending(path: "target/copy\(number)")
            try FileManager.default.createDirectory(
                at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: shop, to: copy)
            try program.folder.write("# \(number)\n", to: "target/copy\(number)/number.py")
        }
    }

    /// True where the scan was still running when it was killed.
    private func kill(_ program: Program, after delay: Duration) throws -> Bool {
        let process = try program.start(["scan", "target", "--out", "out", "--state", "state", "--quiet"])
        usleep(UInt32(delay / .microseconds(1)))
        let wasRunning = process.isRunning
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return wasRunning
    }

    private func expectEqualReports(_ program: Program, _ round: Int) throws {
        let found = try FileManager.default.contentsOfDirectory(atPath: program.folder.path + "/out").sorted()
        #expect(found == ReportText.names, "round \(round)")
        for name in ReportText.names {
            let expected = ReportText.withoutRun(try program.text("expected/" + name))
            #expect(ReportText.withoutRun(try program.text("out/" + name)) == expected, "round \(round): \(name)")
        }
    }
}
