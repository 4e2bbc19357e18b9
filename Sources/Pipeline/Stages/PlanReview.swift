import Detection
import Ingestion
package import OrchestratorCore
import Rules
import Store
import Tokens

/// Cuts the files that a model is to read into chunks and packs them into prompts. Sends nothing.
package struct PlanReview: Stage {
    let review: ReviewParts
    package let settings: Digest
    let store: RunStore
    let run: String
    let progress: any ProgressListener

    package let name = StageName.plan
    package let version = 1

    package func run(_ input: DetectionManifest) async throws -> ReviewPlan {
        guard let model = review.models.first, let limits = ReviewSettings(model) else {
            return ReviewPlan(batches: 0, chunks: 0, tokens: 0, digest: input.digest)
        }
        let files = try files()
        progress.began(.plan, total: files.count)
        var packer = BatchPacker(review: review, model: model, limits: limits)
        let chunker = Chunker(
            budget: TokenBudget(tokens: limits.codeTokens / 2)!, counter: review.counter,
            grammars: review.library.grammars)
        let reader = review.reader()
        for (index, (ordinal, file)) in files.enumerated() {
            try Task.checkCancellation()
            progress.advanced(.plan, done: index)
            guard let content = reader.content(of: file) else { continue }
            let chunks = content.withUnsafeBufferPointer {
                chunker.chunks(of: $0, path: file.path, language: file.language)
            }
            for chunk in chunks { packer.add(ordinal, file, chunk, reader.redacted(chunk, of: content) ?? "") }
        }
        let batches = packer.finish()
        try store.recordBatches(batches, run: run)
        progress.ended(.plan)
        return ReviewPlan(
            batches: batches.count, chunks: batches.reduce(0) { $0 + $1.parts.count },
            tokens: batches.reduce(0) { $0 + $1.tokens },
            digest: Digest(parts: ["plan"] + batches.map { "\($0.key) \($0.state.rawValue)" }))
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

/// The prompts of a run.
package struct ReviewPlan: Sendable, Codable {
    package let batches: Int
    package let chunks: Int
    package let tokens: Int
    package let digest: Digest
}

/// Fills prompts one after the other, in the order of the files.
private struct BatchPacker {
    let review: ReviewParts
    let model: ModelDescriptor
    let limits: ReviewSettings
    private var batches: [ReviewBatch] = []
    private var parts: [ReviewBatch.Part] = []
    private var files: [ReviewedFile] = []
    private var tokens = 0

    init(review: ReviewParts, model: ModelDescriptor, limits: ReviewSettings) {
        self.review = review
        self.model = model
        self.limits = limits
    }

    mutating func add(_ ordinal: Int, _ file: SourceFile, _ chunk: Chunk, _ text: String) {
        guard text.contains(where: { !$0.isWhitespace }) else { return }
        var reviewed = review.file(named: "F\(files.count + 1)", file, chunk, text)
        let size = review.counter.count(reviewed.block(nonce: "0123456789ab"))
        if tokens + size > limits.codeTokens, !files.isEmpty {
            flush()
            reviewed = review.file(named: "F1", file, chunk, text)
        }
        parts.append(ReviewBatch.Part(file: ordinal, chunk: chunk))
        files.append(reviewed)
        tokens += size
        if tokens > limits.codeTokens { flush(reason: "does not fit into the window of \(model.id)") }
    }

    mutating func finish() -> [ReviewBatch] {
        flush()
        return batches
    }

    private mutating func flush(reason: String = "") {
        guard !files.isEmpty else { return }
        let prompt = ReviewPrompt(instructions: review.instructions, files: files)
        batches.append(
            ReviewBatch(
                number: batches.count + 1, key: prompt.key(model.id, maxOutput: limits.maxOutput), model: model.id,
                tokens: tokens + ReviewSettings.overhead, parts: parts, state: reason.isEmpty ? .pending : .notAssessed,
                reason: reason))
        (parts, files, tokens) = ([], [], 0)
    }
}
