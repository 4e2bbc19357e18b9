package import OrchestratorCore

/// How models are chosen for a scan, as configured under `selection`.
package struct SelectionSettings: Sendable, Hashable {
    /// `security scan` takes the cheapest capable model, `code analysis` goes by preference first.
    package var task = TaskKind.securityScan
    /// The least measured score in percent, 0 to 100; models without a measurement pass, after those that have one.
    package var floor = 0
    /// Whether security scans go to the cloud where it can serve them.
    package var requiresCloud = false
    /// Names of models in order, for code analysis; nil for the standard list.
    package var preferred: [String]?
    /// Who checks claims; nil for the model with the best measured score, where it beats the one that claims.
    package var verifier: ModelID?
    /// More models that are asked, one after the other, where one does not prove that it has read the text. 0 to 5.
    package var escalations = 1
    /// What of the code models read.
    package var scope = ReviewScope.all

    package init() {}

    private enum Task: String, CaseIterable {
        case securityScan = "security scan"
        case codeAnalysis = "code analysis"
    }

    static func read(_ node: MarkedNode) throws(DocumentError) -> SelectionSettings {
        var fields = try MappingReader(node)
        var settings = SelectionSettings()
        if try fields.optionalChoice("task", of: Task.self) == .codeAnalysis { settings.task = .codeAnalysis }
        settings.floor = try fields.optionalInteger("floor", in: 0...100) ?? 0
        settings.requiresCloud = try fields.optionalBoolean("require_cloud") ?? false
        if let node = fields.optional("prefer") {
            settings.preferred = try node.elements(for: "prefer").map { (element) throws(DocumentError) in
                try element.string(for: "prefer")
            }
        }
        if let node = fields.optional("verify_with") {
            guard let model = ModelID(try node.string(for: "verify_with")) else {
                throw DocumentError(node.mark, "'verify_with' must be PROVIDER/MODEL")
            }
            settings.verifier = model
        }
        settings.escalations = try fields.optionalInteger("escalations", in: 0...5) ?? settings.escalations
        settings.scope = try fields.optionalChoice("scope", of: ReviewScope.self) ?? .all
        try fields.finish()
        return settings
    }
}
