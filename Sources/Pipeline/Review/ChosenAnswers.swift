import OrchestratorCore
import Rules
import Store

/// The answer that counts for each chunk: the first proven one on the ladder, else the first at all, else an older one to
/// the same code.
struct ChosenAnswers {
    let review: ReviewParts

    struct Choice {
        let part: ReviewBatch.Part
        let answer: ChunkAnswer?
        /// When an answer of another time, model or prompt was stored that stands in for one of this run.
        let staleSince: Timestamp?
        /// Why the chunk is not assessed; nil where it is.
        let gap: String?
    }

    func choices(_ batch: ReviewBatch) throws -> [Choice] {
        let models = review.models.map(\.id)
        let keys = batch.parts.map { part in models.map { part.key($0, instructions: review.instructionsDigest) } }
        let known = try review.ledger.answers(keys.flatMap { $0 })
        return try zip(batch.parts, keys).map { part, keys in
            let answers = keys.compactMap { known[$0] }
            if let answer = answers.first(where: \.isProven) {
                return Choice(part: part, answer: answer, staleSince: nil, gap: nil)
            }
            if let answer = answers.first {
                let doubt = "no proof that it was read: \(answer.doubt ?? "")"
                let gap = batch.reason.isEmpty ? doubt : "\(doubt); \(batch.reason)"
                return Choice(part: part, answer: answer, staleSince: nil, gap: gap)
            }
            let reason = batch.reason.isEmpty ? "the answer is gone" : batch.reason
            guard let stale = try review.ledger.staleAnswer(topic: part.topic) else {
                return Choice(part: part, answer: nil, staleSince: nil, gap: reason)
            }
            return Choice(
                part: part, answer: stale.answer, staleSince: stale.storedAt,
                gap: "\(reason); what \(stale.answer.model) said of the same code at \(stale.storedAt) stands in, stale"
            )
        }
    }
}

/// Finds the analyzer's findings that say the same as a claim.
struct ClaimMatcher {
    let hints: Hints
    let weaknesses: WeaknessCatalogue
    /// Lines that a claim and a finding may lie apart.
    private static let tolerance = 2

    init(_ hints: Hints, _ weaknesses: WeaknessCatalogue) {
        self.hints = hints
        self.weaknesses = weaknesses
    }

    func agreeing(_ claim: ChunkAnswer.Claim, in part: ReviewBatch.Part) -> [Finding] {
        let first = part.chunk.lines.lowerBound
        let near = (first + claim.firstLine - Self.tolerance)...(first + claim.lastLine + Self.tolerance)
        return hints.findings(in: part.chunk.path).filter {
            $0.isOpen && weaknesses.isSame($0.weakness, claim.weakness) && near.contains($0.location.startLine)
        }
    }
}
