package import OrchestratorCore

/// Reads `secorch.yaml`: the user's, which may set everything, and the target's, which is untrusted and may only narrow.
package struct ConfigurationLoader: Sendable {
    /// The name of the file, the user's and the target's.
    package static let fileName = "secorch.yaml"

    private let reader: any MarkedDocumentReader

    package init(reader: any MarkedDocumentReader) { self.reader = reader }

    /// The user's configuration, overridden by the environment; see `EnvironmentOverrides`.
    /// - Parameter text: nil where there is no file.
    /// - Throws: the first error with its place and what was expected.
    package func load(
        _ text: String?, file: String, environment: [String: String]
    ) throws(DocumentError) -> ScanConfiguration {
        let place = MarkedNode.Mark(file: file, line: 1, column: 1)
        var document = MarkedNode.mapping([], place)
        if let text, !Self.isBlank(text) { document = try reader.read(text, file: file) }
        return try decode(try EnvironmentOverrides(environment).applied(to: document))
    }

    /// A file may hold nothing but comments.
    private static func isBlank(_ text: String) -> Bool {
        text.split(separator: "\n").allSatisfy { line in
            let bare = line.drop(while: \.isWhitespace)
            return bare.isEmpty || bare.hasPrefix("#") || bare == "---"
        }
    }

    private func decode(_ document: MarkedNode) throws(DocumentError) -> ScanConfiguration {
        var fields = try MappingReader(document)
        var configuration = ScanConfiguration()
        if let node = fields.optional("rule_sets") {
            configuration.ruleSets = try node.elements(for: "rule_sets").map { (element) throws(DocumentError) in
                try element.string(for: "rule_sets")
            }
        }
        configuration.exclude = try fields.strings("exclude")
        configuration.include = try inclusions(&fields)
        configuration.largestFile = try fields.optionalInteger("largest_file_mb", in: 1...1024).map { $0 * 1024 * 1024 }
        configuration.personalData = try fields.optionalBoolean("personal_data")
        configuration.disabledRules = try fields.strings("disable_rules")
        configuration.failOn = try fields.optionalChoice("fail_on", of: Severity.self)
        configuration.honoursSuppressions = try fields.optionalBoolean("suppressions")
        configuration.searchesHistory = try fields.optionalBoolean("history") ?? false
        if let node = fields.optional("templates") { configuration.templates = try Self.path(node, "templates") }
        try decisions(&fields, into: &configuration)
        try ModelSettingsReader.read(&fields, into: &configuration)
        try fields.finish()
        return configuration
    }

    /// Relative to the file that names it: never to the current folder, which may be anybody's.
    private static func path(_ node: MarkedNode, _ key: String) throws(DocumentError) -> String {
        let text = try node.string(for: key)
        guard !text.hasPrefix("/"), let slash = node.mark.file.lastIndex(of: "/") else { return text }
        return node.mark.file[..<slash] + "/" + text
    }

    private func decisions(
        _ fields: inout MappingReader, into configuration: inout ScanConfiguration
    ) throws(DocumentError) {
        if let node = fields.optional("exceptions") { configuration.exceptions = try Self.path(node, "exceptions") }
        configuration.requiresSecondPerson = try fields.optionalBoolean("require_second_person") ?? false
        guard let node = fields.optional("deadlines_days") else { return }
        var days = try MappingReader(node)
        for severity in Severity.allCases {
            configuration.deadlines[severity] = try days.optionalInteger(severity.rawValue, in: 1...3650)
        }
        try days.finish()
    }

    private func inclusions(_ fields: inout MappingReader) throws(DocumentError) -> Set<ScanConfiguration.Inclusion> {
        var result: Set<ScanConfiguration.Inclusion> = []
        for node in try fields.elements("include") {
            let text = try node.string(for: "include")
            guard let inclusion = ScanConfiguration.Inclusion(rawValue: text) else {
                throw DocumentError(node.mark, "'include' takes generated, vendored and minified, found '\(text)'")
            }
            result.insert(inclusion)
        }
        return result
    }
}

// MARK: - The target's own file

extension ConfigurationLoader {
    /// Narrows a configuration by what the target asks for. Whatever would do anything else is refused with a notice;
    /// a file that cannot be read changes nothing.
    package func narrow(_ configuration: inout ScanConfiguration, byTarget text: String) {
        let name = "The target's \(Self.fileName)"
        guard !Self.isBlank(text) else { return }
        let document: MarkedNode
        do { document = try reader.read(text, file: Self.fileName) } catch {
            configuration.notices.append("\(name) was ignored: \(error)")
            return
        }
        guard case .mapping(let pairs, _) = document else {
            configuration.notices.append("\(name) was ignored: it is not a mapping.")
            return
        }
        for pair in pairs {
            switch (pair.key, Self.texts(pair.value)) {
            case ("exclude", let patterns?):
                configuration.targetExclude += patterns
                configuration.notices.append("\(name) leaves out paths: \(patterns.joined(separator: ", ")).")
            case ("rule_sets", let wanted?): narrowRuleSets(&configuration, to: wanted, name)
            default:
                configuration.notices.append(
                    "\(name) was refused the key '\(pair.key)' at line \(pair.keyMark.line): a scanned repository may "
                        + "only narrow the scan, by lists under 'exclude' and 'rule_sets'.")
            }
        }
    }

    private static func texts(_ node: MarkedNode) -> [String]? {
        guard case .sequence(let elements, _) = node else { return nil }
        let texts = elements.compactMap { if case .scalar(let text, _, _) = $0 { text } else { nil } }
        return texts.count == elements.count ? texts : nil
    }

    private func narrowRuleSets(_ configuration: inout ScanConfiguration, to wanted: [String], _ name: String) {
        let narrowed = configuration.ruleSets.map { $0.filter(wanted.contains) } ?? wanted
        guard !narrowed.isEmpty else {
            configuration.notices.append("\(name) leaves no rule set of those asked for; its 'rule_sets' was ignored.")
            return
        }
        configuration.ruleSets = narrowed
        configuration.notices.append("\(name) limits the frameworks to: \(narrowed.joined(separator: ", ")).")
    }
}
