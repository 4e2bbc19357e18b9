/// The account of every attempt. The real one commits each call in one transaction; at any instant
/// settled + reserved + uncertain is no more than the budget.
package protocol AttemptLedger: Sendable {
    /// Sets the worst case aside before anything leaves. Throws `overBudget` where it does not fit.
    func reserve(_ plan: AttemptPlan) async throws(LedgerError) -> Reservation
    /// The attempt ended and was, or may have been, charged.
    func settle(_ reservation: Reservation, _ settlement: Settlement) async throws(LedgerError)
    /// The attempt certainly was not charged.
    func release(_ reservation: Reservation, _ error: ProviderError) async throws(LedgerError)
    /// Nobody knows whether the attempt was charged: it stays counted at its worst case until reconciled.
    func hold(
        _ reservation: Reservation, _ reference: AttemptReference, _ error: ProviderError
    ) async throws(LedgerError)
}

/// What is about to be sent.
package struct AttemptPlan: Hashable, Sendable {
    package enum Purpose: String, Sendable, Codable {
        case first, retry, failover, repair, judgement
    }

    package let id: AttemptID
    /// The piece of work the attempt is for, in the caller's terms.
    package let work: String
    package let model: ModelID
    package let purpose: Purpose
    package let worstCase: Money
    /// A bound on the input tokens, for limits in tokens.
    package let inputBound: Int
    package let maxOutput: Int
    package let priceSource: PriceSource

    package init(
        id: AttemptID, work: String, model: ModelID, purpose: Purpose, worstCase: Money, inputBound: Int,
        maxOutput: Int, priceSource: PriceSource
    ) {
        self.id = id
        self.work = work
        self.model = model
        self.purpose = purpose
        self.worstCase = worstCase
        self.inputBound = inputBound
        self.maxOutput = maxOutput
        self.priceSource = priceSource
    }
}

/// Money set aside for one attempt.
package struct Reservation: Hashable, Sendable {
    package let attempt: AttemptID
    package let amount: Money

    package init(attempt: AttemptID, amount: Money) {
        self.attempt = attempt
        self.amount = amount
    }
}

/// What an attempt cost.
package struct Settlement: Hashable, Sendable {
    package enum Basis: String, Sendable, Codable {
        /// The provider named the amount.
        case reported
        /// Tokens as reported, times the price.
        case computed
        /// No usable figure was reported: the whole reservation.
        case worstCase = "worst case"
    }

    /// Never more than was reserved.
    package let amount: Money
    package let basis: Basis
    /// What the provider charged beyond the reservation, against its own price list; zero but for a broken promise.
    package let excess: Money
    /// Nil where the attempt was charged but gave no answer.
    package let completion: Completion?
    package let usage: Usage?

    package init(amount: Money, basis: Basis, excess: Money = .zero, completion: Completion?, usage: Usage?) {
        self.amount = amount
        self.basis = basis
        self.excess = excess
        self.completion = completion
        self.usage = usage
    }
}

/// How a reservation ends once it is known what became of its request.
package enum ReservationEnd: Hashable, Sendable {
    case settle(Settlement)
    case release(ProviderError)
    case hold(ProviderError)
}

/// Why the ledger refused, with all figures of the budget that was too small.
package struct LedgerError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case overBudget, failed
    }

    /// The budget that would have been exceeded.
    package struct Limit: Hashable, Sendable {
        /// "run", "day", "month", or a provider.
        package let scope: String
        package let limit: Money
        package let settled: Money
        package let reserved: Money
        package let uncertain: Money
        package let asked: Money

        package init(
            scope: String, limit: Money, settled: Money, reserved: Money, uncertain: Money, asked: Money
        ) {
            self.scope = scope
            self.limit = limit
            self.settled = settled
            self.reserved = reserved
            self.uncertain = uncertain
            self.asked = asked
        }
    }

    package let code: Code
    package let limit: Limit?
    package let context: String

    package init(overBudget limit: Limit) {
        code = .overBudget
        self.limit = limit
        context =
            "the \(limit.scope) budget of \(limit.limit) has no room for \(limit.asked): \(limit.settled) spent, "
            + "\(limit.reserved) reserved, \(limit.uncertain) uncertain"
    }

    package init(failed context: String) {
        code = .failed
        limit = nil
        self.context = context
    }

    package var description: String { context }
}
