/// What a model is asked.
package struct CompletionRequest: Hashable, Sendable {
    package struct Message: Hashable, Sendable {
        package enum Role: String, Sendable {
            case user, assistant
        }

        package let role: Role
        package let text: String

        package init(_ role: Role, _ text: String) {
            self.role = role
            self.text = text
        }
    }

    /// The shape an answer must have. Always checked by the caller as well: not every server enforces it.
    package struct Schema: Hashable, Sendable {
        /// At most 64 letters, digits, `_` and `-`.
        package let name: String
        package let schema: JSON

        package init(name: String, schema: JSON) {
            self.name = name
            self.schema = schema
        }
    }

    package var model: ModelDescriptor
    /// The part that is equal for all requests of a kind, sent first so that a provider can cache it.
    package var system: String
    package var messages: [Message]
    /// The most tokens of output, reasoning included. Always sent.
    package var maxOutputTokens: Int
    package var schema: Schema?
    /// 0 to 2; nil leaves it to the server.
    package var temperature: Double?
    package var seed: Int?
    package var stop: [String]
    /// The exact number of input tokens by the model's own tokenizer, without template overhead; nil where unknown.
    package var exactInputTokens: Int?
    /// What the input is expected to be, for noticing that a server cut it; nil to skip that check.
    package var expectedInputTokens: Int?
    /// Stream the answer, so that silence is noticed and an abort stops the work.
    package var isStreamed: Bool

    package init(
        model: ModelDescriptor, system: String, messages: [Message], maxOutputTokens: Int, schema: Schema? = nil,
        temperature: Double? = 0, seed: Int? = nil, stop: [String] = [], exactInputTokens: Int? = nil,
        expectedInputTokens: Int? = nil, isStreamed: Bool = true
    ) {
        self.model = model
        self.system = system
        self.messages = messages
        self.maxOutputTokens = maxOutputTokens
        self.schema = schema
        self.temperature = temperature
        self.seed = seed
        self.stop = stop
        self.exactInputTokens = exactInputTokens
        self.expectedInputTokens = expectedInputTokens
        self.isStreamed = isStreamed
    }

    /// Tokens that a chat template may add around the text: role marks and a default system prompt.
    package static let templateOverhead = 512
}
