package import OrchestratorCore

/// What an exceptions file says.
package struct ExceptionsDocument: Sendable {
    /// In the order of the file.
    package let entries: [FindingException]
    /// Whether the file itself asks for a second person.
    package let requiresSecondPerson: Bool
}

/// Reads a file of exceptions: `require_second_person` and a list of `exceptions`.
package struct ExceptionsReader: Sendable {
    /// The name that a repository's own file would have. Such a file is never applied.
    package static let fileName = "secorch-exceptions.yaml"
    private static let longestText = 2000

    private let reader: any MarkedDocumentReader

    package init(reader: any MarkedDocumentReader) { self.reader = reader }

    /// Throws the first error with its line and what was expected.
    package func read(_ text: String, file: String) throws(DocumentError) -> ExceptionsDocument {
        var fields = try MappingReader(try reader.read(text, file: file))
        let requiresSecondPerson = try fields.optionalBoolean("require_second_person") ?? false
        let nodes = try fields.elements("exceptions")
        try fields.finish()
        var entries: [FindingException] = []
        var lines: [FindingException.Scope: Int] = [:]
        for node in nodes {
            let entry = try Self.entry(node)
            if entry.kind != .severity, let first = lines.updateValue(entry.line, forKey: entry.scope) {
                throw DocumentError(node.mark, "\(entry.subject) has an exception already, at line \(first)")
            }
            entries.append(entry)
        }
        return ExceptionsDocument(entries: entries, requiresSecondPerson: requiresSecondPerson)
    }

    private static func entry(_ node: MarkedNode) throws(DocumentError) -> FindingException {
        var fields = try MappingReader(node)
        let scope = try scope(&fields)
        let kind = try fields.choice("kind", of: FindingException.Kind.self)
        let severity = try fields.optionalChoice("severity", of: Severity.self)
        guard (severity != nil) == (kind == .severity) else {
            throw DocumentError(node.mark, "'severity' must stand where 'kind' is severity, and only there")
        }
        let entry = FindingException(
            scope: scope, kind: kind, severity: severity, reason: try text("reason", &fields),
            author: try text("by", &fields), approver: try fields.optionalString("approved_by"),
            until: try day(&fields), line: node.mark.line)
        try fields.finish()
        return entry
    }

    private static func scope(_ fields: inout MappingReader) throws(DocumentError) -> FindingException.Scope {
        let id = fields.optional("id")
        let rule = try fields.optionalString("rule")
        let path = try fields.optionalString("path")
        if let id {
            guard rule == nil, path == nil else {
                throw DocumentError(fields.mark, "expected either 'id' or 'rule' with 'path', found both")
            }
            let text = try id.string(for: "id")
            guard text.utf8.count == 20, text.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) else {
                throw DocumentError(
                    id.mark, "'id' must be the id of a finding, 20 hexadecimal digits in quotes, found '\(text)'")
            }
            return .finding(text)
        }
        guard let rule, let path, !rule.isEmpty, !path.isEmpty else {
            throw DocumentError(fields.mark, "expected the key 'id', or the keys 'rule' and 'path'")
        }
        return .rule(rule, paths: path)
    }

    private static func text(_ key: String, _ fields: inout MappingReader) throws(DocumentError) -> String {
        let node = try fields.required(key)
        let text = try node.string(for: key)
        guard text.contains(where: { !$0.isWhitespace }), text.utf8.count <= longestText else {
            throw DocumentError(node.mark, "'\(key)' must be text of 1 to \(longestText) bytes")
        }
        return text
    }

    private static func day(_ fields: inout MappingReader) throws(DocumentError) -> String {
        let node = try fields.required("until")
        let text = try node.string(for: "until")
        guard Timestamp(date: text) != nil else {
            throw DocumentError(node.mark, "'until' must be a day such as 2027-03-31, found '\(text)'")
        }
        return text
    }
}
