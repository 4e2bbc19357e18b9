import Foundation
import TestSupport
import Testing

/// Keys, bundles and their verification on the command line.
@Suite struct AuditTests {
    private func scanned() throws -> Program {
        let program = try Program()
        try program.folder.write("print('hello')\n", to: "target/app.py")
        let result = try program.scan("target", "--ruleset", "gdpr")
        try #require(result.status == 0, "\(result.errorText)")
        return program
    }

    private func bundle(_ program: Program, _ more: String...) throws -> String {
        let result = try program.run(["report", "--bundle", "--out", "out", "--state", "state"] + more)
        try #require(result.status == 0, "\(result.errorText)")
        return result.text.trimmingCharacters(in: .newlines)
    }

    @Test func aSignedBundleIsVerifiedWithAndWithoutTheState() throws {
        let program = try scanned()
        let key = try program.run("audit", "keygen", "--state", "state").text
        try program.folder.write(key, to: "key.pem")
        let path = try bundle(program)
        #expect(try program.run("audit", "verify", path, "--state", "state").status == 0)
        let alone = try program.run("audit", "verify", path, "--public-key", "key.pem", "--state", "nowhere", "--json")
        #expect(alone.status == 0, "\(alone.errorText)")
        #expect(alone.text.contains("\"signature\":\"trusted\""))
        #expect(!FileManager.default.fileExists(atPath: program.folder.path + "/nowhere"))
        #expect(try program.run("audit", "verify", path, "--state", "nowhere").status == 3)
        #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder.path + "/out").count == 5)
    }

    @Test func anUnsignedBundleIsSaidToBe() throws {
        let program = try scanned()
        let made = try program.run("report", "--bundle", "--out", "out", "--state", "state")
        #expect(made.errorText.contains("unsigned"))
        let path = made.text.trimmingCharacters(in: .newlines)
        let result = try program.run("audit", "verify", path, "--state", "state")
        #expect(result.status == 3 && result.text.contains("unsigned"))
    }

    @Test func anAlteredBundleExitsOneAndNamesTheMember() throws {
        let program = try scanned()
        _ = try program.run("audit", "keygen", "--state", "state")
        let path = try bundle(program)
        var bytes = try Data(contentsOf: URL(filePath: path))
        let place = try #require(bytes.range(of: Data("signed where it lies".utf8)))
        bytes[place.lowerBound] ^= 1
        try bytes.write(to: URL(filePath: path))
        let result = try program.run("audit", "verify", path, "--state", "state")
        #expect(result.status == 1)
        #expect(result.errorText.contains("reports/report.html: the content is not the one that was bundled"))
    }

    @Test func whoTrustsTheOldKeyCanVerifyUnderTheNewOne() throws {
        let program = try scanned()
        try program.folder.write(program.run("audit", "keygen", "--state", "state").text, to: "old.pem")
        let old = try bundle(program)
        try FileManager.default.moveItem(atPath: old, toPath: program.folder.path + "/old.tar")
        try program.folder.write(program.run("audit", "rotate", "--state", "state").text, to: "new.pem")
        let new = try bundle(program)
        #expect(try program.text("old.pem") != program.text("new.pem"))
        #expect(try program.run("audit", "verify", new, "--public-key", "old.pem").status == 0)
        #expect(try program.run("audit", "verify", new, "--public-key", "new.pem").status == 0)
        #expect(try program.run("audit", "verify", "old.tar", "--state", "state").status == 0)
        // The new key was never vouched for backwards.
        #expect(try program.run("audit", "verify", "old.tar", "--public-key", "new.pem").status == 1)
        let keys = try program.run("audit", "keys", "--state", "state").text.split(separator: "\n")
        #expect(keys.count == 2 && keys[0].contains("until") && keys[1].contains("in use"))
    }

    @Test func theSignatureIsOneThatOtherToolsCheck() throws {
        let program = try scanned()
        try program.folder.write(program.run("audit", "keygen", "--state", "state").text, to: "key.pem")
        let path = try bundle(program)
        try FileManager.default.createDirectory(
            atPath: program.folder.path + "/unpacked", withIntermediateDirectories: true)
        let script = """
            cd unpacked && tar xf "$1" && sha256sum -c manifest.json.sha256 && openssl pkeyutl -verify -rawin -pubin \
            -inkey ../key.pem -in manifest.json -sigfile manifest.json.sig
            """
        let result = try runProcess("/bin/sh", ["-c", script, "sh", path], in: program.folder.path)
        #expect(result.status == 0, "\(result.text) \(result.errorText)")
        #expect(result.text.contains("Signature Verified Successfully"))
    }

    @Test func theKeyIsNobodyElsesAndNeverReplaced() throws {
        let program = try scanned()
        _ = try program.run("audit", "keygen", "--state", "state")
        let path = program.folder.path + "/state/keys/signing.pem"
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let again = try program.run("audit", "keygen", "--state", "state")
        #expect(again.status == 2 && again.errorText.contains("already"))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let open = try program.run("report", "--bundle", "--out", "out", "--state", "state")
        #expect(open.status == 2 && open.errorText.contains("mode 600"))
    }

    @Test func aRotationCutShortIsFinished() throws {
        let program = try scanned()
        _ = try program.run("audit", "keygen", "--state", "state")
        let path = program.folder.path + "/state/keys/signing.pem"
        try FileManager.default.copyItem(atPath: path, toPath: path + ".old")
        _ = try program.run("audit", "rotate", "--state", "state")
        // As it lies after the record was written and before the key was put in place.
        try FileManager.default.moveItem(atPath: path, toPath: path + ".next")
        try FileManager.default.moveItem(atPath: path + ".old", toPath: path)
        let archive = try bundle(program)
        #expect(try program.run("audit", "verify", archive, "--state", "state").status == 0)
    }

