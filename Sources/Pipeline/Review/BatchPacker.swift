package import OrchestratorCore
import Providers
import Rules
import Store

/// Fills prompts to one model, in the order of the files. What has the text of an earlier chunk is not sent again.
struct BatchPacker {
    private let review: ReviewParts
    private let model: ModelDescriptor
    let limits: ReviewSettings
    /// Tokens of a prompt without any code.
    let overhead: Int
    private(set) var size = PlanSize()
    private var batches: [ReviewBatch] = []
    private var parts: [ReviewBatch.Part] = []
    private var files: [ReviewedFile] = []
    private var tokens = 0
    /// Text -> the batch and the place in it that is sent for it.
    private var twins: [Digest: (batch: Int, part: Int)] = [:]
    /// Batch -> the chunks that share the answers of its parts.
    private var copies: [Int: [ReviewBatch.Part]] = [:]

    /// Nil where the model's window is too small for any code.
    init?(_ review: ReviewParts, _ model: ModelDescriptor) {
        guard let limits = ReviewSettings(model) else { return nil }
        self.review = review
        self.model = model
        self.limits = limits
        overhead =
            review.counter.count(review.instructions)
            + review.counter.count(ReviewPrompt(instructions: "", files: []).question(nonce: Self.sampleNonce))
    }

    /// As long as any: prompts are counted before the real one is known.
    static let sampleNonce = "0123456789ab"

    /// - Parameters:
    ///   - file: the chunk as it would be sent.
    ///   - count: its tokens.
    mutating func add(_ ordinal: Int, _ file: ReviewedFile, _ chunk: Chunk, count: Int) {
        let twin = file.twin
        if let known = twins[twin] {
            size.copies += 1
            size.copiedTokens += count
            copies[known.batch, default: []].append(
                .init(file: ordinal, chunk: chunk, question: file.question, topic: file.topic, copyOf: known.part))
            return
        }
        if tokens + count > limits.codeTokens { flush() }
        twins[twin] = (batches.count, files.count)
        parts.append(.init(file: ordinal, chunk: chunk, question: file.question, topic: file.topic))
        files.append(file.named("F\(files.count + 1)"))
        tokens += count
        if tokens > limits.codeTokens { flush(reason: "does not fit into the window of \(model.id)") }
    }

    /// The batches, numbered from a number on.
    mutating func finish(from number: Int) -> [ReviewBatch] {
        flush()
        return batches.enumerated().map { index, batch in
            ReviewBatch(
                number: number + index, key: batch.key, model: batch.model, tokens: batch.tokens,
                parts: batch.parts + copies[index, default: []], state: batch.state, reason: batch.reason)
        }
    }

    private mutating func flush(reason: String = "") {
        guard !files.isEmpty else { return }
        let prompt = ReviewPrompt(instructions: review.instructions, files: files)
        let total = tokens + overhead
        batches.append(
            ReviewBatch(
                number: 0, key: prompt.key(model.id, maxOutput: limits.maxOutput), model: model.id, tokens: total,
                parts: parts, state: reason.isEmpty ? .pending : .notAssessed, reason: reason))
        if reason.isEmpty {
            size.prompts += 1
            size.tokens += total
            let request = prompt.request(
                model, maxOutput: limits.maxOutput, nonce: Self.sampleNonce, tokens: total)
            size.add(
                review.access.registry.provider(model.id.provider)?.inputBound(of: request), limits.maxOutput, model)
        }
        (parts, files, tokens) = ([], [], 0)
    }
}

/// What the prompts of a plan amount to.
package struct PlanSize: Sendable, Codable, Hashable {
    package var prompts = 0
    /// Tokens of all prompts, by our count.
    package var tokens = 0
    /// Tokens that all answers together may have at most.
    package var outputLimit = 0
    /// The most that sending every prompt once can cost; nil where some price is unknown.
    package var worstCase: Money? = .zero
    /// Chunks with the text of another, which is sent for them.
    package var copies = 0
    package var copiedTokens = 0

    fileprivate mutating func add(_ inputBound: Int?, _ maxOutput: Int, _ model: ModelDescriptor) {
        outputLimit += maxOutput
        guard let inputBound, let price = model.price.schedule, let sum = worstCase else { return worstCase = nil }
        worstCase = try? sum.adding(price.worstCase(inputBound: inputBound, maxOutput: maxOutput))
    }

    static func + (left: PlanSize, right: PlanSize) -> PlanSize {
        var sum = left
        sum.prompts += right.prompts
        sum.tokens += right.tokens
        sum.outputLimit += right.outputLimit
        sum.copies += right.copies
        sum.copiedTokens += right.copiedTokens
        sum.worstCase = left.worstCase.flatMap { first in right.worstCase.flatMap { try? first.adding($0) } }
        return sum
    }
}

/// What the same chunks would take with each file in a prompt of its own, and no answer known.
package struct SingleFileSize: Sendable, Codable, Hashable {
    package private(set) var prompts = 0
    package private(set) var tokens = 0
    private var lastFile = -1
    private var left = 0

    /// - Parameters:
    ///   - limit: tokens of code that fit into a prompt.
    ///   - overhead: tokens of a prompt without code.
    mutating func add(file: Int, tokens count: Int, limit: Int, overhead: Int) {
        if file != lastFile || count > left {
            prompts += 1
            tokens += overhead
            left = limit
            lastFile = file
        }
        left -= count
        tokens += count
    }
}
