import OrchestratorCore

/// The account of a test: checks its own rules after every event.
actor InMemoryLedger: AttemptLedger {
    private(set) var settled = Money.zero
    private(set) var excess = Money.zero
    private var open: [AttemptID: AttemptPlan] = [:]
    private(set) var held: [AttemptReference] = []
    private var heldAmount = Money.zero
    private(set) var plans: [AttemptPlan] = []
    /// How many times each attempt was closed.
    private(set) var closings: [AttemptID: Int] = [:]
    private(set) var settlements: [Settlement] = []
    private(set) var releases = 0
    private(set) var violations: [String] = []
    private(set) var refusals = 0
    private let budget: Money
    /// Each ledger call takes so long, as a disk does.
    private let delay: Duration

    init(budget: Money, delay: Duration = .zero) {
        self.budget = budget
        self.delay = delay
    }

    private var reserved: Money { Money(nanodollars: open.values.reduce(0) { $0 + $1.worstCase.nanodollars }) }

    /// Settled, reserved and uncertain together.
    var committed: Money { Money(nanodollars: settled.nanodollars + reserved.nanodollars + heldAmount.nanodollars) }
    var openCount: Int { open.count }
    private(set) var mostOpen = 0

    func reserve(_ plan: AttemptPlan) async throws(LedgerError) -> Reservation {
        guard committed.nanodollars + plan.worstCase.nanodollars <= budget.nanodollars else {
            refusals += 1
            throw LedgerError(
                overBudget: .init(
                    scope: "run", limit: budget, settled: settled, reserved: reserved, uncertain: heldAmount,
                    asked: plan.worstCase))
        }
        if plans.contains(where: { $0.id == plan.id }) {
            violations.append("the attempt \(plan.id) was reserved twice")
        }
        open[plan.id] = plan
        mostOpen = max(mostOpen, open.count)
        plans.append(plan)
        check()
        await pause()
        return Reservation(attempt: plan.id, amount: plan.worstCase)
    }

    func settle(_ reservation: Reservation, _ settlement: Settlement) async throws(LedgerError) {
        close(reservation)
        if settlement.amount > reservation.amount { violations.append("settled above the reservation") }
        settled = Money(nanodollars: settled.nanodollars + settlement.amount.nanodollars)
        excess = Money(nanodollars: excess.nanodollars + settlement.excess.nanodollars)
        settlements.append(settlement)
        check()
        await pause()
    }

    func release(_ reservation: Reservation, _ error: ProviderError) async throws(LedgerError) {
        close(reservation)
        releases += 1
        check()
        await pause()
    }

    func hold(
        _ reservation: Reservation, _ reference: AttemptReference, _ error: ProviderError
    ) async throws(LedgerError) {
        close(reservation)
        held.append(reference)
        heldAmount = Money(nanodollars: heldAmount.nanodollars + reservation.amount.nanodollars)
        check()
        await pause()
    }

    private func close(_ reservation: Reservation) {
        closings[reservation.attempt, default: 0] += 1
        if open.removeValue(forKey: reservation.attempt) == nil {
            violations.append("\(reservation.attempt) was not open")
        }
    }

    private func check() {
        if committed > budget { violations.append("\(committed) is committed of \(budget)") }
    }

    private func pause() async {
        if delay > .zero { try? await Task.sleep(for: delay) }
    }
}

/// A ledger whose disk is full after some calls.
actor FailingLedger: AttemptLedger {
    private let inner = InMemoryLedger(budget: Money(nanodollars: .max / 2))
    private var callsLeft: Int

    init(after calls: Int) { callsLeft = calls }

    private func count() throws(LedgerError) {
        callsLeft -= 1
        if callsLeft < 0 { throw LedgerError(failed: "the disk is full") }
    }

    func reserve(_ plan: AttemptPlan) async throws(LedgerError) -> Reservation {
        try count()
        return try await inner.reserve(plan)
    }

    func settle(_ reservation: Reservation, _ settlement: Settlement) async throws(LedgerError) { try count() }
    func release(_ reservation: Reservation, _ error: ProviderError) async throws(LedgerError) { try count() }

    func hold(
        _ reservation: Reservation, _ reference: AttemptReference, _ error: ProviderError
    ) async throws(LedgerError) { try count() }
}
