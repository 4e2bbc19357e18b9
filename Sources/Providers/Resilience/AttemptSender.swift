package import OrchestratorCore

/// One attempt: its worst case is reserved, it is sent within its time, and its reservation is closed exactly once,
/// whatever becomes of it.
package struct AttemptSender: Sendable {
    private let ledger: any AttemptLedger
    private let makeID: @Sendable () -> AttemptID

    init(ledger: any AttemptLedger, makeID: @escaping @Sendable () -> AttemptID) {
        self.ledger = ledger
        self.makeID = makeID
    }

    /// 128 random bits.
    package static let randomID: @Sendable () -> AttemptID = {
        AttemptID(
            String(UInt64.random(in: .min ... .max), radix: 36) + "-"
                + String(UInt64.random(in: .min ... .max), radix: 36))
    }

    struct Outcome: Sendable {
        let attempt: AttemptID
        let result: Result<Success, ProviderError>
        /// The budget that had no room.
        var limit: LedgerError.Limit?
    }

    struct Success: Sendable {
        let completion: Completion
        let settlement: Settlement
    }

    func send(
        _ job: GatewayJob, to model: ModelDescriptor, by provider: any Provider, as purpose: AttemptPlan.Purpose,
        deadline: ContinuousClock.Instant, onText: (@Sendable (String) -> Void)?
    ) async -> Outcome {
        let id = makeID()
        let request = job.request(for: model)
        func refused(_ code: ProviderError.Code, _ detail: String, _ limit: LedgerError.Limit? = nil) -> Outcome {
            let error = ProviderError(
                code, activity: "reserving for a completion", provider: model.id.provider, model: model.id.name,
                billing: .notBilled, detail: detail)
            return Outcome(attempt: id, result: .failure(error), limit: limit)
        }
        guard case .known(let price) = model.price else {
            return refused(.priceUnknown, "without a price no budget can be kept")
        }
        let plan: AttemptPlan
        do {
            plan = try AttemptPlan(id, work: job.work, as: purpose, request, at: price, by: provider)
        } catch {
            return refused(.priceUnknown, error.description)
        }
        guard !Task.isCancelled else { return refused(.cancelled, "") }
        let reservation: Reservation
        do {
            reservation = try await ledger.reserve(plan)
        } catch {
            return refused(error.code == .overBudget ? .overBudget : .ledgerFailed, error.context, error.limit)
        }
        let result = await Self.call(provider, request, deadline: deadline, onText: onText)
        return Outcome(attempt: id, result: await close(reservation, result, price, model.id))
    }

    /// The provider's answer, or its error once the deadline has passed and the connection is closed.
    private static func call(
        _ provider: any Provider, _ request: CompletionRequest, deadline: ContinuousClock.Instant,
        onText: (@Sendable (String) -> Void)?
    ) async -> Result<Completion, ProviderError> {
        // Whatever ends it, the call itself says what became of it.
        let result = await Deadlines.shared.run(until: { $0 >= deadline }) { () -> Result<Completion, ProviderError> in
            do throws(ProviderError) {
                return .success(try await provider.complete(request, onText: onText))
            } catch {
                return .failure(error)
            }
        }
        if case .failure(let error) = result, error.code == .cancelled, !Task.isCancelled {
            return .failure(cut(request, error))
        }
        return result
    }

    /// The error of a call that the deadline ended.
    private static func cut(_ request: CompletionRequest, _ error: ProviderError) -> ProviderError {
        ProviderError(
            .deadlineExceeded, activity: "asking for a completion", provider: request.model.id.provider,
            model: request.model.id.name, status: error.status, billing: error.billing,
            providerRequestID: error.providerRequestID, detail: error.detail)
    }

    /// Closes a reservation. Done in a task of its own, since the cancellation of this one must not leave it open.
    private func close(
        _ reservation: Reservation, _ result: Result<Completion, ProviderError>, _ price: PriceSchedule,
        _ model: ModelID
    ) async -> Result<Success, ProviderError> {
        let ledger = ledger
        let closing = Task { () -> Result<Success, ProviderError> in
            do throws(LedgerError) {
                switch ReservationEnd(result, at: price, reserved: reservation.amount) {
                case .settle(let settlement):
                    try await ledger.settle(reservation, settlement)
                    return result.map { Success(completion: $0, settlement: settlement) }
                case .release(let error):
                    try await ledger.release(reservation, error)
                    return .failure(error)
                case .hold(let error):
                    let reference = AttemptReference(
                        attempt: reservation.attempt, model: model, providerRequestID: error.providerRequestID)
                    try await ledger.hold(reservation, reference, error)
                    return .failure(error)
                }
            } catch {
                return .failure(
                    ProviderError(
                        .ledgerFailed, activity: "closing a reservation", provider: model.provider, model: model.name,
                        billing: .unknown, detail: error.context))
            }
        }
        return await closing.value
    }
}

extension AttemptPlan {
    /// An attempt at its worst case. Throws where that is beyond measure.
    package init(
        _ id: AttemptID, work: String, as purpose: Purpose = .first, _ request: CompletionRequest,
        at price: PriceSchedule, by provider: any Provider
    ) throws(MoneyError) {
        let bound = provider.inputBound(of: request)
        self.init(
            id: id, work: work, model: request.model.id, purpose: purpose,
            worstCase: try price.worstCase(inputBound: bound, maxOutput: request.maxOutputTokens), inputBound: bound,
            maxOutput: request.maxOutputTokens, priceSource: price.source)
    }
}