    @Test func aTimeThatCannotBeIsUnknownAndNoCrash() throws {
        let program = try scanned()
        _ = try program.run("audit", "keygen", "--state", "state")
        let ring = try program.text("state/keys/signing.pem.keys").replacingOccurrences(
            of: "\"created_at\":[0-9]+", with: "\"created_at\":-9223372036854775808", options: .regularExpression)
        try program.folder.write(ring, to: "state/keys/signing.pem.keys")
        let keys = try program.run("audit", "keys", "--state", "state")
        #expect(keys.status == 0 && keys.text.contains("from unknown"), "\(keys.errorText)")
    }

    @Test(arguments: ["", "not a bundle", String(repeating: "x", count: 5000)])
    func whatIsNoBundleIsRefused(text: String) throws {
        let program = try Program()
        try program.folder.write(text, to: "file.tar")
        #expect(try program.run("audit", "verify", "file.tar", "--state", "state").status == 1)
        #expect(try program.run("audit", "verify", "absent.tar", "--state", "state").status == 2)
        #expect(try program.run("audit", "verify", "file.tar", "--public-key", "file.tar").status == 2)
    }

    @Test func aBundleHoldsWhatWasConfiguredAndDecided() throws {
        let program = try scanned()
        try program.folder.write("exclude: ['*.log']\ndisable_rules: [python-eval]\n", to: "config.yaml")
        _ = try program.scan("target", "--config", "config.yaml", "--ruleset", "gdpr")
        let unpacked = try runProcess(
            "/bin/tar", ["xOf", try bundle(program), "configuration.json"], in: program.folder.path)
        #expect(unpacked.text.contains("exclude: *.log") && unpacked.text.contains("disable_rules: python-eval"))
        let data = try #require(try JSONSerialization.jsonObject(with: Data(unpacked.output)) as? [String: Any])
        #expect((data["rule_sets"] as? [Any])?.count == 1)
        #expect(try program.run("report", "--bundle", "--templates", "x", "--state", "state").status == 2)
    }

    @Test func noBundleHoldsAKeyOrAPathOfTheMachine() throws {
        let program = try scanned()
        _ = try program.run("audit", "keygen", "--state", "state")
        let secret = try program.text("state/keys/signing.pem").split(separator: "\n")[1]
        let data = try Data(contentsOf: URL(filePath: try bundle(program)))
        let text = String(decoding: data, as: UTF8.self)
        #expect(!text.contains(secret) && !text.contains(program.folder.path))
    }

    @Test func aTreeThatIsNotTheOneOfTheRunIsTold() throws {
        let program = try Program()
        for name in ["a.py", "b.py", "c.py"] { try program.folder.write("print('\(name)')\n", to: "target/\(name)") }
        try #require(try program.scan().status == 0)
        _ = try program.run("audit", "keygen", "--state", "state")
        let verify = ["audit", "verify", try bundle(program), "--state", "state", "--target", "target"]
        let same = try program.run(verify)
        #expect(same.status == 0 && same.text.contains("3 files as the run saw them"), "\(same.errorText)")
        try program.folder.write("print('B.py')\n", to: "target/b.py")
        try program.folder.write("", to: "target/d.py")
        try FileManager.default.removeItem(atPath: program.folder.path + "/target/a.py")
        let other = try program.run(verify)
        #expect(other.status == 1)
        for problem in ["changed: b.py", "missing: a.py", "added: d.py"] {
            #expect(other.errorText.contains("target: " + problem), "\(other.errorText)")
        }
    }

    /// The rules in a bundle are enough to repeat its run, whatever the installation says by then.
    @Test func aRunFromABundlesOwnRulesSaysTheSame() throws {
        var program = try Program()
        program.environment["SOURCE_DATE_EPOCH"] = "1700000000"
        try program.folder.write(ScanTests.vulnerable, to: "target/app.py")
        try #require(try program.scan().status == 0)
        let script = """
            set -e
            mkdir first second home && tar xf "$1" -C first && cp -r "$2/rulesets" "$2/templates" home
            rm -r home/rulesets/detection home/rulesets/taint home/rulesets/memory \\
                home/rulesets/observations home/rulesets/redaction.yaml
            cp -r first/detection-rules/* home/rulesets
            """
        let made = try runProcess(
            "/bin/sh",
            ["-c", script, "sh", try bundle(program), ProjectFolder.root.path(percentEncoded: false)],
            in: program.folder.path)
        try #require(made.status == 0, "\(made.errorText)")
        program.environment["SECORCH_HOME"] = program.folder.path + "/home"
        try FileManager.default.removeItem(atPath: program.folder.path + "/state")
        try #require(try program.scan(out: "rerun").status == 0)
        let path = try bundle(program)
        _ = try runProcess("/bin/tar", ["xf", path, "-C", program.folder.path + "/second"])
        for name in ["configuration.json", "detection-rules.json", "files.jsonl"] {
            #expect(try program.text("first/" + name) == program.text("second/" + name), "\(name)")
        }
        for name in ReportText.names {
            let (before, after) = (
                try program.text("first/reports/" + name), try program.text("second/reports/" + name)
            )
            #expect(ReportText.withoutRun(before) == ReportText.withoutRun(after), "\(name)")
        }
    }
}
