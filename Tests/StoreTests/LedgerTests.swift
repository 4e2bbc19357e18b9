import Foundation
import OrchestratorCore
import Store
import TestSupport
import Testing

@Suite struct LedgerTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open() throws -> Ledger { try Ledger(state: StateFolder(folder.path)) }

    private static let noon = Timestamp(seconds: 1_764_072_000)

    private func account(_ ledger: Ledger, run: String = "r1", _ change: (inout Budgets) -> Void) -> RunLedger {
        var budgets = Budgets()
        change(&budgets)
        return ledger.account(run: run, budgets: budgets) { Self.noon }
    }

    private func plan(_ id: String, cost: Int64, provider: String = "p", work: String? = nil) -> AttemptPlan {
        AttemptPlan(
            id: AttemptID(id), work: work ?? Digest(of: id).description, model: ModelID(provider: provider, name: "m"),
            purpose: .first, worstCase: Money(nanodollars: cost), inputBound: 100, maxOutput: 10,
            priceSource: .configured)
    }

    private func error(_ billing: Billing) -> ProviderError {
        ProviderError(.serverFailed, activity: "testing", provider: "p", billing: billing)
    }

    private func settlement(_ amount: Int64, excess: Int64 = 0) -> Settlement {
        Settlement(
            amount: Money(nanodollars: amount), basis: .computed, excess: Money(nanodollars: excess),
            completion: Completion(text: "answer", finish: .stop, usage: nil, servedModel: "m"),
            usage: Usage(inputTotal: 90, output: 5))
    }

    @Test func aReservationThatDoesNotFitIsRefusedWithAllFigures() async throws {
        let account = account(try open()) { $0.run = Money(nanodollars: 100) }
        let first = try await account.reserve(plan("a", cost: 60))
        let refusal = await #expect(throws: LedgerError.self) { try await account.reserve(plan("b", cost: 41)) }
        #expect(refusal?.code == .overBudget)
        #expect(refusal?.limit?.reserved == Money(nanodollars: 60) && refusal?.limit?.asked == Money(nanodollars: 41))
        try await account.settle(first, settlement(10))
        _ = try await account.reserve(plan("c", cost: 90))
        await #expect(throws: LedgerError.self) { try await account.reserve(plan("d", cost: 1)) }
    }

    @Test func whatIsUncertainCountsInFullUntilItIsReconciled() async throws {
        let ledger = try open()
        let account = account(ledger) { $0.run = Money(nanodollars: 100) }
        let reservation = try await account.reserve(plan("a", cost: 100))
        let reference = AttemptReference(
            attempt: reservation.attempt, model: ModelID(provider: "p", name: "m"), providerRequestID: "gen-1")
        try await account.hold(reservation, reference, error(.unknown))
        await #expect(throws: LedgerError.self) { try await account.reserve(plan("b", cost: 1)) }
        #expect(try ledger.held(run: "r1").map(\.attempt) == [reference])
        try ledger.reconcile(reservation.attempt, .billed(Money(nanodollars: 30), nil), at: Self.noon)
        _ = try await account.reserve(plan("c", cost: 70))
        #expect(throws: StoreError.self) { try ledger.reconcile(reservation.attempt, .notBilled, at: Self.noon) }
        #expect(try ledger.audit().isEmpty)
    }

    @Test func everyScopeBinds() async throws {
        let ledger = try open()
        for change: (inout Budgets) -> Void in [
            { $0.day = Money(nanodollars: 50) }, { $0.month = Money(nanodollars: 50) },
            { $0.providers = ["p": Money(nanodollars: 50)] },
        ] {
            let name = UUID().uuidString
            let one = account(ledger, run: name + "1", change)
            let held = try await one.reserve(plan(name, cost: 30))
            // Another run of the same day, month and provider.
            let other = account(ledger, run: name + "2", change)
            await #expect(throws: LedgerError.self) { try await other.reserve(plan(name + "x", cost: 21)) }
            try await one.release(held, error(.notBilled))
        }
        let limited = account(ledger, run: "few") { $0.runRequests = 1 }
        _ = try await limited.reserve(plan("few 1", cost: 0))
        await #expect(throws: LedgerError.self) { try await limited.reserve(plan("few 2", cost: 0)) }
        let short = account(ledger, run: "short") { $0.runTokens = 150 }
        _ = try await short.reserve(plan("short 1", cost: 0))
        await #expect(throws: LedgerError.self) { try await short.reserve(plan("short 2", cost: 0)) }
    }

    @Test func anAttemptIsClosedOnce() async throws {
        let account = account(try open()) { _ in }
        let reservation = try await account.reserve(plan("a", cost: 5))
        try await account.release(reservation, error(.notBilled))
        await #expect(throws: LedgerError.self) { try await account.settle(reservation, settlement(1)) }
        await #expect(throws: LedgerError.self) { try await account.reserve(plan("a", cost: 5)) }
    }

    @Test func aPaidAnswerIsKeptWithItsSettlement() async throws {
        let ledger = try open()
        let account = account(ledger) { _ in }
        let key = Digest(of: "question")
        let reservation = try await account.reserve(plan("a", cost: 5, work: key.description))
        #expect(try ledger.completion(key) == nil)
        try await account.settle(reservation, settlement(5))
        #expect(try ledger.completion(key)?.text == "answer")
    }

    @Test func aDeadOwnersReservationsAreHeldAtFullPrice() async throws {
        do {
            let account = account(try open()) { $0.run = Money(nanodollars: 100) }
            _ = try await account.reserve(plan("a", cost: 40))
            _ = try await account.reserve(plan("b", cost: 40))
        }
        let ledger = try open()
        #expect(try ledger.holdAbandoned(run: "r1", at: Self.noon).map(\.attempt.description) == ["a", "b"])
        let account = account(ledger) { $0.run = Money(nanodollars: 100) }
        let refusal = await #expect(throws: LedgerError.self) { try await account.reserve(plan("c", cost: 21)) }
        #expect(refusal?.limit?.uncertain == Money(nanodollars: 80))
        #expect(try ledger.audit().isEmpty)
    }

    @Test func sixtyFourWorkersNeverSpendANanodollarTooMuch() async throws {
        let ledger = try open()
        let budget: Int64 = 10_000
        let account = account(ledger) { $0.run = Money(nanodollars: budget) }
        let workers = 64
        let each = proofCount(quick: 12, full: 60)
        // Worst cases twice as dear as the budget allows.
        let cost = budget * 2 / Int64(workers * each) + 1
        let check: @Sendable () -> Void = {
            let spent = try? ledger.totals(scope: "run/r1").committed
            #expect((spent?.nanodollars ?? .max) <= budget)
            #expect((try? ledger.audit()) == [])
        }
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<workers {
                group.addTask {
                    var generator = SeededGenerator(seed: UInt64(worker))
                    for number in 0..<each {
                        guard let reservation = try? await account.reserve(plan("\(worker)-\(number)", cost: cost))
                        else {
                            continue
                        }
                        check()
                        switch Int.random(in: 0..<4, using: &generator) {
                        case 0: try? await account.release(reservation, error(.notBilled))
                        case 1:
                            let reference = AttemptReference(
                                attempt: reservation.attempt, model: ModelID(provider: "p", name: "m"),
                                providerRequestID: nil)
                            try? await account.hold(reservation, reference, error(.unknown))
                        case 2: try? await account.settle(reservation, settlement(cost))
                        default: try? await account.settle(reservation, settlement(cost / 2))
                        }
                        check()
                    }
                }
            }
        }
        let spent = try ledger.totals(scope: "run/r1")
        #expect(spent.reserved == .zero && spent.committed.nanodollars > budget - cost - budget / 4)
    }

    /// Changes that wait together share a transaction.
    @Test func aRefusedChangeTakesNoOtherWithIt() async throws {
        let ledger = try open()
        let account = account(ledger) { $0.run = Money(nanodollars: 1000) }
        let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
            for number in 0..<200 {
                // Every third asks for too much, every fifth for an id that another has.
                let id = number % 5 == 0 ? "same" : "\(number)"
                group.addTask {
                    let asked = plan(id, cost: number % 3 == 0 ? 1001 : 5)
                    return (number, (try? await account.reserve(asked)) != nil)
                }
            }
            return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
        }
        for (number, isReserved) in outcomes where number % 5 != 0 {
            #expect(isReserved == (number % 3 != 0), "\(number)")
        }
        #expect(outcomes.count { $0.key % 5 == 0 && $0.value } == 1)
        let kept = outcomes.values.count { $0 }
        #expect(try ledger.totals(scope: "run/r1").reserved == Money(nanodollars: Int64(kept * 5)))
        #expect(try ledger.audit().isEmpty)
    }

    @Test func whatAProviderChargesBeyondItsPriceCountsAgainstWhatComesNext() async throws {
        let ledger = try open()
        let account = account(ledger) { $0.run = Money(nanodollars: 100) }
        let reservation = try await account.reserve(plan("a", cost: 50))
        try await account.settle(reservation, settlement(50, excess: 30))
        await #expect(throws: LedgerError.self) { try await account.reserve(plan("b", cost: 21)) }
        _ = try await account.reserve(plan("c", cost: 20))
    }
}
