package import OrchestratorCore
import Rules
import Store

/// Applies the user's exceptions to what was found, and says what the target's own would do.
package struct DecideFindings: Stage {
    let run: RunRecord
    let exceptions: ExceptionsFile?
    /// The target's own file: never applied.
    let offered: ExceptionsFile?
    let requiresSecondPerson: Bool
    let ranker: SeverityRanker
    let store: RunStore

    package let name = StageName.decide
    package let version = 2

    package var settings: Digest {
        Digest(parts: [exceptions?.digest.hex ?? "", offered?.digest.hex ?? "", String(requiresSecondPerson)])
    }

    package func run(_ input: ExaminedManifest) async throws -> DecidedManifest {
        let honoured = run.settings.honoursSuppressions
        // What a killed attempt decided must not decide about this one.
        try store.record([], [], run: run.id)
        let entries = exceptions?.entries ?? []
        let standings =
            exceptions?.standings(
                on: run.startedAt.date, requiringSecondPerson: requiresSecondPerson, honoured: honoured) ?? []
        let matcher = ExceptionMatcher(entries)
        let offers = Offers(offered, on: run.startedAt.date)
        var matched = Array(repeating: 0, count: entries.count)
        var decisions: [RunStore.Decision] = []
        var wouldSuppress = 0
        var ranks: [(finding: String, rank: FindingRank)] = []
        try store.forEachFinding(run: run.id, honouringSuppressions: honoured) { finding in
            let hits = matcher.entries(for: finding)
            for hit in hits { matched[hit] += 1 }
            if let rank = ranker.rank(finding) { ranks.append((finding.id, rank)) }
            let inForce = hits.filter { standings[$0] == .inForce }
            let suppression = inForce.first { entries[$0].kind != .severity }
            let adjustment = inForce.first { entries[$0].kind == .severity }
            if !inForce.isEmpty {
                decisions.append(.init(finding: finding.id, suppression: suppression, adjustment: adjustment))
            }
            if finding.isOpen, suppression == nil, offers.wouldSuppress(finding) { wouldSuppress += 1 }
        }
        let applied = entries.indices.map {
            AppliedException(entry: entries[$0], standing: standings[$0], matched: matched[$0])
        }
        try store.record(applied, decisions, run: run.id)
        try store.recordRanks(ranks, run: run.id)
        if !decisions.isEmpty || !ranks.isEmpty {
            _ = try store.orderFindings(run: run.id, honouringSuppressions: honoured)
        }
        return DecidedManifest(examined: input, notices: offers.notices(wouldSuppress))
    }
}

/// What analyzer and model said of a run, and what people decided about it.
package struct DecidedManifest: Sendable, Codable {
    package let examined: ExaminedManifest
    /// What a reader must know about the target's own exceptions.
    package let notices: [String]
}

/// The target's own exceptions: for a person to look at.
private struct Offers {
    private let entries: [FindingException]
    private let matcher: ExceptionMatcher

    init(_ file: ExceptionsFile?, on day: String) {
        entries = file?.entries.filter { $0.until >= day && $0.kind != .severity } ?? []
        matcher = ExceptionMatcher(entries)
    }

    func wouldSuppress(_ finding: Finding) -> Bool { !matcher.entries(for: finding).isEmpty }

    func notices(_ findings: Int) -> [String] {
        guard !entries.isEmpty else { return [] }
        return [
            "The target has exceptions of its own, which are not trusted and were not applied: \(entries.count) in force "
                + "would suppress \(findings) open finding\(findings == 1 ? "" : "s"). To apply them, review a copy outside it."
        ]
    }
}
