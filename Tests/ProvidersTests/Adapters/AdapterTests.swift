import OrchestratorCore
import Providers
import Synchronization
import TestSupport
import Testing

/// Runs an adapter against a server with one answer for each path.
private func withProvider<Adapter: Provider, Value>(
    _ wire: ProviderDescriptor.WireProtocol, as type: Adapter.Type, localOnly: Bool = false,
    _ answers: @escaping @Sendable (ReceivedRequest) -> [ServerAction],
    _ body: (Adapter, ScriptedServer) async throws -> Value
) async throws -> Value {
    try await ScriptedServer.run(answers) { server, base in
        let descriptor = ServerDialect(wire: wire).descriptor(base, key: "env:KEY")
        let provider = try #require(
            try ProviderRegistry.adapter(descriptor, keys: FixedKeys(keys: ["KEY": "sk-test"]), isLocalOnly: localOnly)
                as? Adapter)
        let value = try await body(provider, server)
        await provider.shutdown()
        return value
    }
}

private func sentBody(_ server: ScriptedServer, _ index: Int = 0) throws -> JSON {
    try JSONParser.parse(server.requests[index].body)
}

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

@Suite(.timeLimit(.minutes(2))) struct OllamaTests {
    private let dialect = ServerDialect(wire: .ollama)

    private func completion(_ content: ServerDialect.Content, expected: Int?) async throws -> (Completion, JSON) {
        let answer = dialect.whole(content)
        return try await withProvider(.ollama, as: OllamaProvider.self, { _ in ServerAction.answer(200, answer) }) {
            provider, server in
            var request = ConformanceTests.request(dialect)
            request.messages = [.init(.user, String(repeating: "x = 1\n", count: 6000))]
            request.model.contextTokens = 32_768
            request.expectedInputTokens = expected
            return (try await provider.complete(request), try sentBody(server))
        }
    }

    @Test func theWindowIsAlwaysSetAndNothingIsShifted() async throws {
        let (_, body) = try await completion(.init(input: 9000), expected: 9000)
        #expect(body["options"]?["num_ctx"]?.int == 16_384)
        #expect(body["options"]?["num_predict"]?.int == 100)
        #expect(body["truncate"]?.bool == false)
        #expect(body["shift"]?.bool == false)
        #expect(body["format"]?["type"]?.text == "object")
    }

    @Test(arguments: [(9000, false), (8194, false), (5400, false), (5399, true), (2050, true), (16_384, true)])
    func aPromptThatWasCutIsNoticed(count: Int, isCut: Bool) async throws {
        #expect(try await completion(.init(input: count), expected: 9000).0.isInputTruncated == isCut)
    }

    @Test func absentCountsAreNoUsage() async throws {
        let answer =
            "{\"model\":\"m\",\"message\":{\"content\":\"x\"},\"done\":true,\"done_reason\":\"stop\",\"eval_count\":3}"
        try await withProvider(.ollama, as: OllamaProvider.self, { _ in ServerAction.answer(200, answer) }) {
            provider, _ in
            let completion = try await provider.complete(ConformanceTests.request(dialect))
            #expect(completion.usage == nil)
        }
    }

    @Test func modelsThatAreServedElsewhereAreRecognised() async throws {
        let listing = """
            {"models":[{"name":"qwen3-coder:30b","model":"qwen3-coder:30b","size":18,"details":{"context_length":262144},"capabilities":["completion","thinking"]},
             {"name":"hidden:latest","remote_host":"https://ollama.com","remote_model":"glm-5.2"},{"name":"qwen3.5:397b-cloud"},{"name":"glm:cloud"},{"name":"cloud"}]}
            """
        try await withProvider(.ollama, as: OllamaProvider.self, { _ in ServerAction.answer(200, listing) }) {
            provider, _ in
            let models = try await provider.models()
            #expect(models.map(\.leavesHost) == [false, true, true, true, false])
            #expect(models.map { $0.capabilities.contains(.structuredOutput) } == [true, false, false, false, true])
            #expect(models[0].contextTokens == 262_144)
        }
    }

    @Test func aDownloadIsDoneOnlyWithSuccess() async throws {
        let lines = [
            "{\"status\":\"pulling manifest\"}\n", "{\"status\":\"pulling aa\",\"digest\":\"aa\",\"total\":10}\n",
            "{\"status\":\"pulling aa\",\"digest\":\"aa\",\"total\":10,\"completed\":10}\n",
            "{\"status\":\"success\"}\n",
        ]
        let seen = Mutex<[PullProgress]>([])
        try await withProvider(
            .ollama, as: OllamaProvider.self, { _ in ServerAction.stream(lines, type: "application/x-ndjson") }
        ) { provider, _ in
            try await provider.pull("m") { progress in seen.withLock { $0.append(progress) } }
        }
        #expect(seen.withLock { $0.map(\.completed) } == [0, 0, 10, 0])
        for bad in [Array(lines.dropLast()), [lines[0], "{\"error\":\"no space\"}\n", lines[3]], []] {
            try await withProvider(
                .ollama, as: OllamaProvider.self, { _ in ServerAction.stream(bad, type: "application/x-ndjson") }
            ) { provider, _ in
                _ = await #expect(throws: ProviderError.self) { try await provider.pull("m") { _ in } }
            }
        }
    }

    @Test func theServersStateIsRead() async throws {
        let script: ScriptedServer.Script = { request in
            switch request.path {
            case "/api/version": ServerAction.answer(200, "{\"version\":\"0.33.0\"}")
            case "/api/ps":
                ServerAction.answer(
                    200, "{\"models\":[{\"name\":\"m\",\"size\":5,\"size_vram\":3,\"context_length\":4096}]}")
            case "/api/show":
                ServerAction.answer(
                    200,
                    "{\"model_info\":{\"general.architecture\":\"qwen\",\"qwen.context_length\":32768},\"details\":{\"family\":\"qwen\"}}"
                )
            case "/api/generate": ServerAction.answer(200, "{\"done\":true,\"done_reason\":\"load\"}")
            case "/api/delete": ServerAction.answer(200, "")
            default: ServerAction.answer(404, "{\"error\":\"not found\"}")
            }
        }
        try await withProvider(.ollama, as: OllamaProvider.self, script) { provider, server in
            #expect(try await provider.check().version == "0.33.0")
            #expect(try await provider.loaded().map(\.contextTokens) == [4096])
            #expect(try await provider.show("m").contextTokens == 32_768)
            try await provider.load("m", contextTokens: 4096, keepSeconds: 600)
            try await provider.load("m", keepSeconds: 0)
            try await provider.delete("m")
            #expect(server.requests.map(\.method) == ["GET", "GET", "POST", "POST", "POST", "DELETE"])
        }
    }
}

@Suite(.timeLimit(.minutes(2))) struct CustomProtocolTests {
    private let dialect = ServerDialect(wire: .custom)

    @Test func placeholdersBecomeValuesAndAreNotSearchedAgain() async throws {
        let answer = dialect.whole()
        try await withProvider(.custom, as: CustomProvider.self, { _ in ServerAction.answer(200, answer) }) {
            provider, server in
            var request = ConformanceTests.request(dialect)
            request.system = "a {{model}} \"quoted\""
            request.messages = [.init(.user, "{{key}} {{max_tokens}} \\ \"}")]
            request.temperature = nil
            _ = try await provider.complete(request)
            let body = try sentBody(server)
            #expect(body["m"]?.text == "model-1")
            #expect(body["q"]?.text == "a {{model}} \"quoted\"\n{{key}} {{max_tokens}} \\ \"}")
            #expect(body["n"]?.int == 100)
            #expect(body["s"]?["type"]?.text == "object")
            #expect(body["t"] == nil, "a placeholder without a value is left out")
            #expect(server.requests[0].path == "/ask?x=1")
            #expect(server.requests[0].headers["x-key"] == "Key sk-test")
        }
    }
}
