package import OrchestratorCore

/// What changed between two versions of a rule set, or between a framework and an overlay of it.
package struct RuleSetDifference: Sendable {
    package struct ChangedControl: Sendable {
        package let id: String
        /// What is said of it, as name, before and after.
        package let fields: [(name: String, before: String, after: String)]
        /// By weakness and source; nil where there was or is none.
        package let mappings: [(before: Mapping?, after: Mapping?)]
    }

    /// In the order of the rule set they stand in.
    package let added: [Control]
    package let removed: [Control]
    package let changed: [ChangedControl]

    package var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty }

    package init(from before: RuleSet, to after: RuleSet) {
        let old = Dictionary(before.controls.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let new = Set(after.controls.map(\.id))
        added = after.controls.filter { old[$0.id] == nil }
        removed = before.controls.filter { !new.contains($0.id) }
        changed = after.controls.compactMap { control in
            guard let was = old[control.id], was != control else { return nil }
            return ChangedControl(
                id: control.id, fields: Self.fields(was, control), mappings: Self.mappings(was, control))
        }
    }

    private static func fields(
        _ before: Control, _ after: Control
    ) -> [(name: String, before: String, after: String)] {
        zip(values(before), values(after)).compactMap { old, new in
            old.text == new.text ? nil : (old.name, old.text, new.text)
        }
    }

    private static func values(_ control: Control) -> [(name: String, text: String)] {
        let statement = control.applicability
        return [
            ("title", control.title), ("group", control.group), ("assessable", control.assessable.rawValue),
            ("check", control.checkType.rawValue), ("summary", control.summary),
            ("evidenced_by_scan", String(control.evidencedByScan)),
            ("personal_data", String(control.needsPersonalData)),
            ("applicable", statement.map { String($0.isApplicable) } ?? ""),
            ("justification", statement?.justification ?? ""),
        ]
    }

    private struct Key: Hashable, Comparable {
        let weakness: Int
        let source: String

        init(_ mapping: Mapping) {
            weakness = mapping.weakness
            source = mapping.source
        }

        static func < (left: Key, right: Key) -> Bool {
            (left.weakness, left.source) < (right.weakness, right.source)
        }
    }

    private static func mappings(
        _ before: Control, _ after: Control
    ) -> [(before: Mapping?, after: Mapping?)] {
        let old = Dictionary(before.mappings.map { (Key($0), $0) }, uniquingKeysWith: { first, _ in first })
        let new = Dictionary(after.mappings.map { (Key($0), $0) }, uniquingKeysWith: { first, _ in first })
        return Set(old.keys).union(new.keys).sorted().compactMap { key in
            old[key] == new[key] ? nil : (old[key], new[key])
        }
    }
}
