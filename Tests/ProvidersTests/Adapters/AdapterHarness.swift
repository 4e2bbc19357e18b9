import OrchestratorCore
import Providers
import Testing

/// Runs an adapter against a server with one answer for each path.
func withProvider<Adapter: Provider, Value>(
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

func sentBody(_ server: ScriptedServer, _ index: Int = 0) throws -> JSON {
    try JSONParser.parse(server.requests[index].body)
}
