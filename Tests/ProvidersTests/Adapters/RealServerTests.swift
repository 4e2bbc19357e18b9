import OrchestratorCore
import Providers
import Synchronization
import TestSupport
import Testing

/// A real model server. Nothing is asserted about what the model says: even at temperature 0 a warm prompt cache changes
/// the words.
@Suite(
    .serialized, .enabled(if: RealModel.base != nil, Comment(rawValue: RealModel.absence)), .timeLimit(.minutes(10)))
struct RealServerTests {
    private func withServer<Value>(
        _ body: (any Provider, ModelDescriptor) async throws -> Value
    ) async throws -> Value {
        var limits = ProviderLimits()
        limits.concurrency = 1
        let descriptor = ProviderDescriptor(
            id: "real", kind: .local, wire: .openai, baseURL: try #require(RealModel.base), limits: limits)
        let provider = try ProviderRegistry.adapter(descriptor, keys: FixedKeys(), isLocalOnly: true)
        let model = try #require(try await provider.models().first)
        let value = try await body(provider, model)
        await provider.shutdown()
        return value
    }

    private func request(_ model: ModelDescriptor, _ text: String, tokens: Int, isStreamed: Bool) -> CompletionRequest {
        CompletionRequest(
            model: model, system: "Answer in one short sentence.", messages: [.init(.user, text)],
            maxOutputTokens: tokens, seed: 1, isStreamed: isStreamed)
    }

    @Test func wholeAndStreamedAnswersAreReadAndCounted() async throws {
        try await withServer { provider, model in
            #expect(model.contextTokens ?? 0 > 0, "the window of a slot is told")
            for isStreamed in [false, true] {
                let parts = PartList()
                let request = request(model, "What does strcpy do?", tokens: 24, isStreamed: isStreamed)
                let completion = try await provider.complete(request) { parts.add($0) }
                let usage = try #require(completion.usage)
                #expect(usage.input > 0 && usage.input <= provider.inputBound(of: request))
                #expect((1...24).contains(usage.output))
                if isStreamed { #expect(parts.joined == completion.text) }
            }
        }
    }

    @Test func piecesArriveWhileTheServerIsStillAtWork() async throws {
        try await withServer { provider, model in
            let parts = PartList()
            let busy = Mutex<Bool?>(nil)
            _ = try await provider.complete(
                request(model, "Count from one to fifty in words.", tokens: 60, isStreamed: true)
            ) { part in
                if parts.joined.isEmpty { busy.withLock { $0 = try? RealModel.isGenerating() } }
                parts.add(part)
            }
            #expect(busy.withLock { $0 } != false)
            #expect(parts.count > 1)
        }
    }

    @Test func aSchemaIsKept() async throws {
        try await withServer { provider, model in
            var request = request(model, "Is strcpy(a, b) safe?", tokens: 60, isStreamed: true)
            let schema = """
                {"type":"object","properties":{"reason":{"type":"string","maxLength":40},"safe":{"type":"boolean"}},
                 "required":["reason","safe"],"additionalProperties":false}
                """
            request.schema = .init(name: "verdict", schema: try JSONParser.parse(schema))
            let completion = try await provider.complete(request)
            let answer = try JSONParser.parse(completion.text)
            #expect(answer.members?.map(\.key) == ["reason", "safe"], "in the order of the schema")
            #expect(answer["safe"]?.bool != nil)
        }
    }

    @Test func aPromptOverTheWindowIsRefusedAndNotCharged() async throws {
        try await withServer { provider, model in
            let long = String(repeating: "one two three four five ", count: 4000)
            let error = await #expect(throws: ProviderError.self) {
                try await provider.complete(request(model, long, tokens: 8, isStreamed: true))
            }
            #expect(error?.code == .contextOverflow)
            #expect(error?.billing == .notBilled)
        }
    }

    @Test func cancellingFreesTheServer() async throws {
        try await withServer { provider, model in
            let request = request(model, "Count from one to five hundred in words.", tokens: 2000, isStreamed: true)
            let before = try RealModel.counts()
            let parts = PartList()
            let task = Task { try await provider.complete(request) { parts.add($0) } }
            while parts.joined.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
            task.cancel()
            let error = await #expect(throws: ProviderError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            #expect(error?.billing == .unknown)
            while try RealModel.isGenerating() == true { try await Task.sleep(for: .milliseconds(50)) }
            if let before, let after = try RealModel.counts() { #expect(after.output - before.output < 1000) }
            // The one slot is free again, or this would wait for the two thousand tokens.
            let next = try await provider.complete(self.request(model, "Say hi.", tokens: 4, isStreamed: false))
            #expect(next.usage != nil)
        }
    }
}

/// The pieces of a streamed answer.
final class PartList: Sendable {
    private let parts = Mutex<[String]>([])

    func add(_ part: String) { parts.withLock { $0.append(part) } }
    var joined: String { parts.withLock { $0.joined() } }
    var count: Int { parts.withLock { $0.count } }
}
