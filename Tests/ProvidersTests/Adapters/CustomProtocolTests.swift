import OrchestratorCore
import Providers
import Testing

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
