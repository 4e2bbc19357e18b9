import OrchestratorCore
import Providers
import Testing

/// Both batch protocols against a service that keeps batches and has faults.
@Suite(.timeLimit(.minutes(3))) struct BatchProviderTests {
    static let wires: [ProviderDescriptor.WireProtocol] = [.openai, .anthropic]

    private static func submission(
        _ wire: ProviderDescriptor.WireProtocol, count: Int = 3, round: Int = 1, preparedAt: Int64 = BatchServer.now
    ) -> BatchSubmission {
        BatchSubmission(
            items: (0..<count).map { number in
                var request = ConformanceTests.request(ServerDialect(wire: wire), isStreamed: true)
                request.messages = [.init(.user, "Is this line safe? strcpy(target, source\(number));\r\n--secorch-")]
                return BatchItem(work: Digest(of: "work \(number)"), request)
            }, round: round, preparedAt: preparedAt)
    }

    /// `now` is the caller's clock.
    private func withBatches<Value>(
        _ wire: ProviderDescriptor.WireProtocol, now: Int64 = BatchServer.now, localOnly: Bool = false,
        _ body: (any BatchProvider, BatchServer, ScriptedServer) async throws -> Value
    ) async throws -> Value {
        let batches = BatchServer(wire)
        return try await ScriptedServer.run({ batches.answer($0) }) { server, base in
            let client = try WireClient(
                ServerDialect(wire: wire).descriptor(base, key: "env:KEY"), keys: FixedKeys(keys: ["KEY": "sk-test"]),
                isLocalOnly: localOnly, now: { now })
            let provider: any BatchProvider = wire == .anthropic ? AnthropicProvider(client) : OpenAIProvider(client)
            let value = try await body(provider, batches, server)
            await provider.shutdown()
            return value
        }
    }

    private func error(_ result: Result<Completion, ProviderError>) throws -> ProviderError {
        guard case .failure(let error) = result else { throw Unexpected("\(result)") }
        #expect(!error.description.contains("strcpy"))
        return error
    }

    private func failure<Value>(_ body: () async throws(ProviderError) -> Value) async throws -> ProviderError {
        let value: Value
        do throws(ProviderError) { value = try await body() } catch { return error }
        throw Unexpected("\(value)")
    }

    // MARK: The ordinary way

    @Test(arguments: wires) func aBatchIsTakenWatchedAndAnswered(wire: ProviderDescriptor.WireProtocol) async throws {
        try await withBatches(wire) { provider, batches, server in
            let submission = Self.submission(wire)
            let handle = try await provider.submit(submission)
            #expect(try await provider.status(of: handle).state == .running)
            let early = try await failure { () async throws(ProviderError) in
                try await provider.results(of: handle, for: submission)
            }
            #expect(early.code == .unavailable && early.billing == .notBilled)
            batches.end(wire == .anthropic ? "ended" : "completed")
            let results = try await provider.results(of: handle, for: submission)
            #expect(results.items.map(\.id) == submission.items.map(\.id))
            for item in results.items {
                let completion = try item.result.get()
                #expect(completion.text == "answer to \(item.id)")
                #expect(completion.usage == Usage(inputTotal: 40, output: 7))
                #expect(completion.servedModel == "served-model")
            }
            #expect(results.faults.isEmpty)
            #expect(batches.billed == 3)
            let bodies = server.requests.map { String(decoding: $0.body, as: UTF8.self) }
            #expect(bodies.contains { $0.contains("strcpy(target, source2);") })
            #expect(!bodies.contains { $0.contains("\"stream\"") })
            #expect(server.requests.allSatisfy { $0.headers.values.contains { $0.hasSuffix("sk-test") } })
            #expect(try await provider.cancel(handle).state == .cancelling)
        }
    }

    @Test func workIsCutIntoBatchesOfASizeThatIsTaken() {
        let items = Self.submission(.openai, count: 7).items
        func sizes(_ requests: Int, _ bytes: Int, _ items: [BatchItem]) -> [Int] {
            BatchLimits(requests: requests, bytes: 4096 + bytes).groups(of: items) { _ in 100 }.map(\.count)
        }
        #expect(sizes(10, 700, items) == [7])
        #expect(sizes(10, 699, items) == [6, 1])
        #expect(sizes(3, 700, items) == [3, 3, 1])
        #expect(sizes(3, 50, Array(items[..<2])) == [1, 1])
        #expect(sizes(3, 700, []).isEmpty)
        let mixed = items.enumerated().map { number, item in
            var request = item.request
            if number == 4 {
                request.model = ModelDescriptor(
                    id: ModelID(provider: "test", name: "other"), modelClass: .local, leavesHost: false)
            }
            return BatchItem(work: Digest(of: "\(number)"), request)
        }
        #expect(sizes(10, 700, mixed) == [4, 1, 2])
    }

    // MARK: Crashes

    @Test(arguments: wires) func aRestartFindsWhatWasTakenAndDoesNotSubmitAgain(wire: ProviderDescriptor.WireProtocol)
        async throws
    {
        try await withBatches(wire) { provider, batches, _ in
            // Others are there, before and after it.
            _ = try await provider.submit(Self.submission(wire, count: 2))
            batches.change { $0.submission = .takenAndReset }
            let submission = Self.submission(wire)
            let lost = try await failure { () async throws(ProviderError) in try await provider.submit(submission) }
            #expect(lost.code == .connectionLost && lost.billing == .unknown)
            batches.change { $0.submission = .taken }
            for _ in 0..<3 { _ = try await provider.submit(Self.submission(wire, count: 1)) }
            if wire == .anthropic {
                // While none has ended, nothing tells whose it is: that must not look like absence.
                guard case .undecided = try await provider.find(submission, besides: []) else {
                    throw Unexpected("a decision")
                }
            }
            batches.end(wire == .anthropic ? "ended" : "completed")
            let found = try await provider.find(submission, besides: ["batch_1"])
            #expect(found == .found(BatchHandle(provider: "test", id: "batch_2")))
            let results = try await provider.results(
                of: BatchHandle(provider: "test", id: "batch_2"), for: submission)
            #expect(results.items.allSatisfy { (try? $0.result.get()) != nil })
            #expect(batches.billed == 2 + 3 + 3)
        }
    }

    @Test(arguments: wires) func absenceIsBelievedOnlyOnceNothingCanBeOnItsWay(wire: ProviderDescriptor.WireProtocol)
        async throws
    {
        let submission = Self.submission(wire)
        // Two total time-outs of 20 s and 120 s more.
        for (now, isCertain) in [(BatchServer.now + 159, false), (BatchServer.now + 160, true)] {
            try await withBatches(wire, now: now) { provider, batches, _ in
                _ = try await provider.submit(Self.submission(wire, count: 2))
                batches.end(wire == .anthropic ? "ended" : "completed")
                let search = try await provider.find(submission, besides: [])
                #expect((search == .absent) == isCertain, "\(search)")
            }
        }
    }

    @Test(arguments: wires) func anotherRoundOrAnOlderBatchIsNotTakenForIt(wire: ProviderDescriptor.WireProtocol)
        async throws
    {
        try await withBatches(wire, now: BatchServer.now + 10_000) { provider, batches, _ in
            _ = try await provider.submit(Self.submission(wire))
            batches.end(wire == .anthropic ? "ended" : "completed")
            let again = Self.submission(wire, round: 2, preparedAt: BatchServer.now + 1000)
            #expect(try await provider.find(again, besides: []) == .absent)
            #expect(try await provider.find(Self.submission(wire), besides: ["batch_1"]) == .absent)
        }
    }

    // MARK: Refusals

    @Test(arguments: wires) func aRefusalIsFreeAndRepeatsNoPrompt(wire: ProviderDescriptor.WireProtocol) async throws {
        try await withBatches(wire) { provider, batches, _ in
            batches.change { $0.submission = .refused(429) }
            let error = try await failure { () async throws(ProviderError) in
                try await provider.submit(Self.submission(wire))
            }
            #expect(error.code == .throttled && error.billing == .notBilled)
            #expect(error.retryAfter == .seconds(7))
            #expect(!error.description.contains("safe"))
            #expect(batches.billed == 0)
            batches.change { $0.submission = .refused(500) }
            let failed = try await failure { () async throws(ProviderError) in
                try await provider.submit(Self.submission(wire))
            }
            #expect(failed.billing == .unknown, "it may have been taken")
            batches.change { $0.submission = .takenAndGarbled }
            let garbled = try await failure { () async throws(ProviderError) in
                try await provider.submit(Self.submission(wire))
            }
            #expect(garbled.code == .malformedAnswer && garbled.billing == .unknown)
        }
    }

    @Test(arguments: wires) func whatNoProviderCouldTakeIsNotSent(wire: ProviderDescriptor.WireProtocol) async throws {
        try await withBatches(wire, localOnly: true) { provider, _, server in
            let item = Self.submission(wire).items[0]
            var away = item.request
            away.model.leavesHost = true
            for items in [[], [item, item], [BatchItem(work: Digest(of: "x"), away)]] {
                let error = try await failure { () async throws(ProviderError) in
                    try await provider.submit(BatchSubmission(items: items, preparedAt: 0))
                }
                #expect(error.billing == .notBilled)
                #expect([.misconfigured, .leavesHost].contains(error.code))
            }
            let handle = BatchHandle(provider: "test", id: "../keys")
            _ = try await failure { () async throws(ProviderError) in try await provider.status(of: handle) }
            _ = try await failure { () async throws(ProviderError) in try await provider.cancel(handle) }
            #expect(server.requests.isEmpty)
        }
    }

    // MARK: Results

    @Test(arguments: wires) func everyItemEndsInItsOwnWay(wire: ProviderDescriptor.WireProtocol) async throws {
        try await withBatches(wire) { provider, batches, _ in
            let submission = Self.submission(wire, count: 8)
            let ids = submission.items.map(\.id)
            let fates: [BatchServer.Fate] = [
                .answered, .failed(400), .expired, .cancelled, .missing, .twice, .cutLine, .answered,
            ]
            batches.change { state in
                state.fates = Dictionary(uniqueKeysWithValues: zip(ids, fates))
                state.strangeLines = ["", "{\"custom_id\":\"someone-else\"}", "<html>", "{\"id\":1}"]
            }
            let handle = try await provider.submit(submission)
            batches.end(wire == .anthropic ? "ended" : "expired")
            let results = try await provider.results(of: handle, for: submission)
            #expect(results.items.map(\.id) == ids)
            let items = results.items.map(\.result)
            for (index, text) in [(0, ids[0]), (5, ids[5]), (7, ids[7])] {
                #expect(try items[index].get().text == "answer to \(text)")
            }
            let expected: [(Int, ProviderError.Code, Billing)] = [
                (1, .badRequest, .notBilled), (2, .timedOut, .notBilled), (3, .cancelled, .notBilled),
                // Nobody knows what became of these, so they count as paid for.
                (4, .malformedAnswer, .unknown), (6, .malformedAnswer, .unknown),
            ]
            for (index, code, billing) in expected {
                let error = try error(items[index])
                #expect(error.code == code && error.billing == billing, "\(index): \(error)")
                #expect(error.model == "model-1")
            }
            let faults = results.faults.joined(separator: "\n")
            for words in [
                "no request has the id 'someone-else'", "not JSON", "expected the key 'custom_id'", "a second",
            ] {
                #expect(faults.contains(words), "\(words): \(faults)")
            }
            #expect(faults.contains("the line is cut off"))
        }
    }

    @Test(arguments: wires) func resultsWhoseDownloadBrokeAreThereWhenAskedForAgain(
        wire: ProviderDescriptor.WireProtocol
    ) async throws {
        try await withBatches(wire) { provider, batches, _ in
            let submission = Self.submission(wire)
            let handle = try await provider.submit(submission)
            batches.end(wire == .anthropic ? "ended" : "completed")
            batches.change { $0.brokenDownloads = 1 }
            let error = try await failure { () async throws(ProviderError) in
                try await provider.results(of: handle, for: submission)
            }
            #expect(error.code == .connectionLost && error.billing == .notBilled)
            let results = try await provider.results(of: handle, for: submission)
            #expect(results.items.allSatisfy { (try? $0.result.get()) != nil })
        }
    }

    @Test func aBatchThatFailedAsAWholeCostsNothing() async throws {
        for (code, meaning) in [("token_limit_exceeded", ProviderError.Code.throttled), ("invalid_json", .badRequest)] {
            try await withBatches(.openai) { provider, batches, _ in
                batches.change { $0.errors = [code] }
                let submission = Self.submission(.openai)
                let handle = try await provider.submit(submission)
                batches.end("failed")
                for item in try await provider.results(of: handle, for: submission).items {
                    let error = try error(item.result)
                    #expect(error.code == meaning && error.billing == .notBilled)
                    #expect(error.detail.contains(code) && error.detail.contains("line 3"))
                }
            }
        }
    }

    @Test func aServerErrorInABatchOfAnyServerMayHaveBeenBilled() async throws {
        try await withBatches(.openai) { provider, batches, _ in
            let submission = Self.submission(.openai, count: 1)
            batches.change { $0.fates[submission.items[0].id] = .failed(500) }
            let handle = try await provider.submit(submission)
            batches.end("completed")
            let results = try await provider.results(of: handle, for: submission)
            #expect(try error(results.items[0].result).billing == .unknown)
        }
    }
}
