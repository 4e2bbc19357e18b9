import OrchestratorCore

/// Writes findings as CSV (RFC 4180, UTF-8): a row each, suppressed ones among them.
struct CSVWriter {
    private let source: any ReportSource
    private let controls: WeaknessControls

    private static let columns = [
        "id", "fingerprint", "status", "severity", "confidence", "rule", "title", "cwe", "check", "path", "start_line",
        "start_column", "end_line", "end_column", "symbol", "message", "remediation", "controls", "suppression",
        "suppressed_by", "approved_by", "suppressed_until", "rule_severity", "state", "first_seen", "due", "overdue",
        "tools", "commit", "authored", "rank",
    ]

    init(_ source: any ReportSource) {
        self.source = source
        controls = WeaknessControls(source.header)
    }

    func write(to sink: FileSink) throws {
        let header = source.header
        let rules = Dictionary(header.rules.map { ($0.id, $0) }) { first, _ in first }
        let checks = Dictionary(header.weaknesses.map { ($0.id, $0.checkType.rawValue) }) { first, _ in first }
        try sink.write(Self.columns.joined(separator: ",") + "\r\n")
        try source.forEachFinding { finding in
            let location = finding.location
            let rule = rules[finding.rule]
            var cells = [
                finding.id, finding.fingerprint, finding.isOpen ? "open" : "suppressed", finding.severity.rawValue,
                String(finding.confidence), finding.rule, rule?.title ?? "",
                finding.weakness > 0 ? String(finding.weakness) : "",
                checks[finding.weakness] ?? "", location.path.text, String(location.startLine),
                String(location.startColumn), String(location.endLine), String(location.endColumn), finding.symbol,
                finding.message, rule?.remediation ?? "", controls.names(of: finding.weakness),
                finding.suppression?.reason ?? "",
            ]
            cells += Self.decisions(finding) + [finding.toolNames]
            cells += [finding.past?.id ?? "", finding.past?.authored.description ?? "", finding.rank?.reason ?? ""]
            try sink.write(cells.map(Self.cell).joined(separator: ",") + "\r\n")
        }
    }

    private static func decisions(_ finding: Finding) -> [String] {
        let (suppression, track) = (finding.suppression, finding.track)
        return [
            suppression.map { $0.author ?? $0.kind.title } ?? "", suppression?.approver ?? "",
            suppression?.until ?? "", finding.adjustment?.original.rawValue ?? "", track?.state.rawValue ?? "",
            track?.firstSeen.description ?? "", track?.due?.description ?? "",
            track.map { $0.isOverdue ? "yes" : "no" } ?? "",
        ]
    }

    /// A cell that a spreadsheet takes for text: one that would begin a formula gets an apostrophe before it.
    static func cell(_ text: String) -> String {
        let shown = VisibleText.of(text)
        let first = shown.unicodeScalars.first { $0 != " " && $0 != "\t" && $0 != "\n" }
        let isFormula = first.map { Self.triggers.contains($0) } ?? false
        let safe = isFormula || shown.hasPrefix("\t") ? "'" + shown : shown
        guard safe.utf8.contains(where: { Self.quoted.contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }

    /// Full-width forms count as well: spreadsheets of some languages read them alike.
    private static let triggers = Set("=+-@\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".unicodeScalars)
    private static let quoted = Set("\",;\t\n\r".utf8)
}
