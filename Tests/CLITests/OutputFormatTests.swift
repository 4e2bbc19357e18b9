import Foundation
import TestSupport
import Testing

/// Every format from the real program, read by validators that are not ours.
@Suite struct OutputFormatTests {
    private static let validators = ProjectFolder.packs.appending(path: "validators").path(percentEncoded: false)

    /// The program with one finished run of the example.
    private func scanned() throws -> Program {
        let program = try Program()
        let target = ProjectFolder.fixtures.appending(path: "shop").path(percentEncoded: false)
        try program.folder.write("deadlines_days: {critical: 7, high: 30}\n", to: "own/secorch.yaml")
        let result = try program.run(
            "scan", target, "--out", "out", "--state", "state", "--quiet", "--config", "own/secorch.yaml")
        try #require(result.status == 0, "\(result.errorText)")
        return program
    }

    private func report(_ program: Program, _ more: String..., out: String = "again") throws -> ProcessResult {
        try program.run(["report", "latest", "--state", "state", "--out", out] + more)
    }

    private func names(_ program: Program, _ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: program.folder.path + "/" + folder).sorted()
    }

    /// Nil where the validators are not installed, and says so.
    private func validate(_ script: String, _ arguments: String...) throws -> ProcessResult? {
        guard FileManager.default.fileExists(atPath: Self.validators) else {
            print(
                "NOT TESTED: formats against their schemas; '.ci/install-prerequisites --tests' fetches the validators")
            return nil
        }
        return try runProcess(
            "/usr/bin/env", ["python3", "-c", script] + arguments,
            environment: [
                "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin", "PYTHONPATH": Self.validators,
            ])
    }

    @Test func everyFormatOfAPastRunIsWrittenTheSameTwice() throws {
        let program = try scanned()
        let formats = ["--format", "html,md,sarif,json,csv,junit,gitlab,oscal"]
        let arguments = ["report", "latest", "--state", "state"] + formats + ["--documents", "all", "--out"]
        for out in ["one", "two"] { #expect(try program.run(arguments + [out]).status == 0) }
        let written = try names(program, "one")
        let expected = [
            "findings.csv", "findings.sarif", "gl-code-quality-report.json", "junit.xml",
            "oscal-assessment-results.json", "oscal-poam.json", "remediation.html", "remediation.md",
            "report-gdpr.html", "report-gdpr.md", "report.html", "report.json", "report.md", "summary.html",
            "summary.md",
        ]
        #expect(Set(expected).isSubset(of: written), "\(written)")
        for name in written { #expect(try program.text("one/" + name) == program.text("two/" + name), "\(name)") }
        for name in ReportText.names {
            #expect(try program.text("one/" + name) == program.text("out/" + name), "\(name)")
        }
    }

    @Test func oscalIsValidForTrestle() throws {
        let program = try scanned()
        #expect(try report(program, "--format", "oscal").status == 0)
        let script = """
            import pathlib, sys
            from trestle.oscal.assessment_results import AssessmentResults
            from trestle.oscal.poam import PlanOfActionAndMilestones
            from trestle.core.duplicates_validator import DuplicatesValidator
            folder = pathlib.Path(sys.argv[1])
            for name, kind in (("oscal-assessment-results.json", AssessmentResults), ("oscal-poam.json", PlanOfActionAndMilestones)):
                model = kind.oscal_read(folder / name)
                assert model is not None, name
                assert DuplicatesValidator().model_is_valid(model, True), name
            """
        guard let result = try validate(script, program.folder.path + "/again") else { return }
        #expect(result.status == 0, "\(result.errorText)")
    }

    @Test func noTwoControlsShareAnIdInOSCAL() throws {
        let program = try scanned()
        #expect(try report(program, "--format", "oscal").status == 0)
        let document = try program.json("again/oscal-assessment-results.json")["assessment-results"] as? [String: Any]
        let result = (document?["results"] as? [[String: Any]])?.first
        let reviewed = result?["reviewed-controls"] as? [String: Any]
        let selections = try #require(reviewed?["control-selections"] as? [[String: Any]])
        let ids = selections.flatMap { selection in
            ["include-controls", "exclude-controls"].flatMap { key in
                (selection[key] as? [[String: Any]] ?? []).compactMap { $0["control-id"] as? String }
            }
        }
        #expect(ids.count > 500 && Set(ids).count == ids.count)
        #expect(ids.contains("sa-11.1") && ids.contains("owasp-top10-2021_A03-2021"))
    }

    @Test func junitIsValidForTheServersThatReadIt() throws {
        let program = try scanned()
        #expect(try report(program, "--format", "junit").status == 0)
        let script = "import sys, xmlschema; xmlschema.XMLSchema(sys.argv[1]).validate(sys.argv[2])"
        guard
            let result = try validate(
                script, Self.validators + "/junit-10.xsd", program.folder.path + "/again/junit.xml")
        else { return }
        #expect(result.status == 0, "\(result.errorText)")
    }

    @Test func sarifIsReadByAModelOfTheFormatThatIsNotOurs() throws {
        let program = try scanned()
        #expect(try report(program, "--format", "sarif").status == 0)
        let script = """
            import json, sys
            from sarif_pydantic import Sarif
            log = Sarif.model_validate(json.load(open(sys.argv[1])))
            assert log.runs[0].results and log.runs[0].tool.driver.rules
            """
        guard let result = try validate(script, program.folder.path + "/again/findings.sarif") else { return }
        #expect(result.status == 0, "\(result.errorText)")
    }

    @Test func aScanWritesWhatIsNamedAndPrintsIt() throws {
        let program = try Program()
        try program.folder.write(ScanTests.vulnerable, to: "target/app.py")
        let result = try program.scan("target", "--format", "csv,junit")
        #expect(result.status == 0, "\(result.errorText)")
        #expect(try names(program, "out") == ["findings.csv", "junit.xml"])
        let printed = result.text.split(separator: "\n").map { $0.split(separator: "/").last.map(String.init) ?? "" }
        #expect(printed == ["findings.csv", "junit.xml"])
    }

    @Test(arguments: [["--format", "html,word"], ["--format", ""], ["--documents", "letter"]])
    func whatIsUnknownIsRefusedWithWhatIsKnown(arguments: [String]) throws {
        let result = try Program().run(["report", "latest", "--state", "state"] + arguments)
        #expect(result.status == 2 && result.errorText.contains("expected some of"))
    }

    // MARK: PDF

    @Test func withoutAPrintingProgramTheRestIsWrittenAndTheErrorNamesWhatToInstall() throws {
        var program = try scanned()
        try program.folder.write("", to: "bin/nothing")
        program.environment["PATH"] = program.folder.path + "/bin"
        let result = try report(program, "--format", "pdf,csv,md")
        #expect(result.status == 2)
        #expect(result.errorText.contains("install one (Debian: chromium or weasyprint)"))
        #expect(try names(program, "again") == ["findings.csv", "report.md"])
    }

    @Test func aProgramThatFailsLeavesNoPDF() throws {
        var program = try scanned()
        try program.folder.write("#!/bin/sh\nexit 3\n", to: "bin/chromium")
        chmod(program.folder.path + "/bin/chromium", 0o755)
        program.environment["PATH"] = program.folder.path + "/bin:/usr/bin:/bin"
        let result = try report(program, "--format", "pdf,csv")
        #expect(result.status == 2 && result.errorText.contains("ended with status 3"))
        #expect(try names(program, "again") == ["findings.csv"])
    }

    /// Beyond the times, its bytes are the printing program's own affair: Chromium numbers its parts anew when it is in a hurry.
    @Test func aPDFHasTheTimesOfItsRun() throws {
        let program = try scanned()
        let first = try report(program, "--format", "pdf", "--documents", "summary")
        guard !first.errorText.contains("neither is on PATH") else {
            print("NOT TESTED: PDF; neither Chromium nor WeasyPrint is installed")
            return
        }
        #expect(first.status == 0, "\(first.errorText)")
        #expect(try report(program, "--format", "pdf", "--documents", "summary", out: "more").status == 0)
        let times = try ["again", "more"].map { folder in
            let bytes = try Data(contentsOf: program.folder.url.appending(path: folder + "/summary.pdf"))
            #expect(bytes.starts(with: Array("%PDF-".utf8)))
            let mark = try #require(bytes.range(of: Data("/CreationDate (D:".utf8)))
            return String(decoding: bytes[mark.upperBound..<(mark.upperBound + 14)], as: UTF8.self)
        }
        let finished = try #require(
            (program.json("out/report.json")["run"] as? [String: Any])?["finished_at"] as? String)
        #expect(times == Array(repeating: finished.filter(\.isNumber), count: 2))
    }

    // MARK: Templates of users

    @Test func templatesOfTheUserShapeTheReportAndArePinned() throws {
        let program = try Program()
        try program.folder.write(ScanTests.vulnerable, to: "target/app.py")
        try program.folder.write("# House summary of {{target}}\n\n{{severities}}\n", to: "house/summary.md")
        let formats = ["--format", "md", "--documents", "summary"]
        #expect(
            try program.run(["scan", "target", "--out", "out", "--state", "state", "--templates", "house"] + formats)
                .status == 0)
        let text = try program.text("out/summary.md")
        #expect(text.hasPrefix("# House summary of target\n"))
        try FileManager.default.removeItem(atPath: program.folder.path + "/house")
        #expect(try program.run(["report", "latest", "--state", "state", "--out", "again"] + formats).status == 0)
        #expect(try program.text("again/summary.md") == text)
    }

    @Test func theConfigurationNamesTemplatesRelativeToItself() throws {
        let program = try Program()
        try program.folder.write(ScanTests.vulnerable, to: "target/app.py")
        try program.folder.write("# House summary\n", to: "own/house/summary.md")
        try program.folder.write("templates: house\n", to: "own/secorch.yaml")
        let result = try program.scan(
            "target", "--config", "own/secorch.yaml", "--format", "md", "--documents", "summary")
        #expect(result.status == 0, "\(result.errorText)")
        #expect(try program.text("out/summary.md").hasPrefix("# House summary"))
    }

    @Test(arguments: [
        ("house/report.md", "# R\n\n{{nobody}}\n", "house/report.md:3: unknown placeholder '{{nobody}}'"),
        ("house/reprot.md", "# R\n", "house/reprot.md is no template"),
        ("house/README.md", "", "there is no template in"),
        ("elsewhere/report.md", "", "cannot read the templates in"),
    ])
    func aWrongTemplateEndsTheScanBeforeItBegins(file: String, text: String, message: String) throws {
        let program = try Program()
        try program.folder.write(ScanTests.vulnerable, to: "target/app.py")
        try program.folder.write(text, to: file)
        let result = try program.scan("target", "--templates", "house")
        #expect(result.status == 2 && result.errorText.contains(message), "\(result.errorText)")
        #expect(try program.run("runs", "list", "--state", "state").text.isEmpty)
    }

    /// A target's configuration may only narrow, and templates are no narrowing.
    @Test func aTargetCannotBringItsOwnTemplates() throws {
        let program = try Program()
        try program.folder.write(ScanTests.vulnerable, to: "target/app.py")
        try program.folder.write("# Nothing found\n", to: "target/house/report.md")
        try program.folder.write("templates: house\n", to: "target/secorch.yaml")
        #expect(try program.scan().status == 0)
        let text = try program.text("out/report.md")
        #expect(!text.contains("# Nothing found") && text.contains("refused the key 'templates'"))
    }
}
