import Detection
import Ingestion
package import OrchestratorCore
import Rules
import Settings
import Store

/// Turns answers into findings: what models said of each chunk is merged with what the analyzer found.
package struct ParseReview: Stage {
    let review: ReviewParts
    package let settings: Digest
    let matcher: ClaimMatcher
    let store: RunStore
    let run: String
    let honoursSuppressions: Bool

    package let name = StageName.parse
    package let version = 2

    package func run(_ input: ReviewOutcome) async throws -> ReviewSummary {
        var merge = ClaimMerge(review, matcher, summary(input))
        let sources = try store.sources(run: run)
        let chosen = ChosenAnswers(review: review)
        let reader = review.reader()
        for batch in try store.batches(run: run) {
            for choice in try chosen.choices(batch) {
                count(choice, &merge.summary)
                guard let answer = choice.answer else { continue }
                merge.unconfirmed(by: answer, choice)
                guard !answer.claims.isEmpty else { continue }
                guard let file = review.file(of: choice.part, sources, reader) else {
                    merge.summary.gaps.append(Self.gap(choice.part, "changed during the scan"))
                    continue
                }
                for claim in answer.claims { try merge.add(claim, answer, choice.part, file) }
            }
        }
        try record(merge, sources)
        return merge.summary
    }

    private func summary(_ outcome: ReviewOutcome) -> ReviewSummary {
        let model = review.models.first
        var summary = ReviewSummary(
            model: model?.id.description ?? "none",
            priceSource: model?.price.schedule?.source.description ?? "price unknown", budget: review.access.budgets.run
        )
        summary.scope = review.selection.scope == .all ? nil : review.selection.scope
        summary.downgrade = outcome.downgrade
        summary.verifier = review.verifier?.id.description
        summary.unverified = outcome.unverified
        return summary
    }

    private func count(_ choice: ChosenAnswers.Choice, _ summary: inout ReviewSummary) {
        summary.chunks += 1
        if let gap = choice.gap {
            summary.gaps.append(Self.gap(choice.part, gap))
        } else {
            summary.reviewed += 1
        }
        if choice.part.copyOf != nil { summary.copies += 1 }
        guard let answer = choice.answer else { return }
        summary.rejected += answer.rejected
        if choice.staleSince != nil {
            summary.stale += 1
        } else if answer.run != run {
            summary.reused += 1
        } else {
            summary.answers[answer.model.description, default: [:]][answer.way.rawValue, default: 0] += 1
        }
    }

    private static func gap(_ part: ReviewBatch.Part, _ reason: String) -> ReviewSummary.Gap {
        .init(
            path: part.chunk.path, firstLine: part.chunk.lines.lowerBound, lastLine: part.chunk.lines.upperBound,
            reason: reason)
    }

    // MARK: Recording

    private func record(_ merge: ClaimMerge, _ sources: [Int: SourceFile]) throws {
        let cache = AnalysisCache(store)
        var reviews: [(file: Int, analysis: Int64)] = []
        for (ordinal, findings) in merge.claims.sorted(by: { $0.key < $1.key }) {
            guard let source = sources[ordinal] else { continue }
            let key = Digest(
                parts: ["review", source.path.text] + findings.map { "\($0.id) \($0.confidence) \($0.message)" })
            let known = try cache.entries([key])[key]
            let entry =
                try known
                ?? cache.record([
                    (
                        key: key, path: source.path,
                        analysis: FileAnalysis(findings: findings, coverage: Coverage(.complete), idleSuppressions: []),
                        links: ""
                    )
                ])[0]
            reviews.append((ordinal, entry.id))
        }
        try store.recordReviews(reviews, agreements: merge.agreements, run: run)
        _ = try store.orderFindings(run: run, honouringSuppressions: honoursSuppressions)
    }
}
