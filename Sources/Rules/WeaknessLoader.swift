package import OrchestratorCore

/// Reads the weakness catalogue, `rulesets/weaknesses.yaml`: the keys `language_groups` and `weaknesses`.
package struct WeaknessLoader: Sendable {
    private let reader: any MarkedDocumentReader

    package init(reader: any MarkedDocumentReader) { self.reader = reader }

    /// Throws the first error with its place and what was expected.
    package func weaknesses(_ text: String, file: String) throws(DocumentError) -> [Weakness] {
        var document = try MappingReader(reader.read(text, file: file))
        let groups = try groups(document.optional("language_groups"))
        let nodes = try document.required("weaknesses").elements(for: "weaknesses")
        try document.finish()
        return try nodes.map { (node) throws(DocumentError) in try weakness(node, groups) }
    }

    private func weakness(
        _ node: MarkedNode, _ groups: [String: Set<Language>]
    ) throws(DocumentError) -> Weakness {
        var fields = try MappingReader(node)
        let occursIn = try fields.optional("occurs_in").map { (node) throws(DocumentError) in
            let name = try node.string(for: "occurs_in")
            guard let languages = groups[name] else {
                throw DocumentError(node.mark, "'occurs_in' must name one of 'language_groups', found '\(name)'")
            }
            return languages
        }
        let weakness = Weakness(
            id: try fields.integer("id", in: 1...9999), name: try fields.string("name"),
            checkType: try fields.choice("check", of: CheckType.self),
            parent: try fields.optionalInteger("parent", in: 1...9999),
            isGeneral: try fields.optionalChoice("mapping", of: MappingAdvice.self) != nil, languages: occursIn)
        try fields.finish()
        return weakness
    }

    /// MITRE's advice where it is against mapping findings to an entry.
    private enum MappingAdvice: String, CaseIterable {
        case discouraged, prohibited
    }

    private func groups(_ node: MarkedNode?) throws(DocumentError) -> [String: Set<Language>] {
        guard let node else { return [:] }
        guard case .mapping(let pairs, _) = node else {
            throw DocumentError(node.mark, "'language_groups' must be a mapping, found \(node.kind)")
        }
        var groups: [String: Set<Language>] = [:]
        for pair in pairs { groups[pair.key] = try languages(pair.value) }
        return groups
    }

    /// The languages that `only` lists, or all but those that `except` lists.
    private func languages(_ node: MarkedNode) throws(DocumentError) -> Set<Language> {
        var fields = try MappingReader(node)
        let only = fields.optional("only")
        let except = fields.optional("except")
        try fields.finish()
        switch (only, except) {
        case (let only?, nil): return try known(only, "only")
        case (nil, let except?): return Set(Language.all).subtracting(try known(except, "except"))
        default: throw DocumentError(node.mark, "expected one of 'only' and 'except'")
        }
    }

    private func known(_ node: MarkedNode, _ key: String) throws(DocumentError) -> Set<Language> {
        var languages: Set<Language> = []
        for element in try node.elements(for: key) {
            let language = Language(rawValue: try element.string(for: key))
            guard Language.all.contains(language) else {
                throw DocumentError(element.mark, "unknown language '\(language.rawValue)'")
            }
            languages.insert(language)
        }
        return languages
    }
}
