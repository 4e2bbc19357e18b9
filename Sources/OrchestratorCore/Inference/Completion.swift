/// What a model answered.
package struct Completion: Hashable, Sendable, Codable {
    package enum Finish: String, Sendable, Codable {
        /// The model ended by itself or at a stop text.
        case stop
        /// Cut at the output limit or at the end of the window.
        case length
        case contentFilter = "content filter"
        case refusal
        case toolCall = "tool call"
    }

    package let text: String
    package let finish: Finish
    /// Nil where the provider reported none, or one that cannot be.
    package let usage: Usage?
    /// The model that answered, which need not be the one that was asked.
    package let servedModel: String
    package let servedProvider: String?
    /// The provider's own name for the request, for looking it up.
    package let providerRequestID: String?
    /// What the provider says it charged.
    package let reportedCost: Money?
    /// The server read only part of the prompt: the answer proves nothing.
    package let isInputTruncated: Bool

    package init(
        text: String, finish: Finish, usage: Usage?, servedModel: String, servedProvider: String? = nil,
        providerRequestID: String? = nil, reportedCost: Money? = nil, isInputTruncated: Bool = false
    ) {
        self.text = text
        self.finish = finish
        self.usage = usage
        self.servedModel = servedModel
        self.servedProvider = servedProvider
        self.providerRequestID = providerRequestID
        self.reportedCost = reportedCost
        self.isInputTruncated = isInputTruncated
    }

    /// The output ends too early. A complete answer may still be in it: parse before giving up.
    package var isOutputTruncated: Bool { finish == .length }
    package var isRefused: Bool { finish == .refusal || finish == .contentFilter }
}
