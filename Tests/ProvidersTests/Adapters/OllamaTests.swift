import OrchestratorCore
import Providers
import Synchronization
import Testing

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
