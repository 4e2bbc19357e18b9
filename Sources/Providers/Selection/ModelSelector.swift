package import OrchestratorCore

/// Chooses the models for a task, best first. A pure function of what is given: the same candidates give the same
/// order.
package struct ModelSelector: Sendable {
    /// What a task asks of a model.
    package struct Needs: Hashable, Sendable {
        /// Input and output together, in tokens.
        package var contextTokens: Int
        package var inputTokens: Int
        package var outputTokens: Int
        package var capabilities: Set<ModelDescriptor.Capability>

        package init(inputTokens: Int, outputTokens: Int, capabilities: Set<ModelDescriptor.Capability> = []) {
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
            contextTokens = inputTokens + outputTokens
            self.capabilities = capabilities
        }
    }

    /// How the user wants to choose.
    package struct Policy: Hashable, Sendable {
        package var isLocalOnly = false
        /// Security scans go to the cloud where it can serve them.
        package var requiresCloud = false
        /// Questions go to a local model where one can serve them.
        package var prefersLocal = true
        /// Names in order; the preference for code analysis. A name matches a model of any provider.
        package var preferred: [String] = []
        /// The least measured score, 0 to 1; models without a score pass, after those that have one.
        package var floor = 0.0
        /// RFC 3339 date of today: models retired by then are left out. Nil to keep all.
        package var today: String?

        package init() {}
    }

    /// Why a model was left out.
    package enum Exclusion: Hashable, Sendable, CustomStringConvertible {
        case leavesHost
        case retired(String)
        case windowTooSmall(Int)
        case outputTooSmall(Int)
        case lacks(String)
        case belowFloor(Double)
        case priceUnknown(String)
        case unavailable

        package var description: String {
            switch self {
            case .leavesHost: "its answers come from another host"
            case .retired(let date): "retired on \(date)"
            case .windowTooSmall(let tokens): "its window of \(tokens) tokens is too small"
            case .outputTooSmall(let tokens): "its output limit of \(tokens) tokens is too small"
            case .lacks(let capability): "no \(capability)"
            case .belowFloor(let score): "its score of \(score) is below the floor"
            case .priceUnknown(let reason): "price unknown: \(reason)"
            case .unavailable: "down or resting"
            }
        }
    }

    package struct Selection: Hashable, Sendable {
        /// Best first; the rest is for failover.
        package let models: [ModelDescriptor]
        package let excluded: [ModelID: Exclusion]
        /// Preferred names that no model on offer has, for the report.
        package let missing: [String]
    }

    private let policy: Policy
    /// Measured scores, 0 to 1.
    private let scores: [ModelID: Double]

    package init(_ policy: Policy = Policy(), scores: [ModelID: Double] = [:]) {
        self.policy = policy
        self.scores = scores
    }

    /// `isAvailable` says whether a model may be asked now.
    package func select(
        _ task: TaskKind, needs: Needs, from models: [ModelDescriptor], isAvailable: (ModelID) -> Bool = { _ in true }
    ) -> Selection {
        var excluded: [ModelID: Exclusion] = [:]
        var able: [(model: ModelDescriptor, cost: Money)] = []
        for model in models {
            if let reason = exclusion(of: model, needs, isAvailable) {
                excluded[model.id] = reason
            } else {
                able.append((model, cost(of: model, needs) ?? Money(nanodollars: .max)))
            }
        }
        // Stable: where everything else is equal, the order of the configuration stands.
        let ranked = able.enumerated().sorted { left, right in
            let (first, second) = (rank(left.element, task), rank(right.element, task))
            return first == second ? left.offset < right.offset : first.lexicographicallyPrecedes(second)
        }
        let names = Set(models.map(\.id.name))
        let missing = task == .codeAnalysis ? policy.preferred.filter { !names.contains($0) } : []
        return Selection(models: ranked.map(\.element.model), excluded: excluded, missing: missing)
    }

    private func exclusion(
        of model: ModelDescriptor, _ needs: Needs, _ isAvailable: (ModelID) -> Bool
    ) -> Exclusion? {
        if policy.isLocalOnly, model.leavesHost { return .leavesHost }
        if let date = model.retiresOn, let today = policy.today, model.isRetired(on: today) { return .retired(date) }
        if let window = model.contextTokens, window < needs.contextTokens { return .windowTooSmall(window) }
        if let output = model.maxOutputTokens, output < needs.outputTokens { return .outputTooSmall(output) }
        if let missing = needs.capabilities.subtracting(model.capabilities).map(\.rawValue).min() {
            return .lacks(missing)
        }
        if let score = scores[model.id], score < policy.floor { return .belowFloor(score) }
        if case .unknown(let reason) = model.price { return .priceUnknown(reason) }
        return isAvailable(model.id) ? nil : .unavailable
    }

    private func cost(of model: ModelDescriptor, _ needs: Needs) -> Money? {
        guard let usage = Usage(inputUncached: needs.inputTokens, output: needs.outputTokens) else { return nil }
        return try? model.price.schedule?.cost(of: usage)
    }

    /// Smaller is better, part by part: the path of the task, then measured models before others, then the cost.
    private func rank(_ candidate: (model: ModelDescriptor, cost: Money), _ task: TaskKind) -> [Int64] {
        let model = candidate.model
        let isLocal = !model.leavesHost
        let path: Int64 =
            switch task {
            case .codeAnalysis: Int64(policy.preferred.firstIndex(of: model.id.name) ?? policy.preferred.count)
            case .securityScan, .apiSecurity: policy.requiresCloud == isLocal ? 1 : 0
            case .generalQA: policy.prefersLocal == isLocal ? 0 : 1
            case .bpmn: model.specialities.contains(.bpmn) ? 0 : 1
            }
        let isMeasured: Int64 = scores[model.id] == nil ? 1 : 0
        return [path, isMeasured, candidate.cost.nanodollars]
    }
}
