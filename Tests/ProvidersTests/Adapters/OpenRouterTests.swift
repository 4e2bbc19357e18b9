import OrchestratorCore
import Providers
import Testing

@Suite(.timeLimit(.minutes(2))) struct OpenRouterTests {
    private let dialect = ServerDialect(wire: .openrouter)

    @Test func theRequestAsksForPrivacyPriceAndTheWholePrompt() async throws {
        try await withProvider(
            .openrouter, as: OpenRouterProvider.self,
            { _ in ServerAction.answer(200, ServerDialect(wire: .openrouter).whole()) }
        ) { provider, server in
            var request = ConformanceTests.request(dialect)
            request.model.price = .known(
                PriceSchedule(
                    tiers: [
                        .init(
                            input: try TokenPrice(dollarsPerMillion: "0.22"),
                            output: try TokenPrice(dollarsPerMillion: "1.5"))
                    ],
                    source: .configured))
            _ = try await provider.complete(request)
            let body = try sentBody(server)
            #expect(
                body.members?.map(\.key).prefix(3) == ["model", "messages", "max_tokens"],
                "the stable prefix comes first")
            #expect(body["messages"]?[0]?["role"]?.text == "system")
            #expect(body["provider"]?["require_parameters"]?.bool == true)
            #expect(body["provider"]?["data_collection"]?.text == "deny")
            #expect(body["provider"]?["max_price"]?["prompt"] == .number("0.22"))
            #expect(body["provider"]?["max_price"]?["completion"] == .number("1.5"))
            #expect(body["plugins"]?[0]?["enabled"]?.bool == false)
            #expect(body["response_format"]?["json_schema"]?["strict"]?.bool == true)
        }
    }

    @Test func listedPricesAreExactAndTheSentinelIsUnknown() async throws {
        let listing = """
            {"data":[
              {"id":"a/plain","context_length":1000,"pricing":{"prompt":"0.00000022","completion":"0.0000015","input_cache_read":"0"},
               "top_provider":{"context_length":900,"max_completion_tokens":null},"supported_parameters":["structured_outputs","seed"]},
              {"id":"openrouter/auto","pricing":{"prompt":"-1","completion":"-1"}},
              {"id":"a/gap","pricing":{"prompt":"0.1","completion":null}},
              {"id":"a/nan","pricing":{"prompt":"NaN","completion":"0"}},
              {"id":"a/tiered","pricing":{"prompt":"0.000001","completion":"0.000002","overrides":[
                {"min_prompt_tokens":200000,"prompt":"0.000002"},{"utc_start":"10:00","completion":"0.000009"}]}},
              {"id":"a/b:free","pricing":{"prompt":"0","completion":"0"},"expiration_date":"2026-12-01"},
              {"name":"no id"}
            ]}
            """
        try await withProvider(.openrouter, as: OpenRouterProvider.self, { _ in ServerAction.answer(200, listing) }) {
            provider, _ in
            let models = Dictionary(try await provider.models().map { ($0.id.name, $0) }) { first, _ in first }
            #expect(models.count == 6)
            let plain = try #require(models["a/plain"])
            #expect(plain.price.schedule?.tiers[0].input == (try TokenPrice(dollarsPerMillion: "0.22")))
            #expect(plain.price.schedule?.tiers[0].cacheRead == nil, "zero is a gap")
            #expect(plain.contextTokens == 900)
            #expect(plain.maxOutputTokens == nil)
            #expect(plain.capabilities.contains(.structuredOutput))
            for name in ["openrouter/auto", "a/gap", "a/nan"] {
                #expect(models[name]?.price.schedule == nil, "\(name)")
            }
            let tiered = try #require(models["a/tiered"]?.price.schedule)
            #expect(try tiered.worstCase(inputBound: 100, maxOutput: 100).nanodollars == 100 * 1000 + 100 * 9000)
            #expect(try tiered.worstCase(inputBound: 200_000, maxOutput: 0).nanodollars == 400_000_000)
            #expect(models["a/b:free"]?.modelClass == .free)
            #expect(models["a/b:free"]?.price.isFree == true)
            #expect(models["a/b:free"]?.retiresOn == "2026-12-01")
        }
    }

    @Test func aLostAnswerIsLookedUp() async throws {
        let script: ScriptedServer.Script = { request in
            switch request.path {
            case "/chat/completions":
                ServerAction.stream(
                    [": wait\n\n"], type: "text/event-stream", isEnded: false, headers: [("X-Generation-Id", "gen-7/x")]
                ) + [.close]
            case "/generation?id=gen-7%2Fx":
                ServerAction.answer(
                    200, "{\"data\":{\"total_cost\":0.0021,\"native_tokens_prompt\":40,\"native_tokens_completion\":7}}"
                )
            default: ServerAction.answer(404, "{\"error\":{\"code\":404,\"message\":\"no such generation\"}}")
            }
        }
        try await withProvider(.openrouter, as: OpenRouterProvider.self, script) { provider, _ in
            let error = await #expect(throws: ProviderError.self) {
                try await provider.complete(ConformanceTests.request(dialect, isStreamed: true))
            }
            #expect(error?.providerRequestID == "gen-7/x")
            func outcome(_ id: String?) async throws -> AttemptOutcome? {
                try await provider.outcome(
                    of: AttemptReference(
                        attempt: AttemptID("1"), model: ModelID(provider: "test", name: "m"), providerRequestID: id))
            }
            let outcomes = [
                try await outcome(error?.providerRequestID), try await outcome("gen-other"), try await outcome(nil),
            ]
            #expect(outcomes == [.billed(Money(nanodollars: 2_100_000), Usage(inputTotal: 40, output: 7)), nil, nil])
        }
    }

    @Test func aKeyOfTheUsersOwnAddsTheProvidersCharge() async throws {
        let answer = dialect.whole().replacing(
            "\"completion_tokens\":7",
            with:
                "\"completion_tokens\":7,\"cost\":0.01,\"is_byok\":true,\"cost_details\":{\"upstream_inference_cost\":\"0.2\"}"
        )
        try await withProvider(.openrouter, as: OpenRouterProvider.self, { _ in ServerAction.answer(200, answer) }) {
            provider, _ in
            let completion = try await provider.complete(ConformanceTests.request(dialect))
            #expect(completion.reportedCost == Money(nanodollars: 210_000_000))
        }
    }

    @Test func constraintsThatLeaveNoEndpointAreNamed() async throws {
        let body = """
            {"error":{"message":"No endpoints","error_type":"not_found","http_status":404,"availability":{"code":"constraint_filtered","retryable":false,"excluded_by":["max_price","data_policy:training"]}}}
            """
        let error = try await ConformanceTests.failure(dialect, ServerAction.answer(404, body))
        #expect(error.code == .modelNotFound)
        #expect(error.detail.contains("max_price"))
        let capacity = """
            {"error":{"message":"busy","http_status":429,"availability":{"code":"capacity_exhausted","retryable":true,"retry_after":40}}}
            """
        #expect(
            try await ConformanceTests.failure(dialect, ServerAction.answer(429, capacity)).retryAfter == .seconds(40))
        let guardrail =
            "{\"error\":{\"code\":403,\"message\":\"prompt injection patterns detected\",\"metadata\":{\"patterns\":[\"x\"]}}}"
        #expect(
            try await ConformanceTests.failure(dialect, ServerAction.answer(403, guardrail)).code == .contentRefused)
    }

    @Test func theKeysLimitIsRead() async throws {
        try await withProvider(
            .openrouter, as: OpenRouterProvider.self,
            { _ in ServerAction.answer(200, "{\"data\":{\"limit_remaining\":1.25}}") }
        ) { provider, _ in
            let status = try await provider.check()
            #expect(status.remainingCredit == Money(nanodollars: 1_250_000_000))
        }
    }
}
