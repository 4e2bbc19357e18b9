package import OrchestratorCore

/// The weaknesses behind the rules of scanners whose SARIF names none: `rulesets/imports.yaml`.
package struct ToolWeaknesses: Sendable {
    /// Tool in lower case -> rule -> CWE number.
    private let table: [String: [String: Int]]

    /// Knows nothing.
    package init() { table = [:] }

    /// Reads the file: a list `tools` of `{name, source, weaknesses: {CWE number: [rules]}}`. Throws with the place.
    package init(_ text: String, file: String, reader: any MarkedDocumentReader) throws(DocumentError) {
        var document = try MappingReader(reader.read(text, file: file))
        let nodes = try document.elements("tools")
        try document.finish()
        var table: [String: [String: Int]] = [:]
        for node in nodes {
            var fields = try MappingReader(node)
            let name = try fields.string("name").lowercased()
            _ = try fields.string("source")
            let weaknesses = try fields.required("weaknesses")
            try fields.finish()
            guard table[name] == nil else { throw DocumentError(node.mark, "the tool '\(name)' stands here twice") }
            table[name] = try Self.rules(weaknesses)
        }
        self.table = table
    }

    private static func rules(_ node: MarkedNode) throws(DocumentError) -> [String: Int] {
        guard case .mapping(let pairs, _) = node else {
            throw DocumentError(node.mark, "'weaknesses' must be a mapping, found \(node.kind)")
        }
        var rules: [String: Int] = [:]
        for pair in pairs {
            guard let weakness = Int(pair.key), weakness > 0 else {
                throw DocumentError(pair.keyMark, "expected a CWE number, found '\(pair.key)'")
            }
            for element in try pair.value.elements(for: pair.key) {
                let rule = try element.string(for: pair.key)
                guard rules.updateValue(weakness, forKey: rule) == nil else {
                    throw DocumentError(element.mark, "the rule '\(rule)' stands under two weaknesses")
                }
            }
        }
        return rules
    }

    func weaknesses(tool: String, rule: String) -> [Int] { table[tool.lowercased()]?[rule].map { [$0] } ?? [] }
}
