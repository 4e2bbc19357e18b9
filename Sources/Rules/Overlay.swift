package import OrchestratorCore

/// Changes to a rule set, as an organisation writes them down: its own view of a framework, or its Statement of
/// Applicability. Everything in it names the place it was written at.
package struct Overlay: Sendable {
    /// Something about a control of the base.
    struct Entry<Value: Sendable>: Sendable {
        let control: String
        let mark: MarkedNode.Mark
        let value: Value
    }

    package let id: String
    /// The place of the id.
    package let mark: MarkedNode.Mark
    /// The id of the rule set it changes, or `id@digest` for one version of it.
    package let base: String
    package let baseMark: MarkedNode.Mark
    let title: String
    let shortTitle: String
    let version: String
    /// Nil for the base's.
    let publisher: String?
    let licence: String?
    let url: String?
    let leftOut: [Entry<Void>]
    let addedControls: [Entry<Control>]
    let addedMappings: [Entry<[Mapping]>]
    /// Mappings that take the place of all others of their weakness.
    let strengths: [Entry<Mapping>]
    let statements: [Entry<Control.Applicability>]

    /// The rule set that the changes make of a base. Throws for the first change that the base does not allow, with its
    /// place.
    package func applied(to base: RuleSet) throws(DocumentError) -> RuleSet {
        var controls = try without(leftOut, base)
        for entry in addedControls {
            guard !controls.contains(where: { $0.id == entry.control }) else {
                throw DocumentError(entry.mark, "the control '\(entry.control)' is already in '\(base.id)'")
            }
            controls.append(entry.value)
        }
        for entry in addedMappings {
            try change(entry.control, entry.mark, &controls) { (control) throws(DocumentError) in
                for mapping in entry.value where control.mappings.contains(where: { $0.weakness == mapping.weakness }) {
                    throw DocumentError(
                        entry.mark,
                        "CWE-\(mapping.weakness) already maps to '\(control.id)'; change it under 'strength'")
                }
                return control.with(mappings: (control.mappings + entry.value).sorted { $0.weakness < $1.weakness })
            }
        }
        for entry in strengths {
            try change(entry.control, entry.mark, &controls) { (control) throws(DocumentError) in
                try Self.replaced(entry.value, in: control, entry.mark)
            }
        }
        for entry in statements {
            try change(entry.control, entry.mark, &controls) { (control) throws(DocumentError) in
                control.with(applicability: entry.value)
            }
        }
        return ruleSet(base, controls)
    }

    private func without(_ entries: [Entry<Void>], _ base: RuleSet) throws(DocumentError) -> [Control] {
        let known = Set(base.controls.map(\.id))
        for entry in entries where !known.contains(entry.control) {
            throw DocumentError(entry.mark, "no control '\(entry.control)' in '\(self.base)'")
        }
        let names = Set(entries.map(\.control))
        return base.controls.filter { !names.contains($0.id) }
    }

    private func change(
        _ id: String, _ mark: MarkedNode.Mark, _ controls: inout [Control],
        _ body: (Control) throws(DocumentError) -> Control
    ) throws(DocumentError) {
        guard let index = controls.firstIndex(where: { $0.id == id }) else { throw unknown(id, mark) }
        controls[index] = try body(controls[index])
    }

    private func unknown(_ control: String, _ mark: MarkedNode.Mark) -> DocumentError {
        DocumentError(
            mark,
            leftOut.contains { $0.control == control }
                ? "the control '\(control)' is left out above" : "no control '\(control)' in '\(base)'")
    }

    /// Several sources may map one weakness; the organisation's word takes the place of them all.
    private static func replaced(
        _ mapping: Mapping, in control: Control, _ mark: MarkedNode.Mark
    ) throws(DocumentError) -> Control {
        guard let first = control.mappings.firstIndex(where: { $0.weakness == mapping.weakness }) else {
            throw DocumentError(
                mark, "CWE-\(mapping.weakness) does not map to '\(control.id)'; new mappings go under 'add'")
        }
        var mappings = control.mappings
        mappings[first] = mapping
        let kept = mappings.enumerated().filter { $0.offset == first || $0.element.weakness != mapping.weakness }
        return control.with(mappings: kept.map(\.element))
    }

    private func ruleSet(_ base: RuleSet, _ controls: [Control]) -> RuleSet {
        let (publisher, licence, url) = (publisher ?? base.publisher, licence ?? base.licence, url ?? base.url)
        return RuleSet(
            id: id, title: title, shortTitle: shortTitle, version: version, publisher: publisher, licence: licence,
            url: url,
            digest: RuleSetDigest.of([id, title, shortTitle, version, base.id, base.digest.description], controls),
            base: .init(id: base.id, digest: base.digest), controls: controls)
    }
}
