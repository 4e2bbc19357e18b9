import OrchestratorCore
import Providers
import Store

/// Puts questions to models. An answer that was paid for is never asked for again; what may have been paid for is not
/// sent again without consent.
struct Inquiry: Sendable {
    let ledger: Ledger
    let gateway: ProviderGateway
    /// All configured models: the load is spread over those that are equal but for their endpoint.
    let models: [ModelDescriptor]
    let retriesUncertain: Bool

    /// Why there is no answer.
    enum Refusal: Error {
        /// A budget or a limit has no room: nothing more can be sent.
        case exhausted(String)
        /// Money is held for an earlier request of unknown fate.
        case held(String)
        /// The model could not answer; another might.
        case failed(String)
        /// The same, and the model need not be asked anything else.
        case absent(String)
    }

    /// The answer kept under a key, else by asking.
    /// - Throws: `Refusal`, `StoreError`, `CancellationError`; what was recorded until then is kept.
    func completion(
        _ work: Digest, _ request: CompletionRequest, as purpose: AttemptPlan.Purpose = .first
    ) async throws -> Completion {
        if let known = try ledger.completion(work) { return known }
        switch try ledger.obstacles([work.description])[work.description] {
        case .underWay: throw Refusal.held("held: it stands in a batch that its provider has, or may have, taken")
        case .held where !retriesUncertain:
            throw Refusal.held("held: an earlier request may have been charged; --retry-uncertain sends it again")
        case .charged where !retriesUncertain:
            throw Refusal.held(
                "held: an earlier request was charged without a usable answer; --retry-uncertain sends it again")
        default: break
        }
        let equals = models.filter { request.model.isEqual($0) && $0.id != request.model.id }
        let job = GatewayJob(
            work: work.description, purpose: purpose, request: request, candidates: [request.model] + equals)
        do {
            return try await gateway.complete(job).completion
        } catch {
            try Task.checkCancellation()
            if let limit = error.limit { throw Refusal.exhausted("budget reached: \(LedgerError(overBudget: limit))") }
            if error.last.code == .ledgerFailed { throw Refusal.exhausted(error.description) }
            if error.isHeld { throw Refusal.held("held: \(error)") }
            throw error.last.isLasting ? Refusal.absent("\(error)") : Refusal.failed("\(error)")
        }
    }
}

/// Works through questions, several at once. Where a budget has no room, what is under way may give some of its
/// reservation back, so that is waited for; a refusal with nothing under way is final, unless something cheaper is left.
struct QuestionQueue<Question: Sendable>: Sendable {
    /// Questions under way at once, at least 1.
    let width: Int

    enum Outcome: Sendable {
        case answered
        case failed(String)
        /// Nothing was sent for want of money.
        case exhausted(String)
    }

    /// Asks all in order. `ask` runs in a task of its own: an interrupted run lets what was sent come to its end, and pays
    /// for an answer instead of holding money for none.
    /// - Parameters:
    ///   - note: is told what became of each question that was asked.
    ///   - goesOn: whether to try again when money has run out, since cheaper models are left.
    /// - Returns: the questions for which there was no money, and the refusal.
    func run(
        _ questions: [Question], ask: @escaping @Sendable (Question) async throws -> Outcome,
        note: (Question, Outcome) throws -> Void, goesOn: (String) async throws -> Bool
    ) async throws -> (left: [Question], refusal: String?) {
        var queue = Array(questions.enumerated())[...]
        var refusal: String?
        try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
            var underWay = 0
            var allowed = max(1, width)
            func fill() {
                while underWay < allowed, let (index, question) = queue.popFirst() {
                    underWay += 1
                    group.addTask { (index, try await Task { try await ask(question) }.value) }
                }
            }
            fill()
            while let (index, outcome) = try await group.next() {
                underWay -= 1
                if case .exhausted(let reason) = outcome {
                    queue = ([(offset: index, element: questions[index])] + queue).sorted { $0.offset < $1.offset }[...]
                    if underWay > 0 {
                        // Fewer at once from here on: less is set aside at a time.
                        allowed = underWay
                        continue
                    }
                    guard try await goesOn(reason) else {
                        refusal = reason
                        break
                    }
                } else {
                    try note(questions[index], outcome)
                }
                try Task.checkCancellation()
                fill()
            }
        }
        return (queue.map(\.element), refusal)
    }
}

extension Inquiry.Refusal {
    func outcome<Question>() -> QuestionQueue<Question>.Outcome {
        switch self {
        case .exhausted(let reason): .exhausted(reason)
        case .held(let reason), .failed(let reason), .absent(let reason): .failed(reason)
        }
    }
}
