package import OrchestratorCore

/// Reads frameworks and overlays. The keys are explained in `rulesets/README.md`.
package struct RuleSetLoader: Sendable {
    private let reader: any MarkedDocumentReader
    /// Weaknesses that mappings may name; nil to leave that unchecked.
    private let weaknesses: WeaknessCatalogue?

    package init(reader: any MarkedDocumentReader, weaknesses: WeaknessCatalogue? = nil) {
        self.reader = reader
        self.weaknesses = weaknesses
    }

    /// One framework. Throws the first error with its place and what was expected.
    package func ruleSet(_ text: String, file: String) throws(DocumentError) -> RuleSet {
        try framework(MappingReader(reader.read(text, file: file))).ruleSet
    }

    /// A framework, or an overlay where there is the key `extends`. Throws the first error with its place.
    package func document(_ text: String, file: String) throws(DocumentError) -> RuleSetDocument {
        var fields = try MappingReader(reader.read(text, file: file))
        if let base = fields.optional("extends") { return .overlay(try overlay(&fields, extending: base)) }
        let (ruleSet, mark) = try framework(fields)
        return .framework(ruleSet, mark)
    }

    private func framework(
        _ reader: MappingReader
    ) throws(DocumentError) -> (ruleSet: RuleSet, mark: MarkedNode.Mark) {
        var fields = reader
        let idNode = try fields.required("id")
        let id = try idNode.string(for: "id")
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
        let ruleSet = RuleSet(
            id: id, title: title, shortTitle: shortTitle, version: version, publisher: publisher, licence: licence,
            url: url, digest: RuleSetDigest.of([id, title, shortTitle, version], controls), controls: controls)
        return (ruleSet, idNode.mark)
    }

    func shortTitle(_ fields: inout MappingReader) throws(DocumentError) -> String {
        let node = try fields.required("short_title")
        let text = try node.string(for: "short_title")
        guard (1...20).contains(text.count) else {
            throw DocumentError(node.mark, "'short_title' must have 1 to 20 characters, found \(text.count)")
        }
        return text
    }

    func control(_ node: MarkedNode) throws(DocumentError) -> Control {
        var fields = try MappingReader(node)
        var seen: Set<String> = []
        let mappings = try fields.elements("cwes").map { (node) throws(DocumentError) in
            let mapping = try mapping(node)
            guard seen.insert("\(mapping.weakness) \(mapping.source)").inserted else {
                throw DocumentError(node.mark, "CWE-\(mapping.weakness) is mapped twice by '\(mapping.source)'")
            }
            return mapping
        }
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
            weakness: try weakness(&fields), source: try fields.string("source"),
            strength: try fields.choice("strength", of: Mapping.Strength.self),
            rationale: try fields.optionalString("why") ?? "")
        try fields.finish()
        return mapping
    }

    /// The key `cwe`: the number of a known weakness.
    func weakness(_ fields: inout MappingReader) throws(DocumentError) -> Int {
        let node = fields.optional("cwe")
        let number = try node.map { (node) throws(DocumentError) in try node.string(for: "cwe") }.flatMap(Int.init)
        guard let number, (1...9999).contains(number) else {
            throw DocumentError(node?.mark ?? fields.mark, "expected the key 'cwe' with a number from 1 to 9999")
        }
        if let weaknesses, weaknesses[number] == nil {
            throw DocumentError(node?.mark ?? fields.mark, "CWE-\(number) is not in rulesets/weaknesses.yaml")
        }
        return number
    }
}

/// A rule set as somebody wrote it down.
package enum RuleSetDocument: Sendable {
    /// With the place of its id.
    case framework(RuleSet, MarkedNode.Mark)
    case overlay(Overlay)

    package var id: String {
        switch self {
        case .framework(let ruleSet, _): ruleSet.id
        case .overlay(let overlay): overlay.id
        }
    }

    /// The place of its id.
    package var mark: MarkedNode.Mark {
        switch self {
        case .framework(_, let mark): mark
        case .overlay(let overlay): overlay.mark
        }
    }
}

/// The digest of a rule set: over what is said, not how it is spelt. Comments and quotes do not matter, order does.
enum RuleSetDigest {
    static func of(_ head: [String], _ controls: [Control]) -> Digest {
        var builder = Digest.Builder()
        for text in ["ruleset"] + head { builder.append(text) }
        for control in controls {
            for text in [control.id, control.title, control.group, control.assessable.rawValue] { builder.append(text) }
            builder.append(control.checkType.rawValue)
            builder.append(control.summary)
            builder.append("\(control.evidencedByScan) \(control.needsPersonalData) \(control.mappings.count)")
            if let statement = control.applicability {
                builder.append("applicable \(statement.isApplicable)")
                builder.append(statement.justification)
            }
            for mapping in control.mappings {
                builder.append("\(mapping.weakness) \(mapping.strength.rawValue)")
                builder.append(mapping.source)
                builder.append(mapping.rationale)
            }
        }
        return builder.finish()
    }
}
