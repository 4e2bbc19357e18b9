import OrchestratorCore
import Providers
import Testing

@Suite(.timeLimit(.minutes(2))) struct AnthropicTests {
    private let dialect = ServerDialect(wire: .anthropic)

    @Test func inputLeavesCachedTokensOutAndLastFiguresCount() async throws {
        let stream = """
            event: message_start
            data: {"type":"message_start","message":{"id":"msg_9","model":"m","usage":{"input_tokens":10,"cache_creation_input_tokens":5,"cache_read_input_tokens":20,"output_tokens":1}}}

            event: ping
            data: {"type":"ping"}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"ok"}}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":15}}

            event: message_stop
            data: {"type":"message_stop"}


            """
        try await withProvider(
            .anthropic, as: AnthropicProvider.self, { _ in ServerAction.stream([stream], type: "text/event-stream") }
        ) { provider, server in
            let completion = try await provider.complete(ConformanceTests.request(dialect, isStreamed: true))
            #expect(completion.text == "ok")
            #expect(completion.usage == Usage(inputUncached: 10, cacheRead: 20, cacheWrite: 5, output: 15))
            #expect(completion.providerRequestID == "msg_9")
            let request = try #require(server.requests.first)
            #expect(request.path == "/v1/messages")
            #expect(request.headers["x-api-key"] == "sk-test")
            #expect(request.headers["anthropic-version"] == "2023-06-01")
        }
    }

    @Test func cachingIsAskedForOnlyWhereItsPriceIsKnown() async throws {
        let answer = dialect.whole()
        try await withProvider(.anthropic, as: AnthropicProvider.self, { _ in ServerAction.answer(200, answer) }) {
            provider, server in
            var request = ConformanceTests.request(dialect)
            request.model.capabilities = [.promptCaching]
            let price = try TokenPrice(dollarsPerMillion: "1")
            for write in [nil, price] {
                request.model.price = .known(
                    PriceSchedule(tiers: [.init(input: price, output: price, cacheWrite: write)], source: .configured))
                _ = try await provider.complete(request)
            }
            #expect(try sentBody(server, 0)["system"]?[0]?["cache_control"] == nil)
            #expect(try sentBody(server, 1)["system"]?[0]?["cache_control"] != nil)
            #expect(try sentBody(server, 1)["output_config"]?["format"]?["type"]?.text == "json_schema")
        }
    }

    @Test func refusalsAndSpendLimitsAreTold() async throws {
        let refusal = dialect.whole().replacing("end_turn", with: "refusal")
        try await withProvider(.anthropic, as: AnthropicProvider.self, { _ in ServerAction.answer(200, refusal) }) {
            provider, _ in
            let completion = try await provider.complete(ConformanceTests.request(dialect))
            #expect(completion.isRefused)
        }
        let limit = dialect.error("enforced_spend_limit_reached", type: "rate_limit_error")
        #expect(try await ConformanceTests.failure(dialect, ServerAction.answer(429, limit)).code == .quotaExhausted)
    }
}
