import Foundation
import OrchestratorCore
import Reporting
import TestSupport
import Testing

/// The formats that other programs read, each read by a program that is not ours where there is one.
@Suite struct FormatTests {
    private static let formulas = [
        "=HYPERLINK(\"http://evil.example\")", "+1+1", "-2+3", "@SUM(A1)", " =1+1", "\t=1", "\u{FF1D}1", "a,b\"c\"",
        "a\nb",
    ]

    private static var report: HandMadeReport {
        var report = ReportTests.hostileReport
        report.findings += formulas.map { ReportTests.finding(path: $0, line: $0, reason: $0) }
        return report
    }

    /// What Python's own reader makes of a file.
    private func python(_ program: String, _ text: String) throws -> Any {
        let folder = try TemporaryFolder()
        try folder.write(text, to: "file")
        let result = try runProcess("/usr/bin/env", ["python3", "-c", program, folder.path + "/file"])
        try #require(result.status == 0, "\(result.errorText)")
        return try JSONSerialization.jsonObject(with: Data(result.output), options: .fragmentsAllowed)
    }

    @Test func csvIsReadBackAndHoldsNoFormula() throws {
        let text = try #require(try ReportTests.written(Self.report)[.csv])
        let reader =
            "import csv, json, sys; print(json.dumps(list(csv.reader(open(sys.argv[1], newline='', encoding='utf-8'), strict=True))))"
        let rows = try #require(try python(reader, text) as? [[String]])
        let header = try #require(rows.first)
        #expect(rows.count == Self.report.findings.count + 1)
        #expect(rows.allSatisfy { $0.count == header.count })
        for cell in rows.dropFirst().joined() {
            let first = cell.unicodeScalars.first { $0 != " " && $0 != "\t" && $0 != "\n" }
            #expect(first.map { !"=+-@\u{FF1D}".unicodeScalars.contains($0) } ?? true, "\(cell)")
        }
        let reasons = rows.compactMap { row in header.firstIndex(of: "suppression").map { row[$0] } }
        #expect(reasons.contains("'=HYPERLINK(\"http://evil.example\")") && reasons.contains("a,b\"c\""))
        #expect(text.hasSuffix("\r\n") && !text.contains("\u{202E}") && !text.contains("\u{1B}"))
    }

