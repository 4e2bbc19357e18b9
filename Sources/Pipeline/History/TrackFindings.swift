package import OrchestratorCore
import Store

/// Compares what was found with an earlier run and keeps what came of it with the run.
package struct TrackFindings: Stage {
    let run: RunRecord
    /// The run asked for; nil for the newest that saw something else.
    let asked: RunRecord?
    /// The ids of the rules that ran.
    let rules: [String]
    let baseline: BaselineFile?
    let store: RunStore
    let progress: any ProgressListener

    package let name = StageName.track
    package let version = 1

    package var settings: Digest { Digest(parts: [asked?.id ?? "", baseline?.digest.hex ?? ""] + rules) }

    /// Points of a trend, this run's among them.
    private static let longestTrend = 12

    package func run(_ input: DecidedManifest) async throws -> RunHistory {
        progress.began(.track, total: nil)
        let reference = try asked ?? store.reference(for: run)
        var comparison = RunStore.Comparison()
        comparison.rules = rules
        // What models read only in parts, nobody looked for again in the rest.
        comparison.wasReviewed = input.examined.review.map { $0.scope == nil } ?? false
        comparison.unread = input.examined.review?.gaps.map(\.path) ?? []
        comparison.searchedHistory = input.examined.history?.isIncomplete == false
        comparison.baseline = baseline?.ids ?? []
        let result = try store.track(run, since: reference, comparison)
        progress.ended(.track)
        return RunHistory(
            reference: reference.map {
                .init(
                    id: $0.id, number: $0.number, startedAt: $0.startedAt, commit: $0.repository.revision?.commit)
            }, fixed: result.fixed, unknown: result.unknown,
            trend: Array(
                try earlier(reference, result).suffix(Self.longestTrend - 1)
                    + [.init(startedAt: run.startedAt, open: result.open)]),
            baseline: baseline.map {
                .init(digest: $0.digest, entries: $0.ids.count, gone: result.goneFromBaseline)
            })
    }

    /// The trend up to the run compared with; of a run older than trends, its own point.
    private func earlier(_ reference: RunRecord?, _ result: RunStore.ComparisonResult) throws -> [RunHistory.Point] {
        guard let reference else { return [] }
        return try Journal(store, run: reference).output(RunHistory.self, of: .track)?.trend
            ?? [.init(startedAt: reference.startedAt, open: result.openBefore)]
    }
}
