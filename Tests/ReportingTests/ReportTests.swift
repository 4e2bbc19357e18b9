import Foundation
import OrchestratorCore
import Reporting
import TestSupport
import Testing

/// A report made by hand, with whatever names and texts a test wants in it.
struct HandMadeReport: ReportSource {
    var findings: [Finding]
    var advice: [Finding] = []
    var files: [RunFile]
    var name = "target"
    var notices: [String] = []
    var idleSuppressions: [(path: RepositoryPath, comment: IdleSuppression)] = []

    func forEachFinding(_ body: (Finding) throws -> Void) throws { try findings.forEach(body) }
    func forEachAdvice(_ body: (Finding) throws -> Void) throws { try advice.forEach(body) }
    func forEachFile(_ body: (RunFile) throws -> Void) throws { try files.forEach(body) }
    var exceptions: [AppliedException] { [] }
    func forEachGone(_ body: (GoneFinding) throws -> Void) throws {}

    var assessments: [ControlAssessment] {
        [
            ControlAssessment(
                ruleSet: "set", control: "C|1", status: .notSatisfied, reason: "Because of <b>findings</b>.",
                openFindings: findings.count, suppressedFindings: 0, weaknessesMapped: 1, weaknessesCovered: 1,
                weaknessesUncovered: [],
                evidence: [
                    MappedEvidence(weakness: 89, strength: .strong, source: "curated", openFindings: findings.count)
                ])
        ]
    }

    var header: ReportHeader {
        var summary = Summary()
        for finding in findings { summary.add(finding, check: .codeCompliance) }
        for finding in advice { summary.addAdvice(finding) }
        for entry in files {
            let file = entry.file
            summary.add(
                CoverageCount(
                    isListed: entry.isListed, language: file.language, reason: file.coverage.reason, files: 1,
                    lines: file.lineCount, bytes: file.byteCount))
        }
        for assessment in assessments { summary.add(assessment, check: .codeCompliance) }
        let control = Control(
            id: "C|1", title: "A *control*", group: "", assessable: .code, checkType: .codeCompliance, summary: "",
            evidencedByScan: false, needsPersonalData: false,
            mappings: [Mapping(weakness: 89, source: "curated", strength: .strong, rationale: "")])
        let ruleSet = RuleSet(
            id: "set", title: "A set", shortTitle: "Set", version: "1", publisher: "P", licence: "L",
            url: "https://example.org/set", digest: Digest(of: "set"), controls: [control])
        return ReportHeader(
            tool: .init(name: "Security Orchestrator", version: "1"),
            run: .init(
                id: "20260101T000000Z-000000", number: 1, startedAt: Timestamp(seconds: 0),
                finishedAt: Timestamp(seconds: 1),
                exitCode: 0),
            target: .init(
                name: name,
                revision: Revision(
                    commit: "0123456789012345678901234567890123456789", branch: "<b>", remote: "git@host:a b"),
                digest: Digest(of: "files")),
            method: .init(
                options: [], ruleSets: [ruleSet], detectionRules: Digest(of: "rules"), detectionRuleCount: 1,
                templates: Digest(of: "templates"), personalData: "no", since: nil, honoursSuppressions: true,
                notices: notices), review: nil,
            summary: summary,
            weaknesses: [Weakness(id: 89, name: "SQL <injection>", checkType: .codeCompliance, parent: nil)],
            rules: [
                RuleDescription(
                    id: "rule", title: "A | rule", languages: [], weakness: 89, severity: .high, confidence: 80,
                    message: "It is `so`.", remediation: "Do <not>.", references: ["https://example.org/a?b=c&d"]),
                RuleDescription(
                    id: "habit", title: "A | habit", languages: [], weakness: 1164, severity: .high, confidence: 80,
                    message: "It is `untidy`.", remediation: "Tidy <up>.", references: [], category: .bestPractice),
            ])
    }
}

@Suite struct ReportTests {
    static let templates = Result {
        let folder = ProjectFolder.root.appending(path: "templates/reports")
        func text(_ name: String) throws -> String {
            try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        }
        let parts = try ReportTemplates.names.map { ($0, try text($0)) }
        return try #require(ReportTemplates(parts: Dictionary(uniqueKeysWithValues: parts)))
    }

    static func finding(path: String, line: String, number: Int = 0, reason: String? = nil) -> Finding {
        let path = RepositoryPath(path)
        let mark = FindingFingerprint(rule: "rule", symbol: "", text: line, ordinal: number, path: path)
        return Finding(
            id: mark.id, fingerprint: mark.pathless, rule: "rule", weakness: 89, severity: .high, confidence: 80,
            message: "It is `so`.",
            location: Location(path: path, startLine: 2, startColumn: 1, endLine: 2, endColumn: 5),
            symbol: "<script>alert(2)</script>", evidence: Evidence(firstLine: 1, lines: ["before", line, "after"]),
            suppression: reason.map { Suppression(kind: .inSource, reason: $0, line: 1) })
    }

