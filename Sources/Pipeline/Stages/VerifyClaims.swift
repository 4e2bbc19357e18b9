package import OrchestratorCore
import Providers
import Rules
import Store

/// Puts what a first model claims to a stronger one. Only flagged chunks are sent, and a verdict is kept: a claim about
/// unchanged code is not put twice.
package struct VerifyClaims: Stage {
    let review: ReviewParts
    package let settings: Digest
    let matcher: ClaimMatcher
    let store: RunStore
    let run: String
    let progress: any ProgressListener

    package let name = StageName.verify
    package let version = 1

    /// Claims in one prompt.
    private static let mostClaims = 20

    private struct Question: Sendable {
        let prompt: VerifyPrompt
        let keys: [Digest]
    }

    package func run(_ input: ReviewOutcome) async throws -> ReviewOutcome {
        var outcome = input
        guard let verifier = review.verifier, let limits = ReviewSettings(verifier) else { return outcome }
        let questions = try questions(verifier, limits)
        progress.began(.verify, total: questions.count)
        let inquiry = review.access.inquiry(review.access.gateway(run: run))
        let key = try review.ledger.stateKey()
        let ledger = review.ledger
        var done = 0
        var failures: Set<String> = []
        let (left, refusal) = try await QuestionQueue<Question>(width: review.access.width(of: verifier)).run(
            questions,
            ask: { question in
                try await Self.ask(question, verifier, limits.maxOutput, inquiry, key, ledger)
            },
            note: { _, answer in
                done += 1
                progress.advanced(.verify, done: done)
                if case .failed(let reason) = answer { failures.insert(reason) }
            },
            goesOn: { _ in false })
        progress.ended(.verify)
        if !left.isEmpty { failures.insert(refusal ?? "not sent") }
        outcome.unverified = failures.sorted()
        return outcome
    }

    /// One for each flagged chunk: which other chunks were flagged must not shape it, so that a resumed run asks the same.
    private func questions(_ verifier: ModelDescriptor, _ limits: ReviewSettings) throws -> [Question] {
        let sources = try store.sources(run: run)
        let reader = review.reader()
        return try openClaims(verifier).compactMap { part, claims in
            guard let file = review.file(of: part, sources, reader) else { return nil }
            return Question(
                prompt: VerifyPrompt(instructions: review.verifyInstructions, file: file, claims: claims),
                keys: claims.map { part.key($0, verifier: verifier.id, instructions: review.verifyDigest) })
        }
    }

    /// What other models claim and neither the analyzer nor the verifier has spoken about.
    private func openClaims(
        _ verifier: ModelDescriptor
    ) throws -> [(part: ReviewBatch.Part, claims: [ChunkAnswer.Claim])] {
        let chosen = ChosenAnswers(review: review)
        var result: [(part: ReviewBatch.Part, claims: [ChunkAnswer.Claim])] = []
        for batch in try store.batches(run: run) {
            for choice in try chosen.choices(batch) where choice.staleSince == nil && choice.part.copyOf == nil {
                guard let answer = choice.answer, answer.model != verifier.id else { continue }
                let candidates = answer.claims.filter { claim in
                    matcher.weaknesses[claim.weakness] != nil && matcher.agreeing(claim, in: choice.part).isEmpty
                }.prefix(Self.mostClaims)
                let keys = candidates.map {
                    choice.part.key($0, verifier: verifier.id, instructions: review.verifyDigest)
                }
                let known = try review.ledger.verdicts(keys)
                if keys.contains(where: { known[$0] == nil }) { result.append((choice.part, Array(candidates))) }
            }
        }
        return result
    }

    private static func ask(
        _ question: Question, _ verifier: ModelDescriptor, _ maxOutput: Int, _ inquiry: Inquiry, _ key: StateKey,
        _ ledger: Ledger
    ) async throws -> QuestionQueue<Question>.Outcome {
        let prompt = question.prompt
        let nonce = key.nonce(for: prompt.digest)
        do {
            let completion = try await inquiry.completion(
                prompt.key(verifier.id, maxOutput: maxOutput),
                prompt.request(verifier, maxOutput: maxOutput, nonce: nonce), as: .judgement)
            guard let verdicts = prompt.verdicts(in: completion, nonce: nonce, model: verifier.id) else {
                return .failed("the verdicts of \(verifier.id) do not have the agreed shape")
            }
            try ledger.record(Array(zip(question.keys, verdicts)).map { ($0.0, $0.1) }, at: Clock.now)
            return .answered
        } catch let refusal as Inquiry.Refusal {
            return refusal.outcome()
        }
    }
}
