import Foundation
package import OrchestratorCore

/// Keys kept in environment variables: `env:NAME`. Asked for each request, so a changed variable counts at once.
package struct EnvironmentKeys: KeyResolving {
    package init() {}

    package func key(_ reference: KeyReference) async -> APIKey? {
        guard reference.scheme == "env", let value = ProcessInfo.processInfo.environment[reference.name], !value.isEmpty
        else { return nil }
        return APIKey(value)
    }
}
