import OrchestratorCore
import Providers
import TestSupport
import Testing

/// Seeded scenarios: servers that misbehave in every way at once, several workers, a budget that may run out.
@Suite(.timeLimit(.minutes(30))) struct HostileProviderTests {
    @Test func everyCallEndsInOneLedgerOutcomeWithinTheBudgetAndItsTime() async throws {
        let scenarios = proofCount(quick: 60, full: 1000)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seed in 0..<scenarios {
                if seed >= 8 { try await group.next() }
                group.addTask { try await Self.scenario(seed: UInt64(seed)) }
            }
            try await group.waitForAll()
        }
    }

    private static var limits: ProviderLimits {
        var limits = ProviderLimits.quick
        limits.connectTimeout = 500
        limits.firstByteTimeout = 300
        limits.idleTimeout = 200
        limits.totalTimeout = 900
        limits.answerLimit = 65_536
        limits.concurrency = 3
        return limits
    }

    private static func scenario(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed &* 7919)
        let dialects = [generator.pick(ServerDialect.all), generator.pick(ServerDialect.all)]
        let servers = dialects.enumerated().map { HostileServer($1, seed: seed * 2 + UInt64($0)) }
        let isFree = generator.chance(20)
        let isStreamed = generator.chance(60)
        let budget = Money(nanodollars: Int64.random(in: 0...8_000_000, using: &generator))
        let ledger = InMemoryLedger(budget: budget, delay: generator.chance(30) ? .milliseconds(1) : .zero)
        let models = try ["a", "b"].map {
            try GatewayHarness.model($0, "model-\($0)", input: isFree ? nil : "1", output: "2")
        }
        try await ScriptedServer.run(servers[0].actions) { _, first in
            try await ScriptedServer.run(servers[1].actions) { _, second in
                let harness = try GatewayHarness(
                    [
                        dialects[0].descriptor(first, id: "a", limits: limits),
                        dialects[1].descriptor(second, id: "b", limits: limits),
                    ],
                    ledger: ledger)
                await withTaskGroup(of: Void.self) { group in
                    for worker in 0..<6 {
                        // The custom protocol cannot stream; asked to, it refuses, and the other model is tried.
                        let job = GatewayHarness.job(
                            "w\(worker)", models, isStreamed: isStreamed, timeLimit: .seconds(2))
                        let cancels = generator.chance(10)
                        group.addTask { await perform(job, harness.gateway, cancels: cancels, seed: seed) }
                    }
                }
                await harness.shutdown()
            }
        }
        await check(ledger, servers, seed: seed, isFree: isFree)
    }

    private static func perform(_ job: GatewayJob, _ gateway: ProviderGateway, cancels: Bool, seed: UInt64) async {
        let start = ContinuousClock.now
        let task = Task { await gateway.result(job) }
        if cancels {
            try? await Task.sleep(for: .milliseconds(20))
            task.cancel()
        }
        _ = await task.value
        // Not how fast it is, but that it ends at all: the limit is two seconds.
        #expect(ContinuousClock.now - start < .seconds(60), "seed \(seed)")
    }

    private static func check(_ ledger: InMemoryLedger, _ servers: [HostileServer], seed: UInt64, isFree: Bool) async {
        #expect(await ledger.violations == [], "seed \(seed)")
        #expect(await ledger.openCount == 0, "seed \(seed)")
        let plans = await ledger.plans
        let closings = await ledger.closings
        #expect(plans.count == closings.count && closings.values.allSatisfy { $0 == 1 }, "seed \(seed)")
        guard !isFree else { return }
        var charged: [String: Int] = [:]
        for server in servers { charged.merge(server.charges) { $0 + $1 } }
        #expect(charged.values.allSatisfy { $0 == 1 }, "seed \(seed): work was paid twice")
        let counted = await ledger.settlements.count + ledger.held.count
        #expect(charged.values.reduce(0, +) <= counted, "seed \(seed): a charge is missing from the ledger")
    }
}
