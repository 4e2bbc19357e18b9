import Detection
import Ingestion
package import OrchestratorCore
import Providers
import Rules
import Settings
import Store
import Tokens

/// Cuts the files that a model is to read into chunks, leaves out what was answered before, and packs the rest into
/// prompts. Sends nothing.
package struct PlanReview: Stage {
    let review: ReviewParts
    package let settings: Digest
    let store: RunStore
    let run: String
    let progress: any ProgressListener

    package let name = StageName.plan
    package let version = 2

    package func run(_ input: DetectionManifest) async throws -> ReviewPlan {
        var plan = ReviewPlan(digest: input.digest)
        let batches = try pack(&plan, models: review.rungs)
        try store.recordBatches(batches, run: run)
        plan.digest = Digest(parts: ["plan"] + batches.map { "\($0.key) \($0.state.rawValue)" })
        return plan
    }

    /// What the plan would be if one model were asked for everything. Records nothing.
    func estimate(_ model: ModelDescriptor, _ input: DetectionManifest) throws -> ReviewPlan {
        var plan = ReviewPlan(digest: input.digest)
        _ = try pack(&plan, models: [model])
        return plan
    }

    /// - Parameter models: the rungs of the ladder: a chunk goes to the first that has not been asked about it yet, as
    ///   long as none before has given a proven answer.
    private func pack(_ plan: inout ReviewPlan, models: [ModelDescriptor]) throws -> [ReviewBatch] {
        var packers = models.compactMap { BatchPacker(review, $0) }
        guard let first = packers.first else { return [] }
        var known: [ReviewBatch.Part] = []
        let unreadable = try forEachPart(TokenBudget(tokens: first.limits.codeTokens / 3)!) { ordinal, file, chunk in
            let count = review.counter.count(file.block(nonce: BatchPacker.sampleNonce))
            plan.chunks += 1
            plan.single.add(
                file: ordinal,
                tokens: review.counter.count(file.block(nonce: BatchPacker.sampleNonce, isWhole: true)),
                limit: first.limits.codeTokens, overhead: first.overhead)
            let part = ReviewBatch.Part(file: ordinal, chunk: chunk, question: file.question, topic: file.topic)
            guard let rung = try openRung(part, models.prefix(packers.count)) else {
                plan.known += 1
                plan.knownTokens += count
                return known.append(part)
            }
            packers[rung].add(ordinal, file, chunk, count: count)
        }
        var batches: [ReviewBatch] = []
        for index in packers.indices {
            batches += packers[index].finish(from: batches.count + 1)
            plan.size = plan.size + packers[index].size
        }
        if !unreadable.isEmpty {
            batches.append(
                ReviewBatch(
                    number: batches.count + 1, key: Digest(parts: ["unreadable"]), model: models[0].id, tokens: 0,
                    parts: unreadable, state: .notAssessed, reason: "changed during the scan"))
        }
        return batches + answered(known, models[0], from: batches.count + 1)
    }

    /// The first model that may still be asked about a chunk; nil where one has answered with proof, or all have.
    private func openRung(_ part: ReviewBatch.Part, _ models: ArraySlice<ModelDescriptor>) throws -> Int? {
        let keys = models.map { part.key($0.id, instructions: review.instructionsDigest) }
        let answers = try review.ledger.answers(keys)
        guard !answers.values.contains(where: \.isProven) else { return nil }
        return keys.firstIndex { answers[$0] == nil }
    }

    /// Chunks that need no request, in batches of a handy size.
    private func answered(_ parts: [ReviewBatch.Part], _ model: ModelDescriptor, from number: Int) -> [ReviewBatch] {
        stride(from: 0, to: parts.count, by: 200).enumerated().map { index, start in
            let slice = Array(parts[start..<min(start + 200, parts.count)])
            return ReviewBatch(
                number: number + index, key: Digest(parts: ["known"] + slice.map(\.question.hex)), model: model.id,
                tokens: 0, parts: slice, state: .answered)
        }
    }

    private func forEachPart(
        _ budget: TokenBudget, _ body: (Int, ReviewedFile, Chunk) throws -> Void
    ) throws -> [ReviewBatch.Part] {
        guard review.selection.scope == .candidates else { return try forEachChunk(budget, body) }
        let files = try files()
        progress.began(.plan, total: files.count)
        defer { progress.ended(.plan) }
        return try CandidateSlices(review: review, budget: budget).forEach(of: files, progress, body)
    }

    /// Calls `body` with every chunk that holds code. Returns the files that are no longer what the walk saw.
    private func forEachChunk(
        _ budget: TokenBudget, _ body: (Int, ReviewedFile, Chunk) throws -> Void
    ) throws -> [ReviewBatch.Part] {
        var unreadable: [ReviewBatch.Part] = []
        let files = try files()
        progress.began(.plan, total: files.count)
        let chunker = Chunker(budget: budget, counter: review.counter, grammars: review.library.grammars)
        let reader = review.reader()
        for (index, (ordinal, source)) in files.enumerated() {
            try Task.checkCancellation()
            progress.advanced(.plan, done: index)
            guard let content = reader.content(of: source) else {
                unreadable.append(.whole(source, ordinal))
                continue
            }
            let chunks = content.withUnsafeBufferPointer {
                chunker.chunks(of: $0, path: source.path, language: source.language)
            }
            for chunk in chunks {
                guard let text = reader.redacted(chunk, of: content) else { continue }
                let file = review.file(named: "F1", source, chunk, text)
                if file.hasCode { try body(ordinal, file, chunk) }
            }
        }
        progress.ended(.plan)
        return unreadable
    }

    /// The files that hold code or run something and were examined in this run.
    private func files() throws -> [(Int, SourceFile)] {
        var files: [(Int, SourceFile)] = []
        try store.forEachFile(run: run) { ordinal, entry in
            let reason = entry.file.coverage.reason
            guard entry.isListed, entry.file.language.kind != .data,
                [.complete, .lexicalOnly, .noRules].contains(reason)
            else { return }
            files.append((ordinal, entry.file))
        }
        return files
    }
}

extension ReviewBatch.Part {
    /// A file that could not be cut into chunks.
    static func whole(_ source: SourceFile, _ ordinal: Int) -> ReviewBatch.Part {
        let nothing = Digest(parts: ["unreadable", source.path.text])
        return ReviewBatch.Part(
            file: ordinal,
            chunk: Chunk(
                path: source.path, digest: nothing, bytes: 0..<0, lines: 1...max(1, source.lineCount), tokens: 0,
                symbol: ""), question: nothing, topic: nothing)
    }
}

/// The prompts of a run.
package struct ReviewPlan: Sendable, Codable {
    /// Chunks of the target that a model is to read.
    package var chunks = 0
    /// Those that need no request: answered in an earlier run, or asked of every model without a proven answer.
    package var known = 0
    package var knownTokens = 0
    package var size = PlanSize()
    package var single = SingleFileSize()
    package var digest: Digest

    init(digest: Digest) { self.digest = digest }
}
