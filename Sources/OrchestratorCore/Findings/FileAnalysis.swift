/// What the embedded analyzer has to say about one file: everything later stages need, nothing of its text but
/// bounded, redacted evidence. Cached under the digests of the file and the rules.
package struct FileAnalysis: Hashable, Sendable, Codable {
    package let findings: [Finding]
    package let coverage: Coverage
    /// Suppression comments that changed nothing, so that dead ones do not pile up unseen.
    package let idleSuppressions: [IdleSuppression]
    /// What bears on provisions without being a weakness, by line.
    package private(set) var observations: [Observation] = []

    package init(findings: [Finding], coverage: Coverage, idleSuppressions: [IdleSuppression]) {
        self.findings = findings
        self.coverage = coverage
        self.idleSuppressions = idleSuppressions
    }

    package func with(_ observations: [Observation]) -> FileAnalysis {
        var analysis = self
        analysis.observations = observations
        return analysis
    }
}

/// A `secorch:ignore` comment without effect.
package struct IdleSuppression: Hashable, Sendable, Codable {
    /// 1-based.
    package let line: Int
    package let problem: String

    package init(line: Int, problem: String) {
        self.line = line
        self.problem = problem
    }
}
