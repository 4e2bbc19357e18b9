import OrchestratorCore
import Providers
import Synchronization
import TestSupport
import Testing

/// What every adapter must do, whatever its protocol.
@Suite(.timeLimit(.minutes(3))) struct ConformanceTests {
    static func request(_ dialect: ServerDialect, isStreamed: Bool = false, leavesHost: Bool = false)
        -> CompletionRequest
    {
        CompletionRequest(
            model: ModelDescriptor(
                id: ModelID(provider: "test", name: "model-1"), modelClass: .local, contextTokens: 8192,
                leavesHost: leavesHost),
            system: "You review code.", messages: [.init(.user, "Is this line safe? strcpy(target, source);")],
            maxOutputTokens: 100, schema: .init(name: "findings", schema: .members(["type": .string("object")])),
            seed: 7,
            stop: ["<end>"], isStreamed: isStreamed && dialect.canStream)
    }

    /// The error of a completion against a server that answers with `actions`.
    static func failure(
        _ dialect: ServerDialect, isStreamed: Bool = false, limits: ProviderLimits = .quick, _ actions: [ServerAction]
    ) async throws -> ProviderError {
        try await ScriptedServer.run({ _ in actions }) { server, base in
            let provider = try ProviderRegistry.adapter(dialect.descriptor(base, limits: limits), keys: FixedKeys())
            let result = await Result { () async throws(ProviderError) in
                try await provider.complete(request(dialect, isStreamed: isStreamed))
            }
            await provider.shutdown()
            #expect(server.requests.count == 1, "one send, whatever happens")
            guard case .failure(let error) = result else { throw Unexpected("\(result)") }
            #expect(error.provider == "test")
            #expect(error.model == "model-1")
            #expect(!error.description.contains("strcpy"))
            return error
        }
    }

    @Test(arguments: ServerDialect.all) func anAnswerInOnePieceIsRead(dialect: ServerDialect) async throws {
        try await ScriptedServer.run({ _ in ServerAction.answer(200, dialect.whole()) }) { server, base in
            let provider = try ProviderRegistry.adapter(
                dialect.descriptor(base, key: "env:KEY"), keys: FixedKeys(keys: ["KEY": "sk-test"]))
            let completion = try await provider.complete(Self.request(dialect))
            #expect(completion.text == "{\"findings\":[]}")
            #expect(completion.finish == .stop)
            #expect(completion.usage == Usage(inputTotal: 40, output: 7))
            #expect(completion.servedModel == "served-model")
            #expect(!completion.isInputTruncated)
            let request = try #require(server.requests.first)
            #expect(request.headers.values.contains { $0.hasSuffix("sk-test") }, "the key is sent in a header")
            #expect(!request.path.contains("sk-test"))
            #expect(try JSONParser.parse(request.body).members != nil)
            #expect(String(decoding: request.body, as: UTF8.self).contains("strcpy(target, source);"))
            await provider.shutdown()
        }
    }

    @Test(arguments: ServerDialect.all.filter(\.canStream)) func aStreamedAnswerIsReadAsItComes(dialect: ServerDialect)
        async throws
    {
        let content = ServerDialect.Content(text: "{\"é\":\"🙂日本\"}")
        let bytes = Array(dialect.pieces(content).joined().utf8)
        try await ScriptedServer.run({ request in
            var generator = SeededGenerator(seed: UInt64(request.index))
            let pieces = Split.random(bytes, &generator).map { [UInt8]($0) }
            let head =
                "HTTP/1.1 200 OK\r\ncontent-type: \(dialect.streamType)\r\ncontent-length: \(bytes.count)\r\n\r\n"
            return [.write(Array(head.utf8))] + pieces.map { .write($0) }
        }) { server, base in
            let provider = try ProviderRegistry.adapter(dialect.descriptor(base), keys: FixedKeys())
            for _ in 0..<5 {
                let parts = Mutex<[String]>([])
                let completion = try await provider.complete(Self.request(dialect, isStreamed: true)) { text in
                    parts.withLock { $0.append(text) }
                }
                #expect(completion.text == content.text)
                #expect(completion.usage == Usage(inputTotal: 40, output: 7))
                #expect(parts.withLock { $0.joined() } == content.text)
            }
            #expect(server.closedConnections == 0, "one connection serves all")
            await provider.shutdown()
        }
    }

    @Test(arguments: ServerDialect.all) func anOutputThatWasCutSaysSo(dialect: ServerDialect) async throws {
        let content = ServerDialect.Content(text: "{\"findings\":[", finish: .length)
        for isStreamed in [false, true] where !isStreamed || dialect.canStream {
            try await ScriptedServer.run({ _ in
                isStreamed
                    ? ServerAction.stream(dialect.pieces(content), type: dialect.streamType)
                    : ServerAction.answer(200, dialect.whole(content))
            }) { _, base in
                let provider = try ProviderRegistry.adapter(dialect.descriptor(base), keys: FixedKeys())
                let completion = try await provider.complete(Self.request(dialect, isStreamed: isStreamed))
                #expect(completion.isOutputTruncated)
                await provider.shutdown()
            }
        }
    }

    @Test(
        arguments: ServerDialect.all,
        [
            (400, ProviderError.Code.badRequest, Billing.notBilled), (401, .authentication, .notBilled),
            (402, .quotaExhausted, .notBilled), (403, .permission, .notBilled), (404, .modelNotFound, .notBilled),
            (408, .timedOut, .unknown), (413, .contextOverflow, .notBilled), (429, .throttled, .notBilled),
            (500, .serverFailed, .unknown), (502, .serverFailed, .unknown), (503, .unavailable, .notBilled),
            (504, .timedOut, .unknown), (529, .unavailable, .notBilled), (307, .redirected, .notBilled),
        ])
    func everyStatusHasItsMeaning(dialect: ServerDialect, expected: (Int, ProviderError.Code, Billing)) async throws {
        let error = try await Self.failure(dialect, ServerAction.answer(expected.0, dialect.error("went wrong")))
        #expect(error.code == expected.1)
        #expect(error.billing == expected.2)
        #expect(error.status == expected.0)
    }

    @Test(arguments: ServerDialect.all) func aRedirectNeverCarriesTheRequestElsewhere(dialect: ServerDialect)
        async throws
    {
        try await ScriptedServer.run({ _ in ServerAction.answer(200, "{}") }) { other, otherBase in
            let error = try await Self.failure(
                dialect, ServerAction.answer(307, "", headers: [("location", "\(otherBase)/elsewhere")]))
            #expect(error.code == .redirected)
            #expect(other.requests.isEmpty)
        }
    }

    @Test(arguments: ServerDialect.all) func aWaitIsReadFromTheAnswer(dialect: ServerDialect) async throws {
        let error = try await Self.failure(
            dialect, ServerAction.answer(429, dialect.error("slow down"), headers: [("Retry-After", "2.5")]))
        #expect(error.retryAfter == .milliseconds(2500))
    }

    @Test(arguments: ServerDialect.all) func aQuotaIsNotTakenForAThrottle(dialect: ServerDialect) async throws {
        let error = try await Self.failure(
            dialect, ServerAction.answer(429, dialect.error("you have reached your weekly usage limit")))
        #expect(error.code == .quotaExhausted)
    }

    @Test(
        arguments: ServerDialect.all,
        [
            "", "<html><body>Proxy</body></html>", "{\"choices\":[", "[]", "null", "{}", "{} {}", "\u{0}",
            "{\"choices\":[]}",
            "{\"choices\":[{\"message\":{\"content\":null},\"finish_reason\":\"stop\"}]}", "{\"done\":false}",
            "{\"content\":[]}",
            "{\"message\":{\"content\":\"\"},\"done\":true}", "{\"error\":{\"message\":\"boom\",\"code\":502}}",
            "{\"error\":\"boom\"}",
        ])
    func aSuccessThatIsNoneIsAnErrorOfUnknownCharge(dialect: ServerDialect, body: String) async throws {
        let error = try await Self.failure(dialect, ServerAction.answer(200, body))
        #expect([.malformedAnswer, .serverFailed].contains(error.code))
        #expect(error.billing == .unknown)
    }

    @Test(arguments: ServerDialect.all.filter(\.canStream))
    func aStreamWithoutItsTerminatorIsAnError(dialect: ServerDialect) async throws {
        let pieces = dialect.pieces()
        for count in 0..<pieces.count {
            for isEnded in [true, false] {
                let actions = ServerAction.stream(Array(pieces[..<count]), type: dialect.streamType, isEnded: isEnded)
                let error = try await Self.failure(dialect, isStreamed: true, actions + (isEnded ? [] : [.close]))
                #expect([.malformedAnswer, .connectionLost].contains(error.code), "\(count) pieces")
                #expect(error.billing != .notBilled)
            }
        }
    }

    @Test(arguments: ServerDialect.all.filter(\.canStream))
    func anErrorInTheMiddleOfAStreamIsFound(dialect: ServerDialect) async throws {
        let body = dialect.error("overloaded", code: .int(503), type: "overloaded_error")
        let line = dialect.wire == .ollama ? body + "\n" : "data: \(body)\n\n"
        let pieces = [dialect.pieces()[0], line]
        let error = try await Self.failure(
            dialect, isStreamed: true, ServerAction.stream(pieces, type: dialect.streamType))
        #expect(error.code == (dialect.wire == .ollama ? .serverFailed : .unavailable))
        #expect(error.billing == .unknown, "the model had begun")
    }

    @Test(arguments: ServerDialect.all.filter(\.canStream))
    func whatComesAfterTheEndOfAStreamDoesNotMatter(dialect: ServerDialect) async throws {
        let pieces = dialect.pieces() + ["data: nonsense\n\n", "{]\n"]
        try await ScriptedServer.run({ _ in
            ServerAction.stream(pieces, type: dialect.streamType, isEnded: false) + [.pause(60_000)]
        }) { _, base in
            let provider = try ProviderRegistry.adapter(dialect.descriptor(base), keys: FixedKeys())
            let completion = try await provider.complete(Self.request(dialect, isStreamed: true))
            #expect(completion.text == "{\"findings\":[]}")
            await provider.shutdown()
        }
    }

    @Test(arguments: ServerDialect.all) func impossibleUsageCountsAsNone(dialect: ServerDialect) async throws {
        for content in [
            ServerDialect.Content(input: -5), .init(input: 40_000_000), .init(output: 101), .init(input: .max),
        ] {
            try await ScriptedServer.run({ _ in ServerAction.answer(200, dialect.whole(content)) }) { _, base in
                let provider = try ProviderRegistry.adapter(dialect.descriptor(base), keys: FixedKeys())
                #expect(try await provider.complete(Self.request(dialect)).usage == nil)
                await provider.shutdown()
            }
        }
    }

    @Test(arguments: ServerDialect.all) func aMessageThatRepeatsThePromptOrTheKeyIsNotKept(dialect: ServerDialect)
        async throws
    {
        let bodies = ["bad input: Is this line safe? strcpy(target, source);", "wrong key sk-secret-value given"]
        for text in bodies {
            try await ScriptedServer.run({ _ in ServerAction.answer(400, dialect.error(text)) }) { _, base in
                let provider = try ProviderRegistry.adapter(
                    dialect.descriptor(base, key: "env:KEY"), keys: FixedKeys(keys: ["KEY": "sk-secret-value"]))
                let error = await #expect(throws: ProviderError.self) {
                    try await provider.complete(Self.request(dialect))
                }
                #expect(error?.description.contains("strcpy") == false)
                #expect(error?.description.contains("sk-secret-value") == false)
                await provider.shutdown()
            }
        }
    }

    @Test(arguments: ServerDialect.all) func aMissingOrDamagedKeyStopsTheRequest(dialect: ServerDialect) async throws {
        try await ScriptedServer.run({ _ in ServerAction.answer(200, dialect.whole()) }) { server, base in
            for keys in [[:], ["KEY": ""], ["KEY": "sk-1\n"], ["KEY": "sk-é"]] {
                let provider = try ProviderRegistry.adapter(
                    dialect.descriptor(base, key: "env:KEY"), keys: FixedKeys(keys: keys))
                let error = await #expect(throws: ProviderError.self) {
                    try await provider.complete(Self.request(dialect))
                }
                #expect(error?.code == .keyMissing)
                #expect(error?.billing == .notBilled)
                await provider.shutdown()
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test(arguments: ServerDialect.all) func theBoundOnInputCoversTheBody(dialect: ServerDialect) async throws {
        try await ScriptedServer.run({ _ in ServerAction.answer(200, dialect.whole()) }) { server, base in
            let provider = try ProviderRegistry.adapter(dialect.descriptor(base), keys: FixedKeys())
            var request = Self.request(dialect)
            _ = try await provider.complete(request)
            #expect(provider.inputBound(of: request) >= server.requests[0].body.count)
            request.exactInputTokens = 20
            #expect(provider.inputBound(of: request) >= 20 + CompletionRequest.templateOverhead)
            await provider.shutdown()
        }
    }
}

struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ text: String) { description = text }
}

extension Result where Failure == ProviderError {
    init(_ body: () async throws(ProviderError) -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
