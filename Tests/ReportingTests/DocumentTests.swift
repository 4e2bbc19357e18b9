import Foundation
import OrchestratorCore
import Reporting
import TestSupport
import Testing

/// Documents beside the report, and templates of users.
@Suite struct DocumentTests {
    private static let documents: [ReportDocument] = [.summary, .remediation, .framework("set")]

    private func text(
        _ report: HandMadeReport, _ document: ReportDocument, _ format: ReportFormat = .markdown
    ) throws -> String {
        let folder = try TemporaryFolder()
        let name = try ReportWriter(report, templates: try ReportTests.templates.get())
            .write(document, as: format, into: folder.path)
        return try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8)
    }

    @Test(arguments: documents) func hostileNamesAndCodeStayText(document: ReportDocument) throws {
        let html = try text(ReportTests.hostileReport, document, .html)
        #expect(!html.contains("<script") && !html.contains("<img") && !html.contains("href=\"javascript"))
        #expect(!html.contains("\u{202E}") && !html.contains("\u{1B}"))
        let folder = try TemporaryFolder()
        try folder.write(try text(ReportTests.hostileReport, document), to: "file.md")
        let rendered = try runProcess("/usr/bin/cmark", ["--unsafe", folder.path + "/file.md"])
        try #require(rendered.status == 0)
        #expect(!rendered.text.contains("<script") && !rendered.text.contains("<img"))
        #expect(!rendered.text.contains("<strong>bold</strong>"))
    }

    @Test func aTargetNamedLikeAPlaceholderStaysAName() throws {
        var report = HandMadeReport(findings: [], files: [])
        report.name = "{{style}}{{content}}"
        #expect(try text(report, .report, .html).contains("<title>Compliance report: {{style}}{{content}}</title>"))
    }

    /// Two findings of a weakness that the framework maps, one that it does not.
    private var mixed: HandMadeReport {
        let other = Finding(
            id: "other", fingerprint: "other", rule: "unmapped", weakness: 79, severity: .critical, confidence: 80,
            message: "Elsewhere.",
            location: Location(path: RepositoryPath("o.py"), startLine: 1, startColumn: 1, endLine: 1, endColumn: 2),
            symbol: "", evidence: Evidence(firstLine: 1, lines: ["x"]), suppression: nil)
        return HandMadeReport(
            findings: [other] + ["a.py", "b.py"].map { ReportTests.finding(path: $0, line: $0) }, files: [])
    }

    @Test func aFrameworksReportHoldsWhatTheFrameworkMaps() throws {
        let narrowed = try text(mixed, .framework("set"))
        #expect(narrowed.contains("2 open findings: 2 high.") && !narrowed.contains("o.py"))
        #expect(try text(mixed, .report).contains("3 open findings: 1 critical, 2 high."))
    }

    @Test func aFrameworksReportCountsWhatIsNewOnce() throws {
        var report = mixed
        for index in report.findings.indices {
            report.findings[index].track = FindingTrack(state: .new, firstSeen: Timestamp(seconds: 0))
            report.findings[index].track?.setDeadline(days: 1, at: Timestamp(seconds: 200_000))
        }
        #expect(try text(report, .framework("set")).contains("2 open findings are past the deadline."))
        #expect(try text(report, .remediation).contains("1970-01-02; 2 overdue"))
    }

    @Test func thePlanGroupsByRuleAndFile() throws {
        let findings = (0..<25).map { number in
            ReportTests.finding(path: "f\(number / 5).py", line: "x = \(number)", number: number)
        }
        let plan = try text(HandMadeReport(findings: findings, files: []), .remediation)
        #expect(plan.contains("T1. A | rule") || plan.contains("T1. A \\| rule"))
        #expect(plan.contains("25 places in 5 files") && plan.contains("effort large"))
        #expect(plan.contains("Set: C|1") || plan.contains("Set: C\\|1"))
        #expect(plan.components(separatedBy: "| `f").count - 1 == 5)
    }

    @Test func thePlanSaysWhatItLeavesOut() throws {
        let findings = (0..<300).map { ReportTests.finding(path: "f\($0).py", line: "x = \($0)", number: $0) }
        let plan = try text(HandMadeReport(findings: findings, files: []), .remediation)
        #expect(plan.contains("300 places in 300 files") && plan.contains("100 more files are in findings.csv"))
    }

    @Test func aSetFromBeforeADocumentSaysSo() throws {
        let old = ReportTemplates(report: "{{findings}}", page: "{{content}}", style: "")
        let folder = try TemporaryFolder()
        let error = #expect(throws: ReportingError.self) {
            try ReportWriter(HandMadeReport(findings: [], files: []), templates: old)
                .write(.summary, as: .markdown, into: folder.path)
        }
        #expect(error?.description.contains("have no summary.md") == true)
    }

    @Test func aLargeFrameworksReportHasPagesOfItsOwnAndAPrintedOneNone() throws {
        let line = String(repeating: "\"", count: 1000)
        let findings = (0..<700).map { ReportTests.finding(path: "f\($0).py", line: line, number: $0) }
        let writer = ReportWriter(
            HandMadeReport(findings: findings, files: []), templates: try ReportTests.templates.get())
        let folder = try TemporaryFolder()
        try writer.write(.framework("set"), as: .html, into: folder.path)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names.contains("report-set-findings-1.html") && names.contains("report-set-findings-2.html"))
        let whole = try TemporaryFolder()
        try writer.write(.framework("set"), as: .html, into: whole.path, isWhole: true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: whole.path) == ["report-set.html"])
    }

    // MARK: Templates of users

    @Test(arguments: [
        ("summary.md", "# S\n\ntext {{nobody}} text\n", "d/summary.md:3: unknown placeholder '{{nobody}}'"),
        ("summary.md", "# S\n\n{{nobody}}\n", "d/summary.md:3: unknown placeholder '{{nobody}}'"),
        (
            "summary.md", "# S\n\nSee: {{findings}}\n",
            "d/summary.md:3: '{{findings}}' stands for blocks; expected alone in a paragraph of its own"
        ),
        (
            "report.md", "{{findings}}\n\n{{controls}}\n\n{{coverage}}\n",
            "d/report.md:6: ends without '{{suppressions}}', which no report may leave out"
        ),
        ("page.html", "<html>\n{{style}}\n", "d/page.html:2: ends without the placeholder '{{content}}'"),
        (
            "page.html", "<html>\n{{content}}{{colour}}",
            "d/page.html:2: unknown placeholder '{{colour}}'; expected title, style, navigation or content"
        ),
    ])
    func aWrongTemplateIsNamedWithItsLine(name: String, text: String, message: String) throws {
        let shipped = try ReportTests.templates.get()
        let error = #expect(throws: ReportingError.self) { try shipped.check([name: text]) { "d/\($0)" } }
        #expect(error?.description == message)
    }

    @Test func oursPassTheirOwnCheck() throws {
        let shipped = try ReportTests.templates.get()
        #expect(throws: Never.self) { try shipped.check(shipped.parts) { $0 } }
        // Every documented name is known, whether ours use it or not.
        let words =
            "{{target}} {{date}} {{tool}} {{run}} {{framework}} {{open_findings}} {{suppressed_findings}} {{files}}"
        #expect(throws: Never.self) { try shipped.check(["summary.md": words + " {{confirmation}}"]) { $0 } }
    }

    @Test func everyPlaceholderOfOursIsDocumented() throws {
        let documented = try String(
            contentsOf: ProjectFolder.root.appending(path: "templates/README.md"), encoding: .utf8)
        for (name, text) in try ReportTests.templates.get().parts {
            for part in text.components(separatedBy: "{{").dropFirst() {
                let placeholder = part.components(separatedBy: "}}")[0]
                #expect(
                    documented.contains("`\(placeholder)`") || documented.contains("`{{\(placeholder)}}`"),
                    "\(name): \(placeholder)")
            }
        }
    }

    @Test func theDigestFollowsEveryFile() throws {
        let shipped = try ReportTests.templates.get()
        for name in ReportTemplates.names {
            #expect(shipped.replacing([name: "{{content}}"]).digest != shipped.digest, "\(name)")
        }
    }
}
