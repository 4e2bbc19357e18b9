import Foundation
import OrchestratorCore
import Reporting
import TestSupport
import Testing

/// A report of a run that was compared with another, with decisions of people in it.
private struct TrackedReport: ReportSource {
    let base: HandMadeReport
    let exceptions: [AppliedException]
    let gone: [GoneFinding]

    var assessments: [ControlAssessment] { base.assessments }
    var idleSuppressions: [(path: RepositoryPath, comment: IdleSuppression)] { base.idleSuppressions }
    func forEachFinding(_ body: (Finding) throws -> Void) throws { try base.forEachFinding(body) }
    func forEachAdvice(_ body: (Finding) throws -> Void) throws { try base.forEachAdvice(body) }
    func forEachFile(_ body: (RunFile) throws -> Void) throws { try base.forEachFile(body) }
    func forEachGone(_ body: (GoneFinding) throws -> Void) throws { try gone.forEach(body) }

    var header: ReportHeader {
        let header = base.header
        let reference = RunHistory.Reference(
            id: "20250101T000000Z-000000", number: 1, startedAt: Timestamp(seconds: 0), commit: "<b>")
        return ReportHeader(
            tool: header.tool, run: header.run, target: header.target, method: header.method, review: nil,
            summary: header.summary, weaknesses: header.weaknesses, rules: header.rules,
            history: RunHistory(
                reference: reference, fixed: gone.count { $0.isFixed }, unknown: gone.count { !$0.isFixed },
                trend: [
                    .init(startedAt: Timestamp(seconds: 0), open: [.high: 3]),
                    .init(startedAt: Timestamp(seconds: 1), open: [.high: 1]),
                ], baseline: nil))
    }
}

@Suite struct HistoryReportTests {
    private static let hostile = "<script>alert(1)</script> | **bold** [x](javascript:alert(1)) \u{202E}"

    private func finding(_ path: String, track: FindingTrack? = nil, suppression: Suppression? = nil) -> Finding {
        let path = RepositoryPath(path)
        let mark = FindingFingerprint(rule: "rule", symbol: "", text: "x", ordinal: 0, path: path)
        var finding = Finding(
            id: mark.id, fingerprint: mark.pathless, rule: "rule", weakness: 89, severity: .high, confidence: 80,
            message: "It is `so`.",
            location: Location(path: path, startLine: 1, startColumn: 1, endLine: 1, endColumn: 2), symbol: "",
            evidence: Evidence(firstLine: 1, lines: ["x"]), suppression: suppression)
        finding.track = track
        return finding
    }

    private func report() -> TrackedReport {
        let entry = FindingException(
            scope: .rule(Self.hostile, paths: Self.hostile), kind: .acceptedRisk, severity: nil, reason: Self.hostile,
            author: Self.hostile, approver: Self.hostile, until: "2030-01-01", line: 7)
        let seen = Timestamp(seconds: 0)
        let findings = [
            finding("new.py", track: FindingTrack(state: .new, firstSeen: seen)),
            finding(
                "moved.py",
                track: FindingTrack(state: .unchanged, firstSeen: seen, previousPath: RepositoryPath(Self.hostile))),
            finding("accepted.py", suppression: Suppression(entry)),
        ]
        return TrackedReport(
            base: HandMadeReport(findings: findings, files: []),
            exceptions: [AppliedException(entry: entry, standing: .inForce, matched: 0)],
            gone: [
                GoneFinding(finding: finding(Self.hostile), isFixed: true),
                GoneFinding(finding: finding("skipped.py"), isFixed: false),
            ])
    }

    private func written(_ file: ReportFile) throws -> String {
        let folder = try TemporaryFolder()
        try ReportWriter(report(), templates: try ReportTests.templates.get()).write(file, into: folder.path)
        return try String(contentsOfFile: folder.path + "/" + file.rawValue, encoding: .utf8)
    }

    @Test func whatPeopleWroteStaysText() throws {
        let html = try written(.html)
        #expect(!html.contains("<script") && !html.contains("href=\"javascript") && !html.contains("\u{202E}"))
        let folder = try TemporaryFolder()
        try folder.write(try written(.markdown), to: "report.md")
        // Whatever a reader's renderer allows, nothing of the data may be markup: cmark itself, with raw HTML on.
        let rendered = try runProcess("/usr/bin/cmark", ["--unsafe", folder.path + "/report.md"])
        try #require(rendered.status == 0)
        #expect(!rendered.text.contains("<script") && !rendered.text.contains("href=\"javascript"))
        #expect(!rendered.text.contains("<strong>bold</strong>") && !rendered.text.contains("\u{202E}"))
    }

    @Test func changesAndDecisionsAreTold() throws {
        let markdown = try written(.markdown)
        #expect(markdown.contains("1 new, 0 reopened, 0 changed, 1 fixed"))
        #expect(markdown.contains("unused: no finding matches") && markdown.contains("exceptions, line 7"))
        #expect(markdown.contains("first seen 1970-01-01"))
        #expect(markdown.contains("The source of what was fixed, before it was"))
        #expect(markdown.contains("Fixed: 1") && markdown.contains("Not looked for again: 1"))
        #expect(markdown.contains("Open findings over the last runs"))
        let sarif = try written(.sarif)
        #expect(sarif.contains("\"baselineState\":\"new\"") && !sarif.contains("\"baselineState\":\"absent\""))
    }
}
