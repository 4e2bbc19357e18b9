import OrchestratorCore

/// How code is put to models.
struct ReviewSettings: Sendable {
    /// Most tokens of one answer.
    static let answerLimit = 2000
    /// Most tokens of one prompt, however large the window: answers get worse and dearer with length.
    static let promptLimit = 8000
    /// Tokens that the instructions, the planted weakness and the template of a chat take.
    static let overhead = 1000

    /// The most tokens of code in a prompt to a model.
    let codeTokens: Int
    let maxOutput: Int

    /// Nil where the window is too small for any code.
    init?(_ model: ModelDescriptor) {
        let window = model.contextTokens ?? 8192
        maxOutput = min(Self.answerLimit, model.maxOutputTokens ?? Self.answerLimit, window / 4)
        codeTokens = min(Self.promptLimit, window - maxOutput - Self.overhead)
        guard codeTokens >= 256 else { return nil }
    }
}
