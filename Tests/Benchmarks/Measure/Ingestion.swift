import OrchestratorCore
import Store

/// Records findings as a scan does, file by file.
enum FindingIngestion {
    private static let perFile = 20
    private static let filesAtOnce = 96

    /// Prints one JSON object: findings, seconds.
    static func measure(state: String, count: Int) throws -> String {
        let store = try RunStore(state: try StateFolder(state), workingOn: "/target")
        let cache = AnalysisCache(store)
        let files = (0..<(count / perFile)).map(analysis)
        let clock = ContinuousClock()
        let elapsed = try clock.measure {
            for start in stride(from: 0, to: files.count, by: filesAtOnce) {
                _ = try cache.record(Array(files[start..<min(start + filesAtOnce, files.count)]))
            }
        }
        return "{\"findings\":\(files.count * perFile),\"seconds\":\(elapsed / .seconds(1))}"
    }

    private static func analysis(
        _ number: Int
    ) -> (key: Digest, path: RepositoryPath, analysis: FileAnalysis, links: String) {
        let path = RepositoryPath("src/module\(number % 100)/file\(number).py")
        let findings = (0..<perFile).map { finding($0 + 1, path) }
        return (
            Digest(parts: ["file", String(number)]), path,
            FileAnalysis(findings: findings, coverage: Coverage(.complete), idleSuppressions: []), ""
        )
    }

    private static func finding(_ line: Int, _ path: RepositoryPath) -> Finding {
        let text = "    os.system(\"tar -xf \" + archive_\(line))"
        let mark = FindingFingerprint(rule: "python-command", symbol: "unpack", text: text, ordinal: line, path: path)
        return Finding(
            id: mark.id, fingerprint: mark.pathless, rule: "python-command", weakness: 78, severity: .high,
            confidence: 80, message: "A command is built from text that comes from outside.",
            location: Location(path: path, startLine: line, startColumn: 5, endLine: line, endColumn: 40),
            symbol: "unpack",
            evidence: Evidence(firstLine: max(1, line - 2), lines: Array(repeating: text, count: 5)), suppression: nil)
    }
}
