package import OrchestratorCore

/// The order in which models are tried, and what a failure says about those still to come.
package struct Failover: Sendable {
    private var left: [ModelDescriptor]

    /// In order of preference. With `isLocalOnly`, models that leave this machine are not among them.
    package init(_ candidates: [ModelDescriptor], isLocalOnly: Bool = false) {
        left = isLocalOnly ? candidates.filter { !$0.leavesHost } : candidates
    }

    package var isExhausted: Bool { left.isEmpty }

    /// The next model. Among the first few that are equal but for their provider, the one with the fewest requests
    /// under way.
    package mutating func next(outstanding: (String) -> Int) -> ModelDescriptor? {
        guard let first = left.first else { return nil }
        let equals = left.prefix(while: first.isEqual)
        let index = equals.indices.min { outstanding(left[$0].id.provider) < outstanding(left[$1].id.provider) }
        return left.remove(at: index ?? 0)
    }

    /// Strikes out what would fail the same way: a provider whose key or quota is the matter, windows that are no
    /// larger.
    package mutating func exclude(after error: ProviderError, of model: ModelDescriptor) {
        switch error.errorClass {
        // A permission may be missing for one model only.
        case .authentication where error.code != .permission, .quota:
            left.removeAll { $0.id.provider == model.id.provider }
        case .request where error.code == .contextOverflow:
            guard let window = model.contextTokens else { return }
            left.removeAll { ($0.contextTokens ?? .max) <= window }
        default: break
        }
    }
}
