import OrchestratorCore
import Providers
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3))) struct ProviderGatewayTests {
    static let openAI = ServerDialect(wire: .openai)
    static let ample = Money(nanodollars: 1_000_000_000_000)

    /// Runs one job against a server that answers its n-th request with the n-th of `answers`, the last one for ever.
    func run(
        _ answers: [[ServerAction]], price: String? = "1", budget: Money = ample, timeLimit: Duration = .seconds(20),
        limits: ProviderLimits = .quick, _ change: (inout GatewaySettings) -> Void = { _ in },
        check: (Result<GatewayResult, GatewayError>, InMemoryLedger, ScriptedServer) async throws -> Void
    ) async throws {
        let ledger = InMemoryLedger(budget: budget)
        try await ScriptedServer.run({ answers[min($0.index, answers.count - 1)] }) { server, base in
            let harness = try GatewayHarness([Self.openAI.descriptor(base, limits: limits)], ledger: ledger, change)
            let model = try GatewayHarness.model("test", input: price, output: "2")
            let result = await harness.gateway.result(GatewayHarness.job("w", [model], timeLimit: timeLimit))
            #expect(await ledger.violations == [])
            #expect(await ledger.openCount == 0)
            #expect(await ledger.closings.values.allSatisfy { $0 == 1 })
            try await check(result, ledger, server)
            await harness.shutdown()
        }
    }

    static func refusal(_ status: Int, _ headers: [(String, String)] = []) -> [ServerAction] {
        ServerAction.answer(status, openAI.error("no"), headers: headers)
    }

    static let answer = ServerAction.answer(200, openAI.whole())

    @Test func aCompletionIsSettledByItsTokens() async throws {
        try await run([Self.answer]) { result, ledger, _ in
            let settlement = try result.get().settlement
            #expect(settlement.basis == .computed)
            #expect(settlement.amount == Money(nanodollars: 40 * 1000 + 7 * 2000))
            #expect(await ledger.settled == settlement.amount)
            #expect(await ledger.plans.map(\.purpose) == [.first])
        }
    }

    @Test func whatWasRefusedIsReleasedAndSentAgain() async throws {
        let answers = [Self.refusal(429, [("retry-after", "0.01")]), Self.refusal(503), Self.refusal(529), Self.answer]
        try await run(answers) { result, ledger, _ in
            let success = try result.get()
            #expect(success.failures.map(\.code) == [.throttled, .unavailable, .unavailable])
            #expect(await ledger.plans.map(\.purpose) == [.first, .retry, .retry, .retry])
            #expect(await ledger.releases == 3)
        }
    }

    @Test func whatMayHaveBeenChargedIsHeldAndNotSentAgain() async throws {
        let fates = [
            Self.refusal(500), Self.refusal(504), [.reset], [.close], ServerAction.answer(200, "{"), [],
            ServerAction.stream(["data: {}\n\n"], type: "text/event-stream", isEnded: false) + [.close],
        ]
        var limits = ProviderLimits.quick
        limits.firstByteTimeout = 200
        limits.connectTimeout = 200
        for fate in fates {
            try await run([fate, Self.answer], limits: limits) { result, ledger, server in
                #expect(result.error?.isHeld == true)
                #expect(await ledger.held.count == 1)
                #expect(server.requests.count == 1)
            }
            try await run([fate, Self.answer], limits: limits, { $0.retriesUncertain = true }) {
                result, ledger, server in
                _ = try result.get()
                #expect(server.requests.count == 2, "with consent")
            }
            try await run([fate, Self.answer], price: nil, limits: limits) { result, ledger, server in
                _ = try result.get()
                #expect(await ledger.committed == .zero)
                #expect(server.requests.count == 2, "what costs nothing is sent again freely")
            }
        }
    }

    @Test func anAnswerThatIsPaidButUselessIsSettledAndNotRepeated() async throws {
        let useless = "{\"choices\":[],\"usage\":{\"prompt_tokens\":40,\"completion_tokens\":7}}"
        try await run([ServerAction.answer(200, useless), Self.answer]) { result, ledger, server in
            #expect(result.error?.isHeld == false)
            #expect(await ledger.settled == Money(nanodollars: 54_000))
            #expect(server.requests.count == 1)
        }
    }

    @Test func anAnswerWithoutUsageCostsAllThatWasReserved() async throws {
        let silent = "{\"choices\":[{\"message\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}]}"
        try await run([ServerAction.answer(200, silent)]) { result, ledger, _ in
            let success = try result.get()
            #expect(success.settlement.basis == .worstCase)
            #expect(await ledger.settled == ledger.plans[0].worstCase)
        }
    }

    @Test func anUnknownPriceSendsNothing() async throws {
        let ledger = InMemoryLedger(budget: Self.ample)
        try await ScriptedServer.run({ _ in Self.answer }) { server, base in
            let harness = try GatewayHarness([Self.openAI.descriptor(base)], ledger: ledger)
            var model = try GatewayHarness.model("test")
            model.price = .unknown("no entry")
            let result = await harness.gateway.result(GatewayHarness.job("w", [model]))
            #expect(result.error?.last.code == .priceUnknown)
            #expect(server.requests.isEmpty)
            await harness.shutdown()
        }
    }

    @Test func overBudgetNamesAllFiguresAndAFreeModelTakesOver() async throws {
        try await run([Self.answer], budget: Money(nanodollars: 1)) { result, _, server in
            let limit = try #require(result.error?.limit)
            #expect(limit.limit == Money(nanodollars: 1))
            #expect(limit.asked > limit.limit)
            #expect(server.requests.isEmpty)
        }
        let ledger = InMemoryLedger(budget: .zero)
        try await ScriptedServer.run({ _ in Self.answer }) { _, base in
            let harness = try GatewayHarness([Self.openAI.descriptor(base)], ledger: ledger)
            let models = [
                try GatewayHarness.model("test", "dear", input: "1"), try GatewayHarness.model("test", "free"),
            ]
            let result = try await harness.gateway.complete(GatewayHarness.job("w", models))
            #expect(result.model.id.name == "free")
            await harness.shutdown()
        }
    }

    @Test func failoverIsANewReservedAttempt() async throws {
        let ledger = InMemoryLedger(budget: Self.ample)
        try await ScriptedServer.run({ _ in Self.refusal(404) }) { _, first in
            try await ScriptedServer.run({ _ in Self.answer }) { _, second in
                let harness = try GatewayHarness(
                    [Self.openAI.descriptor(first, id: "a"), Self.openAI.descriptor(second, id: "b")], ledger: ledger)
                let models = [
                    try GatewayHarness.model("a", "x", input: "1"), try GatewayHarness.model("b", "y", input: "2"),
                ]
                let result = try await harness.gateway.complete(GatewayHarness.job("w", models))
                #expect(result.model.id.provider == "b")
                #expect(await ledger.plans.map(\.purpose) == [.first, .failover])
                #expect(await ledger.plans[1].worstCase > ledger.plans[0].worstCase)
                await harness.shutdown()
            }
        }
    }

    @Test func manyWorkersNeverSpendMoreThanTheBudget() async throws {
        let model = try GatewayHarness.model("test", input: "1", output: "2")
        let probe = InMemoryLedger(budget: Self.ample)
        try await ScriptedServer.run({ _ in [.pause(3)] + Self.answer }) { server, base in
            let first = try GatewayHarness([Self.openAI.descriptor(base)], ledger: probe)
            _ = try await first.gateway.complete(GatewayHarness.job("w00", [model]))
            let each = await probe.plans[0].worstCase
            // Room for what four hold at once, and for twenty that are done.
            let ledger = InMemoryLedger(
                budget: Money(nanodollars: each.nanodollars * 4 + 54_000 * 20), delay: .milliseconds(1))
            let harness = try GatewayHarness([Self.openAI.descriptor(base)], ledger: ledger)
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<64 {
                    group.addTask {
                        let result = await harness.gateway.result(GatewayHarness.job("w\(index + 10)", [model]))
                        if let error = result.error { #expect(error.last.code == .overBudget) }
                    }
                }
            }
            #expect(await ledger.violations == [])
            #expect(await ledger.openCount == 0)
            #expect(await ledger.refusals > 0)
            #expect(await ledger.mostOpen <= 4, "who waits for a turn holds no money")
            #expect(server.requests.count == 1 + (await ledger.plans.count))
            await harness.shutdown()
            await first.shutdown()
        }
    }

    @Test func cancellingHoldsWhatWasSent() async throws {
        let ledger = InMemoryLedger(budget: Self.ample, delay: .milliseconds(5))
        try await ScriptedServer.run({ _ in [] }) { server, base in
            let harness = try GatewayHarness([Self.openAI.descriptor(base)], ledger: ledger)
            let model = try GatewayHarness.model("test", input: "1")
            let task = Task { await harness.gateway.result(GatewayHarness.job("w", [model])) }
            while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
            task.cancel()
            #expect(await task.value.error?.last.code == .cancelled)
            #expect(await ledger.held.count == 1)
            #expect(await ledger.openCount == 0)
            await harness.shutdown()
        }
    }

    @Test func theTimeLimitEndsASilentCallAndHoldsIt() async throws {
        try await run([[]], timeLimit: .seconds(1)) { result, ledger, server in
            #expect(result.error?.last.code == .deadlineExceeded)
            // On a machine so busy that the time is up before anything left, there is nothing to hold.
            #expect(await ledger.held.count + ledger.releases == 1)
            #expect(await ledger.held.count >= server.requests.count)
        }
    }

    @Test func aLedgerThatFailsStopsTheSending() async throws {
        for calls in 0...1 {
            try await ScriptedServer.run({ _ in Self.answer }) { server, base in
                let harness = try GatewayHarness([Self.openAI.descriptor(base)], ledger: FailingLedger(after: calls))
                let model = try GatewayHarness.model("test", input: "1")
                let result = await harness.gateway.result(GatewayHarness.job("w", [model, model]))
                #expect(result.error?.last.code == .ledgerFailed)
                #expect(server.requests.count == calls)
                await harness.shutdown()
            }
        }
    }

    @Test func aRefusedKeyIsNotWaitedFor() async throws {
        let ledger = InMemoryLedger(budget: Self.ample)
        try await ScriptedServer.run({ _ in Self.refusal(401) }) { server, base in
            let harness = try GatewayHarness([Self.openAI.descriptor(base)], ledger: ledger)
            let model = try GatewayHarness.model("test", input: "1")
            for _ in 0..<3 {
                let result = await harness.gateway.result(GatewayHarness.job("w", [model], timeLimit: .seconds(5000)))
                #expect(result.error?.last.code == .authentication)
            }
            #expect(server.requests.count == 1)
            #expect(await harness.gateway.status(of: model.id) == .disabled)
            await harness.shutdown()
        }
    }

    @Test func whoWaitsForATurnLeavesAtItsDeadline() async throws {
        let ledger = InMemoryLedger(budget: Self.ample)
        var limits = ProviderLimits.quick
        limits.concurrency = 1
        try await ScriptedServer.run({ _ in [.pause(1500)] + Self.answer }) { server, base in
            let harness = try GatewayHarness([Self.openAI.descriptor(base, limits: limits)], ledger: ledger)
            let model = try GatewayHarness.model("test", input: "1")
            async let first = harness.gateway.result(GatewayHarness.job("a", [model]))
            while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            let second = await harness.gateway.result(
                GatewayHarness.job("b", [model], timeLimit: .milliseconds(100)))
            #expect(second.error?.last.code == .deadlineExceeded)
            #expect(second.error?.isHeld == false)
            _ = try await first.get()
            let third = await harness.gateway.result(GatewayHarness.job("c", [model]))
            _ = try third.get()
            await harness.shutdown()
        }
    }
}
