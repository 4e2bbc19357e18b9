import OrchestratorCore

/// Writes GitLab's code-quality report: an array of open findings. The format knows no suppression, so suppressed
/// findings are left out; fingerprints are the findings' ids, which no two share.
struct GitLabWriter {
    private let source: any ReportSource

    init(_ source: any ReportSource) { self.source = source }

    func write(to sink: FileSink) throws {
        try sink.write("[")
        var isFirst = true
        try source.forEachFinding { finding in
            guard finding.isOpen else { return }
            var bytes = Array((isFirst ? "\n" : ",\n").utf8)
            isFirst = false
            issue(finding).write(to: &bytes)
            try sink.write(bytes)
        }
        try sink.write("\n]\n")
    }

    private func issue(_ finding: Finding) -> JSONValue {
        let location = finding.location
        let tools = finding.tools.isEmpty ? "" : " Reported by \(finding.toolNames)."
        return [
            "type": "issue", "check_name": .string(finding.rule), "description": .string(finding.message + tools),
            "categories": ["Security"], "fingerprint": .string(finding.id),
            "severity": .string(severity(finding.severity)),
            "location": [
                "path": .string(location.path.text),
                "lines": ["begin": .number(location.startLine), "end": .number(location.endLine)],
            ],
        ]
    }

    private func severity(_ severity: Severity) -> String {
        switch severity {
        case .critical: "blocker"
        case .high: "critical"
        case .medium: "major"
        case .low: "minor"
        case .info: "info"
        }
    }
}
