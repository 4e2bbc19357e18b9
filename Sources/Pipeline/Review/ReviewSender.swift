import OrchestratorCore
import Providers
import Rules
import Settings
import Store
import Synchronization

/// Sends the prompts of a review, up the ladder of models until one proves that it has read the text.
final class ReviewSender: Sendable {
    private let review: ReviewParts
    private let inquiry: Inquiry
    private let key: StateKey
    private let sources: [Int: SourceFile]
    private let run: String
    /// Whether the rest of the budget asks for the cheapest models.
    private let thrift = Mutex(false)
    /// Models that are gone or refuse the key, with the provider's words: they are asked once.
    private let absent = Mutex<[ModelID: String]>([:])

    init(_ review: ReviewParts, _ inquiry: Inquiry, sources: [Int: SourceFile], run: String) throws {
        self.review = review
        self.inquiry = inquiry
        self.sources = sources
        self.run = run
        key = try review.ledger.stateKey()
    }

    /// Asks the cheapest model first from now on. False where that changes nothing.
    func economise() -> Bool {
        thrift.withLock { isThrifty in
            defer { isThrifty = true }
            return !isThrifty && review.models != review.cheapestFirst
        }
    }

    private func ladder(from first: ModelID) -> [ModelDescriptor] {
        if thrift.withLock({ $0 }) { return review.cheapestFirst }
        let start = review.models.firstIndex { $0.id == first } ?? 0
        return Array(review.models[start...] + review.models[..<start])
    }

    /// Throws `CancellationError`; what was recorded until then is kept.
    func complete(_ batch: ReviewBatch) async throws -> QuestionQueue<ReviewBatch>.Outcome {
        guard let files = review.files(of: batch, sources, review.reader()) else {
            return .failed("changed during the scan")
        }
        let prompt = ReviewPrompt(instructions: review.instructions, files: files)
        var failures: [String] = []
        var doubts = 0
        for model in ladder(from: batch.model) where doubts <= review.selection.escalations {
            guard let limits = ReviewSettings(model), batch.tokens + limits.maxOutput <= model.contextTokens ?? .max
            else { continue }
            if let reason = absent.withLock({ $0[model.id] }) {
                failures.append(reason)
                continue
            }
            let way: ChunkAnswer.Way = doubts > 0 ? .escalated : failures.isEmpty ? .first : .failover
            do {
                let answer = try await ask(model, limits.maxOutput, prompt, tokens: batch.tokens, way)
                try record(answer, batch, files)
                if answer.result?.doubt == nil, answer.result != nil { return .answered }
                doubts += 1
            } catch let refusal as Inquiry.Refusal {
                switch refusal {
                case .exhausted(let reason): return .exhausted(reason)
                case .held(let reason): return .failed(reason)
                case .failed(let reason): failures.append(reason)
                case .absent(let reason):
                    absent.withLock { $0[model.id] = reason }
                    failures.append(reason)
                }
            }
        }
        if doubts > 0 { return .answered }
        return .failed(failures.isEmpty ? "no model has a window large enough" : failures.joined(separator: "; "))
    }

    private struct Answer {
        let model: ModelID
        let way: ChunkAnswer.Way
        /// Nil where it has the wrong shape.
        let result: FindingParser.Result?
    }

    /// Asks one model, a second time where the first answer has the wrong shape.
    private func ask(
        _ model: ModelDescriptor, _ maxOutput: Int, _ prompt: ReviewPrompt, tokens: Int, _ way: ChunkAnswer.Way
    ) async throws -> Answer {
        let nonce = key.nonce(for: prompt.digest)
        let parser = FindingParser(files: prompt.files, canary: ReviewPrompt.canary(nonce), nonce: nonce)
        let work = prompt.key(model.id, maxOutput: maxOutput)
        let request = prompt.request(model, maxOutput: maxOutput, nonce: nonce, tokens: tokens)
        let completion = try await inquiry.completion(work, request)
        if let result = parser.parse(completion) { return Answer(model: model.id, way: way, result: result) }
        // What was cut or refused would be so again.
        guard completion.finish == .stop, !completion.isInputTruncated else {
            return Answer(model: model.id, way: way, result: nil)
        }
        do {
            let second = try await inquiry.completion(
                Digest(parts: ["repair", work.description]), prompt.repair(request, after: completion), as: .repair)
            return Answer(model: model.id, way: .repaired, result: parser.parse(second))
        } catch Inquiry.Refusal.failed {
            return Answer(model: model.id, way: way, result: nil)
        }
    }

    /// Keeps what an answer says of each chunk. Copies share the answer of the chunk that was sent.
    private func record(_ answer: Answer, _ batch: ReviewBatch, _ files: [ReviewedFile]) throws {
        let doubt = answer.result.map(\.doubt) ?? "the answer is no JSON of the agreed shape"
        let records = batch.parts.enumerated().map { index, part in
            let place = part.copyOf ?? index
            let claims = (answer.result?.claims ?? []).filter { $0.file == place }.map { claim in
                ChunkAnswer.Claim(
                    firstLine: claim.lines.lowerBound - files[place].firstLine,
                    lastLine: claim.lines.upperBound - files[place].firstLine, weakness: claim.weakness,
                    title: claim.title, why: claim.why, fix: claim.fix)
            }
            return Ledger.AnswerRecord(
                key: part.key(answer.model, instructions: review.instructionsDigest), topic: part.topic,
                answer: ChunkAnswer(
                    model: answer.model, run: run, way: answer.way, doubt: doubt, claims: claims,
                    rejected: index == 0 ? answer.result?.rejected ?? 0 : 0))
        }
        try review.ledger.record(records, at: Clock.now)
    }
}