    @Test func junitIsXMLWhoseCountsAreRight() throws {
        var report = Self.report
        report.name = "nul\u{0}\u{FFFF}]]>"
        let text = try #require(try ReportTests.written(report)[.junit])
        let reader = """
            import json, sys, xml.etree.ElementTree as tree
            root = tree.parse(sys.argv[1]).getroot()
            suites = root.findall("testsuite")
            right = all(int(s.get("tests")) == len(s.findall("testcase"))
                and int(s.get("failures")) == len(s.findall("testcase/failure"))
                and int(s.get("errors")) == len(s.findall("testcase/error"))
                and int(s.get("skipped")) == len(s.findall("testcase/skipped")) for s in suites)
            cases = root.findall("testsuite/testcase")
            print(json.dumps({"right": right, "tests": int(root.get("tests")), "cases": len(cases),
                "names": len({(c.get("classname"), c.get("name")) for c in cases}), "failures": int(root.get("failures")),
                "messages": [c.get("message") for c in root.findall(".//skipped")]}))
            """
        let result = try #require(try python(reader, text) as? [String: Any])
        #expect(result["right"] as? Bool == true)
        #expect(result["tests"] as? Int == result["cases"] as? Int)
        #expect(result["names"] as? Int == result["cases"] as? Int, "cases of one name are merged by their readers")
        #expect(result["failures"] as? Int == report.findings.count { $0.isOpen })
        #expect(
            (result["messages"] as? [String])?.contains(
                "suppressed, comment in the source: <script>alert(1)</script>.py") == true)
    }

    @Test func aReportWithoutFindingsIsAPassedTestAndAValidPlan() throws {
        let texts = try ReportTests.written(
            HandMadeReport(findings: [], files: [ReportTests.file("a.py", Coverage(.complete))]))
        #expect(try #require(texts[.junit]).contains("tests=\"1\" failures=\"0\" errors=\"0\""))
        #expect(try #require(texts[.gitlab]) == "[\n]\n")
        let plan = try object(#require(texts[.planOfAction]))["plan-of-action-and-milestones"] as? [String: Any]
        #expect((plan?["poam-items"] as? [Any])?.count == 1 && plan?["risks"] == nil && plan?["observations"] == nil)
    }

    @Test func gitlabFingerprintsAreUniqueAndSuppressedFindingsLeftOut() throws {
        let text = try #require(try ReportTests.written(Self.report)[.gitlab])
        let issues = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
        #expect(issues.count == Self.report.findings.count { $0.isOpen })
        #expect(Set(issues.compactMap { $0["fingerprint"] as? String }).count == issues.count)
        #expect(issues.allSatisfy { $0["severity"] as? String == "critical" })
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    /// The values of a key anywhere below.
    private func values(_ key: String, in value: Any) -> [String] {
        if let object = value as? [String: Any] {
            return object.flatMap { name, value -> [String] in
                (name == key ? [value as? String].compactMap { $0 } : []) + values(key, in: value)
            }
        }
        return (value as? [Any])?.flatMap { values(key, in: $0) } ?? []
    }

    @Test(arguments: [ReportFile.assessmentResults, .planOfAction])
    func everyReferenceInOSCALLeadsSomewhere(file: ReportFile) throws {
        let document = try object(#require(try ReportTests.written(Self.report)[file]))
        let ids = values("uuid", in: document)
        #expect(Set(ids).count == ids.count)
        for key in ["observation-uuid", "risk-uuid", "subject-uuid", "actor-uuid", "component-uuid"] {
            let references = Set(values(key, in: document))
            #expect(references.subtracting(ids).isEmpty, "\(key)")
        }
        let observations = Set(values("observation-uuid", in: document))
        #expect(
            observations.count
                == (file == .planOfAction ? Self.report.findings.filter(\.isOpen) : Self.report.findings).count)
    }

    @Test func suppressedIsADeviationAskedForAndNoWork() throws {
        let results = try #require(try ReportTests.written(Self.report)[.assessmentResults])
        #expect(results.contains("\"status\":\"deviation-requested\"") && results.contains("\"status\":\"open\""))
        let plan = try #require(try ReportTests.written(Self.report)[.planOfAction])
        #expect(!plan.contains("deviation-requested"))
    }

    // MARK: Decisions and deadlines

    private func exception(approver: String?) -> FindingException {
        FindingException(
            scope: .rule("rule", paths: "**"), kind: .acceptedRisk, severity: nil, reason: "Accepted.", author: "Ada",
            approver: approver, until: "2027-03-31", line: 3)
    }

    /// An open finding first seen at a moment and due ten days later, and one that an exception suppresses.
    private func decided(approver: String?) -> HandMadeReport {
        var open = ReportTests.finding(path: "a.py", line: "a")
        open.track = FindingTrack(state: .reopened, firstSeen: Timestamp(seconds: 0))
        open.track?.setDeadline(days: 10, at: Timestamp(seconds: 20 * 86_400))
        let base = ReportTests.finding(path: "b.py", line: "b")
        let suppressed = Finding(
            id: base.id, fingerprint: base.fingerprint, rule: base.rule, weakness: base.weakness,
            severity: base.severity, confidence: base.confidence, message: base.message, location: base.location,
            symbol: "", evidence: base.evidence, suppression: Suppression(exception(approver: approver)))
        return HandMadeReport(findings: [open, suppressed], files: [])
    }

    @Test func aSecondPersonApprovesADeviationAndDeadlinesAreMilestones() throws {
        let asked = try #require(try ReportTests.written(decided(approver: nil))[.assessmentResults])
        #expect(asked.contains("deviation-requested") && !asked.contains("deviation-approved"))
        let approved = try #require(try ReportTests.written(decided(approver: "Grace"))[.assessmentResults])
        #expect(approved.contains("deviation-approved") && !approved.contains("deviation-requested"))
        #expect(approved.contains("by Ada, approved by Grace, until 2027-03-31: Accepted."))
        let plan = try #require(try ReportTests.written(decided(approver: nil))[.planOfAction])
        #expect(plan.contains("\"deadline\":\"1970-01-11T00:00:00Z\"") && plan.contains("\"type\":\"milestone\""))
    }

    @Test func csvTellsWhoDecidedAndWhatIsOverdue() throws {
        let rows = try #require(try ReportTests.written(decided(approver: "Grace"))[.csv]).split(separator: "\r\n")
        #expect(rows[1].hasSuffix(",,,,,reopened,1970-01-01T00:00:00Z,1970-01-11T00:00:00Z,yes,,,,"))
        #expect(rows[2].hasSuffix(",Accepted.,Ada,Grace,2027-03-31,,,,,,,,,"))
    }
}
