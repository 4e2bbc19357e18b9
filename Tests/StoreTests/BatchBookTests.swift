import Foundation
import OrchestratorCore
import Store
import TestSupport
import Testing

/// Batches in the ledger: money is set aside before they leave and given back once, whatever is read twice.
@Suite struct BatchBookTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open() throws -> Ledger { try Ledger(state: StateFolder(folder.path)) }

    private static let noon = Timestamp(seconds: 1_764_072_000)
    private static let model = ModelDescriptor(
        id: ModelID(provider: "p", name: "m"), modelClass: .premium, leavesHost: true)

    private func account(_ ledger: Ledger, run: String = "r1", budget: Int64? = nil) -> RunLedger {
        var budgets = Budgets()
        budgets.run = budget.map(Money.init(nanodollars:))
        return ledger.account(run: run, budgets: budgets) { Self.noon }
    }

    private func entries(_ count: Int, cost: Int64 = 10) -> [(item: BatchItem, plan: AttemptPlan)] {
        (0..<count).map { number in
            let work = Digest(of: "work \(number)")
            let request = CompletionRequest(model: Self.model, system: "", messages: [], maxOutputTokens: 10)
            let plan = AttemptPlan(
                id: AttemptID(UUID().uuidString), work: work.description, model: Self.model.id, purpose: .first,
                worstCase: Money(nanodollars: cost), inputBound: 100, maxOutput: 10, priceSource: .configured)
            return (BatchItem(work: work, request), plan)
        }
    }

    private func error(_ billing: Billing) -> ProviderError {
        ProviderError(.timedOut, activity: "testing", provider: "p", billing: billing)
    }

    private func settlement(_ amount: Int64) -> ReservationEnd {
        .settle(
            Settlement(
                amount: Money(nanodollars: amount), basis: .computed,
                completion: Completion(text: "answer", finish: .stop, usage: nil, servedModel: "m"), usage: nil))
    }

    private func totals(_ ledger: Ledger) throws -> [Int64] {
        let totals = try ledger.totals(scope: "run/r1")
        return [totals.settled, totals.reserved, totals.uncertain].map(\.nanodollars)
    }

    @Test func whatDoesNotFitIsLeftOutAndTheMarkerIsThatOfTheRest() async throws {
        let ledger = try open()
        let entries = entries(4)
        let (batch, refusal) = try await account(ledger, budget: 25).prepare(entries, preparedAt: 5)
        let taken = try #require(batch)
        #expect(taken.items.map(\.work.hex) == entries.prefix(2).map(\.item.id) && taken.state == .prepared)
        #expect(refusal?.limit?.reserved == Money(nanodollars: 20))
        let submission = BatchSubmission(items: entries.prefix(2).map(\.item), preparedAt: 5)
        #expect(taken.marker == submission.marker && taken.round == 1)
        #expect(try totals(ledger) == [0, 20, 0])
        let none = try await account(ledger, budget: 25).prepare(Array(entries.dropFirst(2)), preparedAt: 5)
        #expect(none.batch == nil && none.refusal != nil)
        #expect(try ledger.audit().isEmpty)
    }

    @Test func anOpenBatchStaysReservedThroughARestartAndStandsAgainstSending() async throws {
        let work = Digest(of: "work 0").description
        do {
            _ = try await account(try open()).prepare(entries(2), preparedAt: 5)
        }
        let ledger = try open()
        #expect(try ledger.holdAbandoned(run: "r1", at: Self.noon).isEmpty)
        #expect(try totals(ledger) == [0, 20, 0])
        #expect(try ledger.obstacles([work, "other"]) == [work: .underWay])
        let batch = try #require(try ledger.openBatches(runs: ["r1"]).first)
        #expect(try ledger.openBatches(runs: ["r2"]).isEmpty)
        try ledger.recordSubmission(batch.marker, as: "batch-7")
        #expect(try ledger.batchIDs(provider: "p") == ["batch-7"])
        #expect(throws: StoreError.self) { try ledger.recordSubmission(batch.marker, as: "batch-8") }
        #expect(try ledger.holdAbandoned(run: "r1", at: Self.noon).isEmpty)
    }

    @Test func resultsAreEnteredOnceHoweverOftenTheyAreRead() async throws {
        let ledger = try open()
        let entries = entries(4)
        let prepared = try await account(ledger).prepare(entries, preparedAt: 5)
        let marker = try #require(prepared.batch).marker
        try ledger.recordSubmission(marker, as: "batch-1")
        let batch = try #require(try ledger.openBatches(runs: ["r1"]).first)
        let ends: [ReservationEnd] = [
            settlement(3), .release(error(.notBilled)), .hold(error(.unknown)), settlement(4),
        ]
        let all = zip(batch.items, ends).map { (attempt: $0.attempt, end: $1) }
        // Killed in the middle.
        try ledger.end(Array(all.prefix(2)), of: batch, at: Self.noon)
        #expect(try ledger.openBatches(runs: ["r1"]).count == 1)
        #expect(try totals(ledger) == [3, 20, 0])
        for _ in 0..<2 {
            try ledger.end(all, of: batch, at: Self.noon)
            #expect(try totals(ledger) == [7, 0, 10])
            #expect(try ledger.openBatches(runs: ["r1"]).isEmpty)
        }
        let works = entries.map(\.plan.work)
        #expect(try ledger.obstacles(works) == [works[0]: .answered, works[2]: .held, works[3]: .answered])
        #expect(try ledger.audit().isEmpty)
    }

    @Test func whatWasRefusedIsGivenBackAndTheSameItemsHaveAnotherMarkerAfterwards() async throws {
        let ledger = try open()
        let first = try #require(try await account(ledger).prepare(entries(2), preparedAt: 5).batch)
        try ledger.recordRefusal(first, error(.notBilled), at: Self.noon)
        #expect(try totals(ledger) == [0, 0, 0] && ledger.openBatches(runs: ["r1"]).isEmpty)
        let second = try #require(try await account(ledger).prepare(entries(2), preparedAt: 6).batch)
        #expect(second.round == 2 && second.marker != first.marker)
        try ledger.renewSubmission(second.marker, preparedAt: 9)
        #expect(try ledger.openBatches(runs: ["r1"]).first?.preparedAt == 9)
        #expect(try ledger.audit().isEmpty)
    }

    @Test func whatWasChargedInVainIsNotSentAgainUnasked() async throws {
        let ledger = try open()
        let work = entries(1)[0].plan.work
        let batch = try #require(try await account(ledger).prepare(entries(1), preparedAt: 5).batch)
        let vain = Settlement(amount: Money(nanodollars: 2), basis: .computed, completion: nil, usage: nil)
        try ledger.end([(batch.items[0].attempt, .settle(vain))], of: batch, at: Self.noon)
        #expect(try ledger.obstacles([work]) == [work: .charged])
    }

    @Test func answersOfAFileAreEnteredOnceAndWithinTheBudget() async throws {
        let ledger = try open()
        let known = entries(3).map { RunLedger.KnownAttempt($0.plan, settlement(4)) }
        let account = account(ledger, budget: 15)
        // 4 + 10 fit, 8 + 10 do not.
        let (count, refusal) = try await account.enter(known)
        #expect(count == 2 && refusal?.limit?.settled == Money(nanodollars: 8))
        #expect(try totals(ledger) == [8, 0, 0])
        let again = try await self.account(ledger).enter(known)
        #expect(again.count == 3 && again.refusal == nil)
        #expect(try totals(ledger) == [12, 0, 0])
        #expect(try ledger.audit().isEmpty)
    }
}
