import OrchestratorCore

/// Writes JUnit's XML, which continuous integration shows: a suite per rule that found something, a case per place
/// (failed, or skipped where suppressed), and a suite of the files that could not be examined. Times are zero, since
/// places are not timed.
struct JUnitWriter {
    private let source: any ReportSource

    init(_ source: any ReportSource) { self.source = source }

    func write(to sink: FileSink) throws {
        // A suite opens with its counts, so they are taken in a pass of their own.
        let tallies = try RuleTally.all(source)
        let gaps = source.header.summary.files(.notAssessed)
        let failures = tallies.reduce(0) { $0 + $1.open }
        let tests = tallies.reduce(failures) { $0 + $1.suppressed } + max(1, gaps)
        try sink.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites")
        try sink.write(
            XMLText.attributes([
                ("name", "Security Orchestrator: \(source.header.target.name)"), ("tests", "\(tests)"),
                ("failures", "\(failures)"), ("errors", "\(gaps)"), ("time", "0"),
            ]) + ">\n")
        try writeCoverage(gaps, to: sink)
        var next = tallies.startIndex
        var open: RuleTally.Key?
        try source.forEachFinding { finding in
            if open != RuleTally.Key(finding) {
                if open != nil { try sink.write("</testsuite>\n") }
                open = RuleTally.Key(finding)
                let tally = tallies[next]
                next += 1
                try sink.write(suite(tally.name, failed: tally.open, skipped: tally.suppressed, id: next))
            }
            try sink.write(testCase(finding))
        }
        if open != nil { try sink.write("</testsuite>\n") }
        try sink.write("</testsuites>\n")
    }

    private func suite(
        _ name: String, failed: Int = 0, skipped: Int = 0, errors: Int = 0, passed: Int = 0, id: Int
    ) -> String {
        // The schema's time stamp has no zone; it is in UTC.
        let time = String(source.header.run.finishedAt.description.dropLast())
        return "<testsuite"
            + XMLText.attributes([
                ("name", name), ("id", "\(id)"), ("package", "secorch"), ("hostname", "localhost"), ("timestamp", time),
                ("tests", "\(failed + skipped + errors + passed)"), ("failures", "\(failed)"), ("errors", "\(errors)"),
                ("skipped", "\(skipped)"), ("time", "0"),
            ]) + ">\n"
    }

    /// Suites of rules follow the order of the findings; a rule's open and suppressed findings stand together.
    private func testCase(_ finding: Finding) -> String {
        let place = "\(finding.location.path.text):\(finding.location.startLine)"
        let opening =
            "<testcase"
            + XMLText.attributes([
                ("name", "\(place) (\(finding.id))"), ("classname", finding.rule), ("time", "0"),
            ]) + ">"
        let content: String
        if let suppression = finding.suppression {
            content =
                "<skipped"
                + XMLText.attributes([("message", "suppressed, \(suppression.kind.title): \(suppression.reason)")])
                + "/>"
        } else {
            let tools = finding.tools.isEmpty ? [] : ["reported by \(finding.toolNames)"]
            let kind = "\(finding.severity.rawValue), \(Weakness.label(finding.weakness))"
            content =
                "<failure" + XMLText.attributes([("type", kind), ("message", finding.message)]) + ">"
                + XMLText.escape(([place] + tools + finding.evidence.lines).joined(separator: "\n")) + "</failure>"
        }
        return opening + content + "</testcase>\n"
    }

    private func writeCoverage(_ gaps: Int, to sink: FileSink) throws {
        try sink.write(suite("coverage", errors: gaps, passed: gaps == 0 ? 1 : 0, id: 0))
        if gaps == 0 {
            try sink.write("<testcase name=\"every file in scope was examined\" classname=\"coverage\" time=\"0\"/>\n")
        }
        try source.forEachFile { entry in
            guard entry.isListed, entry.file.coverage.state == .notAssessed else { return }
            try sink.write(
                "<testcase"
                    + XMLText.attributes([("name", entry.file.path.text), ("classname", "coverage"), ("time", "0")])
                    + "><error"
                    + XMLText.attributes([
                        ("type", "not assessed"), ("message", entry.file.coverage.explanation),
                    ]) + "/></testcase>\n")
        }
        try sink.write("</testsuite>\n")
    }
}
