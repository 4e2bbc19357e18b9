import Foundation
import OrchestratorCore
import Pipeline
import TestSupport
import Testing

/// Real bundles of the real program, and what is done to them.
@Suite struct BundleTests {
    /// A scanned folder with a key and its signed bundle.
    private struct Bundle {
        let program: Program
        let path: String
        let bytes: [UInt8]
        let key: VerifyingKey

        init() throws {
            program = try Program()
            try BundleTests.scan(program)
            _ = try program.run("audit", "keygen", "--state", "state")
            path = try BundleTests.bundle(program)
            bytes = try Array(Data(contentsOf: URL(filePath: path)))
            try program.folder.write(program.run("audit", "keys", "--pem", "--state", "state").text, to: "key.pem")
            key = try KeyFile.publicKey(program.folder.path + "/key.pem")
        }

        /// The problems of other bytes in the bundle's place.
        func problems(of bytes: [UInt8]) throws -> [String] {
            try program.folder.write(bytes, to: "other.tar")
            return try BundleVerifier(trusting: .key(key)).verify(program.folder.path + "/other.tar").problems
        }
    }

    private static func scan(_ program: Program) throws {
        try program.folder.write("import os\n\n\ndef run(x):\n    os.system(\"ls \" + x)\n", to: "target/app.py")
        try program.folder.write("plain\n", to: "target/readme.txt")
        let result = try program.scan("target", "--ruleset", "owasp-top10-2021", "--ruleset", "gdpr")
        try #require(result.status == 0, "\(result.errorText)")
    }

    private static func bundle(_ program: Program, _ more: String...) throws -> String {
        let result = try program.run(["report", "latest", "--bundle", "--out", "out", "--state", "state"] + more)
        try #require(result.status == 0, "\(result.errorText)")
        return result.text.trimmingCharacters(in: .newlines)
    }

    @Test func everyFlippedBitIsFound() throws {
        let bundle = try Bundle()
        try #require(try bundle.problems(of: bundle.bytes).isEmpty)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<1000 {
            var bytes = bundle.bytes
            let index = Int.random(in: bytes.indices, using: &generator)
            bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            #expect(try !bundle.problems(of: bytes).isEmpty, "byte \(index)")
        }
    }

    @Test func everyFlippedBitAroundTheContentsIsFound() throws {
        let bundle = try Bundle()
        // Headers, and what fills the blocks after the contents: half of what the first test hardly ever hits.
        let places = stride(from: 0, to: bundle.bytes.count, by: 512).flatMap { block in
            bundle.bytes[block..<block + 512].contains(0) ? Array(block..<block + 512) : []
        }
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<1000 {
            var bytes = bundle.bytes
            let index = generator.pick(places)
            bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            #expect(try !bundle.problems(of: bytes).isEmpty, "byte \(index)")
        }
    }

    @Test func whatIsCutAddedOrMovedIsFound() throws {
        let bundle = try Bundle()
        var generator = SeededGenerator(seed: 9)
        for length in [0, 1, 511, 512, 1024, bundle.bytes.count - 1, bundle.bytes.count - 512]
            + (0..<100).map({ _ in Int.random(in: bundle.bytes.indices, using: &generator) })
        {
            #expect(try !bundle.problems(of: Array(bundle.bytes.prefix(length))).isEmpty, "cut to \(length)")
        }
        for tail in [[0], [UInt8](repeating: 0, count: 512), Array("x".utf8), bundle.bytes] {
            #expect(try !bundle.problems(of: bundle.bytes + tail).isEmpty, "\(tail.count) bytes added")
        }
        let members = try Self.members(bundle.bytes)
        for (index, first) in members.enumerated().dropLast() {
            let second = members[index + 1]
            let swapped = Array(bundle.bytes[second]) + Array(bundle.bytes[first])
            let bytes = bundle.bytes[..<first.lowerBound] + swapped + bundle.bytes[second.upperBound...]
            #expect(try !bundle.problems(of: Array(bytes)).isEmpty, "members \(index) and \(index + 1) swapped")
            let doubled = bundle.bytes[..<first.upperBound] + bundle.bytes[first] + bundle.bytes[first.upperBound...]
            #expect(try !bundle.problems(of: Array(doubled)).isEmpty, "member \(index) twice")
            let without = bundle.bytes[..<first.lowerBound] + bundle.bytes[first.upperBound...]
            #expect(try !bundle.problems(of: Array(without)).isEmpty, "member \(index) left out")
        }
    }

    /// Where each member lies, header and padding included.
    private static func members(_ bytes: [UInt8]) throws -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        while bytes[start] != 0 {
            let digits = String(decoding: bytes[(start + 124)..<(start + 135)], as: UTF8.self)
            let size = try #require(Int(digits, radix: 8))
            let end = start + 512 + (size + 511) / 512 * 512
            ranges.append(start..<end)
            start = end
        }
        return ranges
    }

    @Test func whoeverRewritesAllDigestsStillLacksTheKey() throws {
        let bundle = try Bundle()
        // A second run of the same state, bundled without a key: intact, but nobody's.
        let unsigned = try Self.bundle(bundle.program, "--unsigned")
        let result = try BundleVerifier(trusting: .ring(nil)).verify(unsigned)
        #expect(result.problems.isEmpty && result.signature == .none)
        #expect(try !BundleVerifier(trusting: .key(bundle.key)).verify(unsigned).problems.isEmpty)
        // Another's key.
        _ = try bundle.program.run("audit", "keygen", "--key", "mallory.pem")
        let forged = try Self.bundle(bundle.program, "--key", "mallory.pem")
        #expect(try !BundleVerifier(trusting: .key(bundle.key)).verify(forged).problems.isEmpty)
        let unknown = try BundleVerifier(trusting: .ring(nil)).verify(forged)
        guard case .unknown = unknown.signature else {
            Issue.record("\(unknown.signature)")
            return
        }
    }

    @Test func theSameRunUnderTheSameKeyGivesTheSameBytes() throws {
        let bundle = try Bundle()
        let again = try Self.bundle(bundle.program)
        #expect(try Array(Data(contentsOf: URL(filePath: again))) == bundle.bytes)
    }

    /// The documented differences: reports and `run.json` name the run, its number and its times.
    @Test func twoRunsOverTheSameInputGiveTheSameDigests() throws {
        var manifests: [[String: Digest]] = []
        var texts: [[String: String]] = []
        for _ in 0..<2 {
            var program = try Program()
            program.environment["SOURCE_DATE_EPOCH"] = "1700000000"
            try Self.scan(program)
            let path = try Self.bundle(program)
            let manifest = try #require(try BundleVerifier(trusting: .ring(nil)).verify(path).manifest)
            manifests.append(Dictionary(uniqueKeysWithValues: manifest.members.map { ($0.name, $0.digest) }))
            let unpacked = try runProcess("/bin/tar", ["xf", path, "-C", program.folder.path])
            try #require(unpacked.status == 0, "\(unpacked.errorText)")
            var members: [String: String] = [:]
            for name in manifests[manifests.count - 1].keys { members[name] = try program.text(name) }
            texts.append(members)
        }
        let differing = Set(manifests[0].keys.filter { manifests[0][$0] != manifests[1][$0] })
        #expect(manifests[0].keys == manifests[1].keys)
        #expect(
            differing.isSubset(of: [
                "run.json", "reports/report.md", "reports/report.html", "reports/report.json", "reports/findings.sarif",
            ]))
        for name in differing {
            #expect(
                ReportText.withoutRun(texts[0][name] ?? "") == ReportText.withoutRun(texts[1][name] ?? ""), "\(name)")
        }
    }
}
