package import OrchestratorCore

/// Turns documents that may rest on each other into rule sets.
package struct RuleSetResolver {
    private let documents: [RuleSetDocument]
    /// A rule set known from elsewhere, by `id` or `id@digest`.
    private let known: (String) -> RuleSet?

    /// Throws where two documents have the same id.
    package init(
        _ documents: [RuleSetDocument], known: @escaping (String) -> RuleSet?
    ) throws(DocumentError) {
        var marks: [String: MarkedNode.Mark] = [:]
        for document in documents {
            if let first = marks.updateValue(document.mark, forKey: document.id) {
                throw DocumentError(document.mark, "the rule set '\(document.id)' is defined twice, first at \(first)")
            }
        }
        self.documents = documents
        self.known = known
    }

    /// The rule sets in the order of their documents. Throws for the first overlay with an unknown base, one that rests
    /// on itself, or with a change its base does not allow.
    package func resolve() throws(DocumentError) -> [RuleSet] {
        var resolved: [String: RuleSet] = [:]
        return try documents.map { (document) throws(DocumentError) in try resolve(document, [], &resolved) }
    }

    private func resolve(
        _ document: RuleSetDocument, _ path: [String], _ resolved: inout [String: RuleSet]
    ) throws(DocumentError) -> RuleSet {
        if let done = resolved[document.id] { return done }
        let ruleSet: RuleSet
        switch document {
        case .framework(let framework, _): ruleSet = framework
        case .overlay(let overlay): ruleSet = try overlay.applied(to: try base(of: overlay, path, &resolved))
        }
        resolved[document.id] = ruleSet
        return ruleSet
    }

    private func base(
        of overlay: Overlay, _ path: [String], _ resolved: inout [String: RuleSet]
    ) throws(DocumentError) -> RuleSet {
        let path = path + [overlay.id]
        if path.contains(overlay.base) {
            throw DocumentError(
                overlay.baseMark, "the overlays extend each other: \((path + [overlay.base]).joined(separator: " -> "))"
            )
        }
        if let other = documents.first(where: { $0.id == overlay.base }) { return try resolve(other, path, &resolved) }
        guard let base = known(overlay.base) else {
            throw DocumentError(overlay.baseMark, "'extends' must name a known rule set, found '\(overlay.base)'")
        }
        var ancestor: RuleSet? = base
        var chain = path
        while let current = ancestor {
            chain.append(current.id)
            if path.contains(current.id) {
                throw DocumentError(
                    overlay.baseMark, "the overlays extend each other: \(chain.joined(separator: " -> "))")
            }
            ancestor = current.base.flatMap { known("\($0.id)@\($0.digest.hex)") }
        }
        return base
    }
}
