package import OrchestratorCore

/// Reads frameworks and the weakness catalogue from `rulesets`. The keys are explained in `rulesets/README.md`.
package struct RuleSetLoader: Sendable {
    private let reader: any MarkedDocumentReader

    package init(reader: any MarkedDocumentReader) { self.reader = reader }

    /// One framework. Throws the first error with its place and what was expected.
    package func ruleSet(_ text: String, file: String) throws(DocumentError) -> RuleSet {
        var fields = try MappingReader(reader.read(text, file: file))
        let id = try fields.string("id")
        let title = try fields.string("title")
        let shortTitle = try shortTitle(&fields)
        let version = try fields.string("version")
        let publisher = try fields.string("publisher")
        let licence = try fields.string("licence")
        let url = try fields.string("url")
        let nodes = try fields.required("controls").elements(for: "controls")
        try fields.finish()
        var seen: Set<String> = []
        var controls: [Control] = []
        for node in nodes {
            let control = try control(node)
            guard seen.insert(control.id).inserted else {
                throw DocumentError(node.mark, "the control '\(control.id)' is defined twice")
            }
            controls.append(control)
        }
        return RuleSet(
            id: id, title: title, shortTitle: shortTitle, version: version, publisher: publisher, licence: licence,
            url: url,
            digest: Self.digest([id, title, shortTitle, version], controls), controls: controls)
    }

    private func shortTitle(_ fields: inout MappingReader) throws(DocumentError) -> String {
        let node = try fields.required("short_title")
        let text = try node.string(for: "short_title")
        guard (1...20).contains(text.count) else {
            throw DocumentError(node.mark, "'short_title' must have 1 to 20 characters, found \(text.count)")
        }
        return text
    }

    private func control(_ node: MarkedNode) throws(DocumentError) -> Control {
        var fields = try MappingReader(node)
        let mappings = try fields.elements("cwes").map { (node) throws(DocumentError) in try mapping(node) }
        let control = Control(
            id: try fields.string("id"), title: try fields.string("title"),
            group: try fields.optionalString("group") ?? "",
            assessable: try fields.choice("assessable", of: Control.Assessable.self),
            checkType: try fields.choice("check", of: CheckType.self),
            summary: try fields.optionalString("summary") ?? "",
            evidencedByScan: try fields.optionalBoolean("evidenced_by_scan") ?? false,
            needsPersonalData: try fields.optionalBoolean("personal_data") ?? false, mappings: mappings)
        try fields.finish()
        return control
    }

    private func mapping(_ node: MarkedNode) throws(DocumentError) -> Mapping {
        var fields = try MappingReader(node)
        let mapping = Mapping(
            weakness: try fields.integer("cwe", in: 1...9999), source: try fields.string("source"),
            strength: try fields.choice("strength", of: Mapping.Strength.self),
            rationale: try fields.optionalString("why") ?? "")
        try fields.finish()
        return mapping
    }

    /// The weakness catalogue: a mapping with the key `weaknesses`.
    package func weaknesses(_ text: String, file: String) throws(DocumentError) -> [Weakness] {
        var document = try MappingReader(reader.read(text, file: file))
        let nodes = try document.required("weaknesses").elements(for: "weaknesses")
        try document.finish()
        return try nodes.map { (node) throws(DocumentError) in
            var fields = try MappingReader(node)
            let weakness = Weakness(
                id: try fields.integer("id", in: 1...9999), name: try fields.string("name"),
                checkType: try fields.choice("check", of: CheckType.self),
                parent: try fields.optionalInteger("parent", in: 1...9999))
            try fields.finish()
            return weakness
        }
    }

    /// Over what is said, not how it is spelt: comments and quotes do not matter, order does.
    private static func digest(_ head: [String], _ controls: [Control]) -> Digest {
        var builder = Digest.Builder()
        for text in ["ruleset"] + head { builder.append(text) }
        for control in controls {
            for text in [control.id, control.title, control.group, control.assessable.rawValue] { builder.append(text) }
            builder.append(control.checkType.rawValue)
            builder.append(control.summary)
            builder.append("\(control.evidencedByScan) \(control.needsPersonalData) \(control.mappings.count)")
            for mapping in control.mappings {
                builder.append("\(mapping.weakness) \(mapping.strength.rawValue)")
                builder.append(mapping.source)
                builder.append(mapping.rationale)
            }
        }
        return builder.finish()
    }
}