    static func file(_ path: String, _ coverage: Coverage) -> RunFile {
        RunFile(
            file: SourceFile(
                path: RepositoryPath(path), byteCount: 10, digest: Digest(of: path),
                language: Language(rawValue: "python"),
                lineCount: 3, coverage: coverage), isListed: true)
    }

    static func written(_ report: HandMadeReport) throws -> [ReportFile: String] {
        let folder = try TemporaryFolder()
        let writer = ReportWriter(report, templates: try templates.get())
        var texts: [ReportFile: String] = [:]
        for file in ReportFile.allCases {
            try writer.write(file, into: folder.path)
            texts[file] = try String(contentsOfFile: folder.path + "/" + file.rawValue, encoding: .utf8)
        }
        return texts
    }

    static let hostile = [
        "<script>alert(1)</script>.py", "[x](javascript:alert(1)).py", "a|b`c`.py", "**bold** _it_ # head.py",
        "\u{202E}gpj.py", "\u{1B}[31mred.py", "{{findings}}.py", "<img src=x onerror=alert(1)>.py", "a\nb.py",
        "&lt;.py",
        "</code></pre><script>.py", "![i](http://evil.example/x.png)",
    ]

    static var hostileReport: HandMadeReport {
        HandMadeReport(
            findings: hostile.map { finding(path: $0, line: $0) }
                + hostile.map { finding(path: "s.py", line: $0, reason: $0) },
            files: hostile.map { file($0, Coverage(.unreadable, $0)) }, name: hostile[0],
            notices: hostile,
            idleSuppressions: hostile.map { (RepositoryPath($0), IdleSuppression(line: 1, problem: $0)) })
    }

    @Test func hostileNamesAndCodeStayTextInHTML() throws {
        let html = try #require(Self.written(Self.hostileReport)[.html])
        #expect(!html.contains("<script"))
        #expect(!html.contains("<img"))
        #expect(!html.contains("href=\"javascript"))
        #expect(!html.contains("\u{202E}") && !html.contains("\u{1B}"))
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;.py"))
        #expect(html.contains("{{findings}}.py"))
        #expect(html.contains("default-src 'none'"))
    }

    @Test func hostileNamesAndCodeStayTextInMarkdown() throws {
        let folder = try TemporaryFolder()
        let markdown = try #require(Self.written(Self.hostileReport)[.markdown])
        try folder.write(markdown, to: "report.md")
        #expect(!markdown.contains("\u{202E}") && !markdown.contains("\u{1B}"))
        // Whatever a reader's renderer allows, nothing of the data may be markup: cmark itself, with raw HTML on.
        let rendered = try runProcess("/usr/bin/cmark", ["--unsafe", folder.path + "/report.md"])
        try #require(rendered.status == 0)
        #expect(!rendered.text.contains("<script"))
        #expect(!rendered.text.contains("<img"))
        #expect(!rendered.text.contains("href=\"javascript"))
        #expect(!rendered.text.contains("<strong>bold</strong>"))
    }

    @Test func hostileNamesAndCodeStayTextInJSON() throws {
        let texts = try Self.written(Self.hostileReport)
        for file in [ReportFile.json, .sarif, .gitlab, .assessmentResults, .planOfAction] {
            let text = try #require(texts[file])
            #expect(!text.contains("\u{202E}") && !text.contains("\u{1B}"))
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
        }
    }

    @Test func theSameSourceGivesTheSameBytes() throws {
        #expect(try Self.written(Self.hostileReport) == Self.written(Self.hostileReport))
    }

    @Test func anUnknownPlaceholderIsAnErrorWithItsLine() throws {
        let templates = ReportTemplates(report: "# Report\n\nof {{nobody}}\n", page: "{{content}}", style: "")
        let folder = try TemporaryFolder()
        let report = HandMadeReport(findings: [], files: [])
        let error = #expect(throws: ReportingError.self) {
            try ReportWriter(report, templates: templates).write(.markdown, into: folder.path)
        }
        #expect(error?.description == "templates/reports/report.md:3: unknown placeholder '{{nobody}}'")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func aReportWithoutFindingsSaysSo() throws {
        let report = HandMadeReport(findings: [], files: [Self.file("a.py", Coverage(.complete))])
        #expect(try #require(Self.written(report)[.markdown]).contains("No open findings."))
    }

    @Test func everyPlaceOfManyIsReachableAndCounted() throws {
        let findings = (0..<1300).map { Self.finding(path: "file\($0).py", line: "x = \($0)", number: $0) }
        let texts = try Self.written(HandMadeReport(findings: findings, files: []))
        #expect(try #require(texts[.html]).contains("800 further places, without source"))
        let markdown = try #require(texts[.markdown])
        #expect(markdown.contains("1200 further places, without source"))
        #expect(markdown.contains("200 more are in findings.sarif and report.json."))
        #expect(try #require(texts[.sarif]).contains("file1299.py"))
    }
}
