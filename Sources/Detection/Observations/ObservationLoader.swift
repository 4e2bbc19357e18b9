package import OrchestratorCore

/// Reads what can be observed from `rulesets/observations`. The keys are explained in `rulesets/README.md`.
package struct ObservationLoader: Sendable {
    private let reader: any MarkedDocumentReader
    private let rules: RuleLoader

    package init(reader: any MarkedDocumentReader) {
        self.reader = reader
        rules = RuleLoader(reader: reader)
    }

    /// The rules of one file: `hints`, or `kinds` of personal data with the `contexts` their names count in. Throws the
    /// first error with its place and what was expected.
    package func load(_ text: String, file: String) throws(DocumentError) -> ObservationFile {
        var fields = try MappingReader(reader.read(text, file: file))
        var loaded = ObservationFile()
        for node in try fields.elements("hints") { loaded.rules.append(try hint(node, topic: nil)) }
        if let topic = try fields.optionalChoice("topic", of: ObservationTopic.self) {
            loaded.passedOver = Set(try fields.strings("passed_over"))
            let kinds = try fields.elements("kinds").map { (node) throws(DocumentError) in try kind(node, topic) }
            for node in try fields.elements("contexts") { loaded.rules += try context(node, kinds) }
            for node in try fields.elements("markers") { loaded.rules.append(try hint(node, topic: topic)) }
        }
        try fields.finish()
        return loaded
    }

    /// One pattern with its own examples.
    private func hint(_ node: MarkedNode, topic known: ObservationTopic?) throws(DocumentError) -> ObservationRule {
        var fields = try MappingReader(node)
        let topic: ObservationTopic
        if let known { topic = known } else { topic = try fields.choice("topic", of: ObservationTopic.self) }
        let kind = ObservationKind(
            id: try fields.string("id"), topic: topic, title: try fields.string("title"),
            provisions: try fields.strings("provisions"),
            isDecisive: try fields.optionalBoolean("decisive") ?? false)
        let languages = try languages(&fields)
        let literals = try literals(&fields)
        let pattern = try fields.required("pattern")
        let unless = try fields.elements("unless").map { (node) throws(DocumentError) in
            try rules.compile(node, for: "unless")
        }
        let match = LexicalMatch(
            pattern: try rules.compile(pattern, for: "pattern"), unless: unless,
            window: try fields.optionalInteger("window", in: 1...20) ?? 1, secret: nil)
        let examples = try examples(&fields, languages)
        try fields.finish()
        return ObservationRule(
            kind: kind, context: "", languages: languages, literals: literals, match: match, examples: examples)
    }

    // MARK: Kinds and contexts

    private struct NamedKind {
        let kind: ObservationKind
        let literals: [String]
        let names: String
        let mark: MarkedNode.Mark
    }

    private func kind(_ node: MarkedNode, _ topic: ObservationTopic) throws(DocumentError) -> NamedKind {
        var fields = try MappingReader(node)
        let named = NamedKind(
            kind: ObservationKind(
                id: try fields.string("id"), topic: topic, title: try fields.string("title"), provisions: [],
                isDecisive: try fields.optionalBoolean("decisive") ?? false),
            literals: try literals(&fields), names: try fields.string("names"), mark: node.mark)
        try fields.finish()
        return named
    }

    /// A rule per kind: the patterns of the context with the names of the kind in them.
    private func context(_ node: MarkedNode, _ kinds: [NamedKind]) throws(DocumentError) -> [ObservationRule] {
        var fields = try MappingReader(node)
        let title = try fields.string("title")
        let languages = try languages(&fields)
        let patterns = try fields.required("patterns").elements(for: "patterns")
        let window = try fields.optionalInteger("window", in: 1...20) ?? 1
        let examples = try examples(&fields, languages)
        try fields.finish()
        return try kinds.map { (named) throws(DocumentError) in
            let names = #"(?<![\w-])[\w-]{0,24}?(?:"# + named.names.filter { !$0.isWhitespace } + #")(?![\w-])"#
            let source = try patterns.map { (pattern) throws(DocumentError) in
                try pattern.string(for: "patterns").replacing("NAME", with: "(?i:\(names))")
            }.joined(separator: "|")
            let match = LexicalMatch(
                pattern: try rules.compile(.scalar(source, plain: false, node.mark), for: "patterns"), unless: [],
                window: window, secret: nil)
            return ObservationRule(
                kind: named.kind, context: title, languages: languages, literals: named.literals, match: match,
                examples: named.kind.id == kinds[0].kind.id ? examples : [])
        }
    }

    // MARK: Parts

    private func languages(_ fields: inout MappingReader) throws(DocumentError) -> [Language] {
        let languages = try fields.required("languages").elements(for: "languages").map {
            (node) throws(DocumentError) in try rules.language(node)
        }
        return languages.contains(.any) ? [] : languages
    }

    private func literals(_ fields: inout MappingReader) throws(DocumentError) -> [String] {
        let node = try fields.required("literals")
        let literals = try node.elements(for: "literals").map { (element) throws(DocumentError) in
            try element.string(for: "literals")
        }
        guard !literals.isEmpty, !literals.contains("") else {
            throw DocumentError(node.mark, "'literals' needs at least one text, none empty")
        }
        return literals
    }

    private func examples(
        _ fields: inout MappingReader, _ languages: [Language]
    ) throws(DocumentError) -> [Rule.Example] {
        let mark = fields.mark
        let examples = try fields.elements("examples").map { (node) throws(DocumentError) in
            var fields = try MappingReader(node)
            let found = try fields.optionalString("found")
            let ignored = try fields.optionalString("ignored")
            let language = try fields.optional("language").map { (node) throws(DocumentError) in
                try rules.language(node)
            }
            guard let code = found ?? ignored, found == nil || ignored == nil else {
                throw DocumentError(node.mark, "an example has either 'found' or 'ignored'")
            }
            try fields.finish()
            return Rule.Example(
                isVulnerable: found != nil, code: code, language: language ?? languages.first ?? .text, mark: node.mark)
        }
        guard examples.contains(where: \.isVulnerable), examples.contains(where: { !$0.isVulnerable }) else {
            throw DocumentError(mark, "expected 'examples' with one 'found' and one 'ignored'")
        }
        return examples
    }
}

/// What one file says.
package struct ObservationFile: Sendable {
    package var rules: [ObservationRule] = []
    /// Names of folders and files whose observations decide nothing.
    package var passedOver: Set<String> = []
}

/// What is looked for, where, and what it is called.
package struct ObservationRule: Sendable {
    package let kind: ObservationKind
    /// Where the names count; empty for a pattern of its own.
    package let context: String
    /// Empty for every text.
    let languages: [Language]
    let literals: [String]
    let match: LexicalMatch
    package let examples: [Rule.Example]
}
