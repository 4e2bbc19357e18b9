import OrchestratorCore
import Providers
import Testing

@Suite(.timeLimit(.minutes(2))) struct ChatCompatibleTests {
    private let dialect = ServerDialect(wire: .openai)

    @Test func cachedAndReasoningTokensAreCountedOnce() async throws {
        let usage = """
            "usage":{"prompt_tokens":40,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":30},"completion_tokens_details":{"reasoning_tokens":5}}
            """
        let answer = dialect.whole().replacing("\"usage\":{\"prompt_tokens\":40,\"completion_tokens\":7}", with: usage)
        try await withProvider(.openai, as: OpenAIProvider.self, { _ in ServerAction.answer(200, answer) }) {
            provider, _ in
            let usage = try await provider.complete(ConformanceTests.request(dialect)).usage
            #expect(usage == Usage(inputUncached: 10, cacheRead: 30, output: 7, reasoning: 5))
        }
    }

    @Test func refusalsAreTheirOwnOutcome() async throws {
        let answer =
            "{\"choices\":[{\"message\":{\"content\":null,\"refusal\":\"I cannot\"},\"finish_reason\":\"stop\"}]}"
        try await withProvider(.openai, as: OpenAIProvider.self, { _ in ServerAction.answer(200, answer) }) {
            provider, _ in
            let completion = try await provider.complete(ConformanceTests.request(dialect))
            #expect(completion.isRefused)
        }
    }

    @Test func anEmptyAnswerThatSpentItAllOnReasoningIsCutAndNotMalformed() async throws {
        let answer =
            "{\"choices\":[{\"message\":{\"content\":\"\"},\"finish_reason\":\"length\"}],\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":100}}"
        try await withProvider(.openai, as: OpenAIProvider.self, { _ in ServerAction.answer(200, answer) }) {
            provider, _ in
            let completion = try await provider.complete(ConformanceTests.request(dialect))
            #expect(completion.isOutputTruncated)
        }
    }

    @Test(arguments: [
        "{\"error\":{\"code\":400,\"message\":\"too big\",\"type\":\"exceed_context_size_error\",\"n_ctx\":8192}}",
        "{\"object\":\"error\",\"message\":\"This model's maximum context length is 4096 tokens\",\"code\":400}",
        "{\"error\":{\"message\":\"x\",\"code\":\"context_length_exceeded\"}}",
        "{\"error\":\"Trying to keep the first 9000 tokens\"}",
    ])
    func anOverflowIsKnownInEveryShape(body: String) async throws {
        #expect(try await ConformanceTests.failure(dialect, ServerAction.answer(400, body)).code == .contextOverflow)
    }

    @Test func aSpentAccountIsNotAThrottle() async throws {
        let body =
            "{\"error\":{\"message\":\"You exceeded\",\"type\":\"insufficient_quota\",\"code\":\"credit_balance_exhausted\"}}"
        #expect(try await ConformanceTests.failure(dialect, ServerAction.answer(429, body)).code == .quotaExhausted)
    }

    @Test func announcedLimitsAreKept() async throws {
        let headers = [
            ("x-ratelimit-limit-requests", "60"), ("x-ratelimit-remaining-requests", "59"),
            ("x-ratelimit-reset-requests", "1s"),
            ("x-ratelimit-limit-tokens", "-1"), ("x-ratelimit-remaining-tokens", "9000"),
            ("x-ratelimit-reset-tokens", "6m0s"),
        ]
        let answer = dialect.whole()
        try await withProvider(
            .openai, as: OpenAIProvider.self, { _ in ServerAction.answer(200, answer, headers: headers) }
        ) { provider, _ in
            _ = try await provider.complete(ConformanceTests.request(dialect))
            let hints = try #require(provider.rateHints(for: "model-1"))
            #expect(hints.requests == .init(limit: 60, remaining: 59, reset: .seconds(1)))
            #expect(hints.tokens == .init(limit: nil, remaining: 9000, reset: .seconds(360)))
        }
    }

    @Test func theWindowOfASlotIsReadFromTheServer() async throws {
        let script: ScriptedServer.Script = { request in
            request.path == "/v1/models"
                ? ServerAction.answer(200, "{\"data\":[{\"id\":\"m\",\"meta\":{\"n_ctx_train\":32768}}]}")
                : ServerAction.answer(200, "{\"default_generation_settings\":{\"n_ctx\":8192}}")
        }
        try await ScriptedServer.run(script) { _, base in
            let provider = try ProviderRegistry.adapter(dialect.descriptor(base + "/v1"), keys: FixedKeys())
            let models = try await provider.models()
            #expect(models.map(\.contextTokens) == [8192])
            await provider.shutdown()
        }
    }

    @Test func aPinnedProviderHasItsOwnPrice() async throws {
        let listing = """
            {"data":[{"id":"org/m","providers":[
              {"provider":"fast","status":"live","context_length":32000,"pricing":{"input":0.3,"output":1.1},"supports_structured_output":true},
              {"provider":"broken","status":"error","pricing":{"input":0.1,"output":0.1}},{"provider":"silent","status":"live"}]}]}
            """
        try await withProvider(.huggingface, as: HuggingFaceProvider.self, { _ in ServerAction.answer(200, listing) }) {
            provider, _ in
            let models = try await provider.models()
            #expect(models.map(\.id.name) == ["org/m:fast", "org/m:silent"])
            #expect(models[0].price.schedule?.tiers[0].input.decimalText == "0.3")
            #expect(models[1].price.schedule == nil)
        }
        let error = try await ConformanceTests.failure(
            ServerDialect(wire: .huggingface),
            ServerAction.answer(402, "{\"error\":\"You have exceeded your monthly included credits\"}"))
        #expect(error.code == .quotaExhausted)
    }
}
