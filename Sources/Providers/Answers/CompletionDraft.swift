import OrchestratorCore

/// What an answer says, before it is known whether the server read the whole prompt.
struct CompletionDraft: Hashable, Sendable {
    var text = ""
    var finish: Completion.Finish?
    var usage: Usage?
    var servedModel: String?
    var servedProvider: String?
    var requestID: String?
    var reportedCost: Money?

    /// What is known about the charge for an answer that cannot be used.
    var billing: Billing { usage.map(Billing.billed) ?? .unknown }
}

/// Puts a streamed answer together.
protocol AnswerAssembler: Sendable {
    var draft: CompletionDraft { get }
    /// The terminator was seen: whatever follows does not matter.
    var isComplete: Bool { get }

    /// Takes more bytes; gives the text they bring.
    mutating func feed(_ bytes: [UInt8]) throws(AnswerFault) -> String
    /// Takes the end of the stream. Throws where the terminator is missing.
    mutating func finish() throws(AnswerFault)
}
