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

    /// A completion that can be used, or the fault that it is malformed.
    func completion(
        of request: CompletionRequest, inputBound: Int, isInputTruncated: Bool = false
    ) throws(AnswerFault) -> Completion {
        guard let finish else {
            throw .malformed("the answer does not say why it ended", billing: billing, requestID: requestID)
        }
        let isExcused = [.length, .refusal, .contentFilter].contains(finish)
        guard !text.isEmpty || isExcused else {
            throw .malformed("the answer has no text", billing: billing, requestID: requestID)
        }
        // More tokens than the proven bound cannot be true; such a figure is as good as none.
        let usage = usage.flatMap { usage in
            usage.input <= inputBound && usage.output <= request.maxOutputTokens ? usage : nil
        }
        return Completion(
            text: text, finish: finish, usage: usage, servedModel: servedModel ?? request.model.id.name,
            servedProvider: servedProvider, providerRequestID: requestID, reportedCost: reportedCost,
            isInputTruncated: isInputTruncated)
    }
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
