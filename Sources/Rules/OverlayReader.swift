import OrchestratorCore

extension RuleSetLoader {
    /// An overlay, its key `extends` read already.
    func overlay(
        _ fields: inout MappingReader, extending base: MarkedNode
    ) throws(DocumentError) -> Overlay {
        let idNode = try fields.required("id")
        let id = try idNode.string(for: "id")
        let leftOut = try fields.elements("leave_out").map { (node) throws(DocumentError) in
            Overlay.Entry(control: try node.string(for: "leave_out"), mark: node.mark, value: ())
        }
        var controls: [Overlay.Entry<Control>] = []
        var mappings: [Overlay.Entry<[Mapping]>] = []
        for node in try fields.elements("add") {
            if Self.names(node, "control") {
                mappings.append(try addedMappings(node, source: "own:" + id))
            } else {
                let control = try control(node)
                controls.append(.init(control: control.id, mark: node.mark, value: control))
            }
        }
        let strengths = try fields.elements("strength").map { (node) throws(DocumentError) in
            try strength(node, source: "own:" + id)
        }
        let excluded = try statements(&fields, "not_applicable", isApplicable: false)
        let included = try statements(&fields, "applicable", isApplicable: true)
        try Self.refuseTwice(leftOut.map { ($0.control, $0.mark) }, "is left out twice")
        try Self.refuseTwice(controls.map { ($0.control, $0.mark) }, "is added twice")
        try Self.refuseTwice(
            strengths.map { ("\($0.control), CWE-\($0.value.weakness)", $0.mark) }, "has its strength changed twice")
        try Self.refuseTwice((excluded + included).map { ($0.control, $0.mark) }, "has its applicability stated twice")
        let overlay = Overlay(
            id: id, mark: idNode.mark, base: try base.string(for: "extends"), baseMark: base.mark,
            title: try fields.string("title"), shortTitle: try shortTitle(&fields),
            version: try fields.string("version"), publisher: try fields.optionalString("publisher"),
            licence: try fields.optionalString("licence"), url: try fields.optionalString("url"), leftOut: leftOut,
            addedControls: controls, addedMappings: mappings, strengths: strengths, statements: excluded + included)
        try fields.finish()
        return overlay
    }

    private static func names(_ node: MarkedNode, _ key: String) -> Bool {
        guard case .mapping(let pairs, _) = node else { return false }
        return pairs.contains { $0.key == key }
    }

    private func addedMappings(
        _ node: MarkedNode, source: String
    ) throws(DocumentError) -> Overlay.Entry<[Mapping]> {
        var fields = try MappingReader(node)
        let control = try fields.string("control")
        let mappings = try fields.required("cwes").elements(for: "cwes").map { (node) throws(DocumentError) in
            var fields = try MappingReader(node)
            let mapping = try ownMapping(&fields, source: source)
            try fields.finish()
            return mapping
        }
        try fields.finish()
        try Self.refuseTwice(mappings.map { ("CWE-\($0.weakness)", node.mark) }, "is added twice to \(control)")
        return .init(control: control, mark: node.mark, value: mappings)
    }

    private func strength(_ node: MarkedNode, source: String) throws(DocumentError) -> Overlay.Entry<Mapping> {
        var fields = try MappingReader(node)
        let control = try fields.string("control")
        let mapping = try ownMapping(&fields, source: source)
        try fields.finish()
        return .init(control: control, mark: node.mark, value: mapping)
    }

    /// The organisation's own judgement, which needs its reason.
    private func ownMapping(_ fields: inout MappingReader, source: String) throws(DocumentError) -> Mapping {
        Mapping(
            weakness: try weakness(&fields), source: source,
            strength: try fields.choice("strength", of: Mapping.Strength.self),
            rationale: try Self.reason(&fields, "why"))
    }

    private func statements(
        _ fields: inout MappingReader, _ key: String, isApplicable: Bool
    ) throws(DocumentError) -> [Overlay.Entry<Control.Applicability>] {
        try fields.elements(key).map { (node) throws(DocumentError) in
            var fields = try MappingReader(node)
            let control = try fields.string("control")
            let justification = try Self.reason(&fields, "justification")
            try fields.finish()
            return .init(
                control: control, mark: node.mark,
                value: .init(isApplicable: isApplicable, justification: justification))
        }
    }

    private static func reason(_ fields: inout MappingReader, _ key: String) throws(DocumentError) -> String {
        let node = try fields.required(key)
        let text = try node.string(for: key)
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw DocumentError(node.mark, "'\(key)' must say something")
        }
        return text
    }

    private static func refuseTwice(
        _ names: [(String, MarkedNode.Mark)], _ problem: String
    ) throws(DocumentError) {
        var seen: Set<String> = []
        for (name, mark) in names where !seen.insert(name).inserted {
            throw DocumentError(mark, "'\(name)' \(problem)")
        }
    }
}
