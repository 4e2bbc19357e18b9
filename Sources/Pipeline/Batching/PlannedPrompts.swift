import OrchestratorCore
import Rules
import Store

/// Makes planned prompts again, as they would be sent to the models they are planned for. Serves one task at a time.
struct PlannedPrompts {
    private let review: ReviewParts
    private let sources: [Int: SourceFile]
    private let stateKey: StateKey
    private let reader: ChunkReader

    init(_ review: ReviewParts, _ store: RunStore, run: String) throws {
        self.review = review
        sources = try store.sources(run: run)
        stateKey = try review.ledger.stateKey()
        reader = review.reader()
    }

    /// Nil where a file has changed since the walk. Batches are never streamed.
    func request(_ batch: ReviewBatch) -> CompletionRequest? {
        guard let model = review.models.first(where: { $0.id == batch.model }), let limits = ReviewSettings(model),
            let files = review.files(of: batch, sources, reader)
        else { return nil }
        let prompt = ReviewPrompt(instructions: review.instructions, files: files)
        guard prompt.key(model.id, maxOutput: limits.maxOutput) == batch.key else { return nil }
        let request = prompt.request(
            model, maxOutput: limits.maxOutput, nonce: stateKey.nonce(for: prompt.digest), tokens: batch.tokens)
        return BatchItem(work: batch.key, request).request
    }
}
