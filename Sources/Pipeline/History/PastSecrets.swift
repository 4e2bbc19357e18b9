import Ingestion
import OrchestratorCore

/// Makes findings of what versions of files hold: one for each secret that is gone from the tree, at the place that says
/// most about it, else where it first appeared.
struct PastSecrets {
    /// By first appearance.
    let findings: [(finding: Finding, commit: PastCommit)]

    private struct Place {
        let order: Int
        let finding: Finding
        let commit: PastCommit

        /// An open finding says more than one that a comment suppresses, a sure one more than a doubtful one.
        func saysMore(than other: Place) -> Bool {
            if finding.isOpen != other.finding.isOpen { return finding.isOpen }
            return finding.confidence > other.finding.confidence
        }
    }

    /// - Parameters:
    ///   - versions: oldest first.
    ///   - tree: the marks of the secrets that are in the tree.
    init(_ versions: [(GitHistory.Version, SearchHistory.Outcome)], tree: Set<String>) {
        var places: [String: Place] = [:]
        var order = 0
        for case (let version, .searched(let found)) in versions {
            for secret in found.secrets where !tree.contains(secret.mark) {
                let place = Place(order: order, finding: secret.finding, commit: version.commit)
                order += 1
                if let known = places[secret.mark], !place.saysMore(than: known) { continue }
                places[secret.mark] = place
            }
        }
        var ordinals: [[String]: Int] = [:]
        findings = places.values.sorted { $0.order < $1.order }.map { place in
            let finding = place.finding
            let key = [finding.rule, finding.fingerprint, finding.location.path.text]
            let ordinal = ordinals[key, default: 0]
            ordinals[key] = ordinal + 1
            return (Self.finding(finding, place.commit, ordinal), place.commit)
        }
    }

    /// The fingerprint is that of the same secret in the tree, so that a removed one is known again; the id is not, so that
    /// no exception for one speaks of the other.
    private static func finding(_ finding: Finding, _ commit: PastCommit, _ ordinal: Int) -> Finding {
        let mark = FindingFingerprint(
            rule: finding.rule, symbol: "history", text: finding.fingerprint, ordinal: ordinal,
            path: finding.location.path)
        let note =
            "It stood in commit \(commit.id.prefix(12)) of \(commit.authored.date) and is gone from the tree, but not from "
            + "the history: until it is replaced, everyone with a copy of the repository has it."
        return Finding(
            id: mark.id, fingerprint: finding.fingerprint, rule: finding.rule, weakness: finding.weakness,
            severity: finding.severity, confidence: finding.confidence, message: "\(finding.message) \(note)",
            location: finding.location, symbol: finding.symbol, evidence: finding.evidence,
            suppression: finding.suppression)
    }
}
