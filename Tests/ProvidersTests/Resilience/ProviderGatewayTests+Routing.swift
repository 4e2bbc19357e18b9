import OrchestratorCore
import Providers
import TestSupport
import Testing

/// Which model is asked, and what a provider charges beyond its word.
extension ProviderGatewayTests {
    @Test func theCircuitOpensAndTheModelIsWaitedFor() async throws {
        let failures = [[ServerAction]](repeating: Self.refusal(503), count: 6)
        try await run(
            failures + [Self.answer], price: nil,
            {
                $0.retry.sends = 3
                $0.breaker.openFor = .milliseconds(50)
            }
        ) { result, _, server in
            // Three sends fail and end the first job; the circuit stays closed, having seen too few calls.
            #expect(result.error?.last.code == .unavailable)
            #expect(server.requests.count == 3)
        }
        let ledger = InMemoryLedger(budget: Self.ample)
        try await ScriptedServer.run({ ($0.index < 6 ? failures : [Self.answer])[0] }) { server, base in
            let harness = try GatewayHarness([Self.openAI.descriptor(base)], ledger: ledger) {
                $0.retry.sends = 5
                $0.breaker.openFor = .milliseconds(50)
            }
            let model = try GatewayHarness.model("test")
            _ = await harness.gateway.result(GatewayHarness.job("w", [model]))
            #expect(await harness.gateway.breakerState(of: model.id) == .open)
            let second = try await harness.gateway.complete(GatewayHarness.job("v", [model]))
            #expect(second.failures.map(\.code).contains(.circuitOpen))
            #expect(server.requests.count == 7 + (second.failures.count { $0.code == .unavailable } - 1))
            await harness.shutdown()
        }
    }

    @Test func aChargeThatIsReportedCountsAndAnExcessIsShown() async throws {
        let router = ServerDialect(wire: .openrouter)
        for (cost, amount, excess) in [("0.000001", 1000 as Int64, false), ("5", nil, true)] {
            let body = router.whole().replacing(
                "\"completion_tokens\":7", with: "\"completion_tokens\":7,\"cost\":\(cost)")
            let ledger = InMemoryLedger(budget: Self.ample)
            try await ScriptedServer.run({ _ in ServerAction.answer(200, body) }) { _, base in
                let harness = try GatewayHarness([router.descriptor(base)], ledger: ledger)
                let model = try GatewayHarness.model("test", input: "1", output: "2")
                let settlement = try await harness.gateway.complete(GatewayHarness.job("w", [model])).settlement
                #expect(settlement.basis == .reported)
                #expect(settlement.amount.nanodollars == amount ?? settlement.amount.nanodollars)
                #expect((settlement.excess > .zero) == excess)
                #expect(await ledger.violations == [])
                await harness.shutdown()
            }
        }
    }

    @Test func aLocalRunAsksNoModelThatLeavesTheMachine() async throws {
        let ollama = ServerDialect(wire: .ollama)
        let ledger = InMemoryLedger(budget: Self.ample)
        try await ScriptedServer.run({ request in
            if request.path == "/api/show" {
                let isRemote = String(decoding: request.body, as: UTF8.self).contains("disguised")
                return ServerAction.answer(
                    200, isRemote ? "{\"remote_host\":\"https://ollama.com\"}" : "{\"details\":{}}")
            }
            return ServerAction.answer(200, ollama.whole())
        }) { server, base in
            let harness = try GatewayHarness([ollama.descriptor(base)], ledger: ledger, localOnly: true)
            let models = try [
                GatewayHarness.model("test", "known:480b-cloud", leavesHost: true),
                GatewayHarness.model("test", "disguised"),
                GatewayHarness.model("test", "named:480b-cloud"), GatewayHarness.model("test", "local"),
            ]
            let result = try await harness.gateway.complete(GatewayHarness.job("w", models))
            #expect(result.model.id.name == "local")
            #expect(result.failures.map(\.code) == [.leavesHost, .leavesHost])
            let chats = server.requests.filter { $0.path == "/api/chat" }
            #expect(chats.count == 1, "no prompt reached a model that leaves the machine")
            await harness.shutdown()
        }
    }
}
