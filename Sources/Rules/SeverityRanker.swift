package import OrchestratorCore

/// Says which of the findings of one severity come first: those that somebody outside reaches, last those in code that
/// serves no production. Severity itself is the rule's and stays.
package struct SeverityRanker: Sendable {
    private let sources: Set<String>
    private let purpose: @Sendable (RepositoryPath) -> String?

    /// - Parameters:
    ///   - sources: what the first step of a flow says where the value comes from outside.
    ///   - purpose: what a file serves instead of production, such as `a test`; nil where nothing says so.
    package init(sources: Set<String>, purpose: @escaping @Sendable (RepositoryPath) -> String?) {
        self.sources = sources
        self.purpose = purpose
    }

    /// Nil where there is nothing to say for or against it.
    package func rank(_ finding: Finding) -> FindingRank? {
        // A secret that was committed is known wherever it stood.
        guard finding.past == nil else { return nil }
        if let purpose = purpose(finding.location.path) {
            return FindingRank(level: -1, reason: "Ranked down: it stands in \(purpose).")
        }
        guard let source = finding.flow.first, sources.contains(source.note) else { return nil }
        let place = source.location
        let file = place.path == finding.location.path ? "line" : "\(place.path.text), line"
        return FindingRank(
            level: 1, reason: "Ranked up: \(source.note) reaches it, from \(file) \(place.startLine).")
    }
}
