/// Reads the keys of one mapping, each at most once, and refuses those nobody asked for.
///
///     var fields = try MappingReader(node)
///     let id = try fields.string("id")
///     try fields.finish()
package struct MappingReader {
    package let mark: MarkedNode.Mark
    private var left: [String: (mark: MarkedNode.Mark, value: MarkedNode)] = [:]
    private var known: [String] = []

    package init(_ node: MarkedNode) throws(DocumentError) {
        guard case .mapping(let pairs, let mark) = node else {
            throw DocumentError(node.mark, "expected a mapping, found \(node.kind)")
        }
        self.mark = mark
        for pair in pairs { left[pair.key] = (pair.keyMark, pair.value) }
    }

    /// The value of a key that may be absent; an explicit null counts as absent.
    package mutating func optional(_ key: String) -> MarkedNode? {
        known.append(key)
        guard let value = left.removeValue(forKey: key)?.value, !value.isNull else { return nil }
        return value
    }

    package mutating func required(_ key: String) throws(DocumentError) -> MarkedNode {
        guard let value = optional(key) else { throw DocumentError(mark, "expected the key '\(key)'") }
        return value
    }

    package mutating func string(_ key: String) throws(DocumentError) -> String {
        try required(key).string(for: key)
    }

    package mutating func optionalString(_ key: String) throws(DocumentError) -> String? {
        try optional(key)?.string(for: key)
    }

    package mutating func strings(_ key: String) throws(DocumentError) -> [String] {
        guard let node = optional(key) else { return [] }
        return try node.elements(for: key).map { (element) throws(DocumentError) in try element.string(for: key) }
    }

    package mutating func elements(_ key: String) throws(DocumentError) -> [MarkedNode] {
        try optional(key)?.elements(for: key) ?? []
    }

    package mutating func optionalInteger(
        _ key: String, in range: ClosedRange<Int>
    ) throws(DocumentError) -> Int? {
        guard let node = optional(key) else { return nil }
        let text = try node.string(for: key)
        guard let value = Int(text), range.contains(value) else {
            throw DocumentError(
                node.mark,
                "'\(key)' must be a whole number from \(range.lowerBound) to \(range.upperBound), found '\(text)'")
        }
        return value
    }

    package mutating func integer(_ key: String, in range: ClosedRange<Int>) throws(DocumentError) -> Int {
        guard let value = try optionalInteger(key, in: range) else {
            throw DocumentError(mark, "expected the key '\(key)'")
        }
        return value
    }

    package mutating func optionalBoolean(_ key: String) throws(DocumentError) -> Bool? {
        guard let node = optional(key) else { return nil }
        switch try node.string(for: key) {
        case "true": return true
        case "false": return false
        case let text: throw DocumentError(node.mark, "'\(key)' must be true or false, found '\(text)'")
        }
    }

    /// A value of an enumeration by its raw value; the error lists what is allowed.
    package mutating func optionalChoice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, of type: Choice.Type
    ) throws(DocumentError) -> Choice? where Choice.RawValue == String {
        guard let node = optional(key) else { return nil }
        let text = try node.string(for: key)
        guard let choice = Choice(rawValue: text) else {
            let allowed = type.allCases.map(\.rawValue).joined(separator: ", ")
            throw DocumentError(node.mark, "'\(key)' must be one of \(allowed), found '\(text)'")
        }
        return choice
    }

    package mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, of type: Choice.Type
    ) throws(DocumentError) -> Choice where Choice.RawValue == String {
        guard let value = try optionalChoice(key, of: type) else {
            throw DocumentError(mark, "expected the key '\(key)'")
        }
        return value
    }

    /// Throws for the first key that was not asked for, in the order of the document.
    package func finish() throws(DocumentError) {
        let first = left.min { ($0.value.mark.line, $0.value.mark.column) < ($1.value.mark.line, $1.value.mark.column) }
        guard let first else { return }
        throw DocumentError(
            first.value.mark, "unknown key '\(first.key)'; expected one of \(known.sorted().joined(separator: ", "))")
    }
}

extension MarkedNode {
    /// What the node is, for error texts.
    package var kind: String {
        switch self {
        case .scalar: isNull ? "nothing" : "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    package var isNull: Bool {
        guard case .scalar(let text, plain: true, _) = self else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    package func string(for key: String) throws(DocumentError) -> String {
        guard case .scalar(let text, _, _) = self, !isNull else {
            throw DocumentError(mark, "'\(key)' must be a single value, found \(kind)")
        }
        return text
    }

    package func elements(for key: String) throws(DocumentError) -> [MarkedNode] {
        guard case .sequence(let elements, _) = self else {
            throw DocumentError(mark, "'\(key)' must be a list, found \(kind)")
        }
        return elements
    }
}
