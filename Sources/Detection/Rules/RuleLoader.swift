package import OrchestratorCore

/// Reads detection rules from `rulesets/detection`.
///
/// A file is a mapping with one key, `rules`, a list. See `rulesets/README.md` for the keys of a rule.
package struct RuleLoader: Sendable {
    private let reader: any MarkedDocumentReader

    package init(reader: any MarkedDocumentReader) { self.reader = reader }

    /// The rules of one file, in order; its `knowledge`, if any, serves all its data-flow rules. Throws the first error with its place and what was expected.
    package func load(_ text: String, file: String) throws(DocumentError) -> [Rule] {
        var document = try MappingReader(reader.read(text, file: file))
        let nodes = try document.required("rules").elements(for: "rules")
        let knowledge = try document.optional("knowledge").map { (node) throws(DocumentError) in
            try FlowLoader.knowledge(node, file: file)
        }
        let library = try document.optional("library").map { (node) throws(DocumentError) in
            try MemoryLibrary.load(node)
        }
        try document.finish()
        return try nodes.map { (node) throws(DocumentError) in try rule(node, knowledge, library) }
    }

    private func rule(
        _ node: MarkedNode, _ knowledge: FlowKnowledge?, _ library: MemoryLibrary?
    ) throws(DocumentError) -> Rule {
        var fields = try MappingReader(node)
        let description = try description(&fields)
        let gate = Rule.Gate(words: try fields.strings("words"), literals: try fields.strings("literals"))
        guard !(gate.words + gate.literals).isEmpty, !(gate.words + gate.literals).contains("") else {
            throw DocumentError(
                node.mark, "'\(description.id)' needs at least one of 'words' and 'literals', none empty")
        }
        let match = try match(&fields, knowledge, library, description.id)
        let examples = try fields.elements("examples").map { (example) throws(DocumentError) in
            try self.example(example, of: description)
        }
        guard examples.contains(where: \.isVulnerable), examples.contains(where: { !$0.isVulnerable }) else {
            throw DocumentError(node.mark, "'\(description.id)' needs a vulnerable and a safe example")
        }
        let floor = try fields.optional("floor").map { (node) throws(DocumentError) in try self.floor(node) }
        try fields.finish()
        return Rule(description: description, gate: gate, match: match, examples: examples, floor: floor)
    }

    private func floor(_ node: MarkedNode) throws(DocumentError) -> Rule.Floor {
        var fields = try MappingReader(node)
        let floor = Rule.Floor(
            precision: try share(fields.optional("precision"), "precision"),
            recall: try share(fields.optional("recall"), "recall"))
        try fields.finish()
        guard floor.precision != nil || floor.recall != nil else {
            throw DocumentError(node.mark, "'floor' needs 'precision', 'recall' or both")
        }
        return floor
    }

    private func share(_ node: MarkedNode?, _ key: String) throws(DocumentError) -> Double? {
        guard let node else { return nil }
        let text = try node.string(for: key)
        guard let share = Double(text), (0...1).contains(share) else {
            throw DocumentError(node.mark, "'\(key)' must be a number from 0 to 1, found '\(text)'")
        }
        return share
    }

    private func description(_ fields: inout MappingReader) throws(DocumentError) -> RuleDescription {
        let languageNode = try fields.required("languages")
        let languages = try languageNode.elements(for: "languages").map { (node) throws(DocumentError) in
            try language(node)
        }
        return RuleDescription(
            id: try fields.string("id"), title: try fields.string("title"),
            languages: languages.contains(.any) ? [] : languages,
            weakness: try fields.integer("cwe", in: 1...9999),
            severity: try fields.choice("severity", of: Severity.self),
            confidence: try fields.integer("confidence", in: 1...100),
            message: try fields.string("message"), remediation: try fields.string("remediation"),
            references: try fields.strings("references"),
            category: try fields.optionalChoice("category", of: RuleCategory.self) ?? .security)
    }

    func language(_ node: MarkedNode) throws(DocumentError) -> Language {
        let language = Language(rawValue: try node.string(for: "languages"))
        guard language == .any || Language.all.contains(language) else {
            throw DocumentError(node.mark, "unknown language '\(language.rawValue)'")
        }
        return language
    }

    private func match(
        _ fields: inout MappingReader, _ knowledge: FlowKnowledge?, _ library: MemoryLibrary?, _ id: String
    ) throws(DocumentError) -> Rule.Match {
        if let memory = fields.optional("memory") { return .memory(try MemoryLibrary.rule(memory, library)) }
        if let flow = fields.optional("flow") { return .flow(try FlowLoader.rule(flow, knowledge)) }
        let query = fields.optional("query")
        let pattern = fields.optional("pattern")
        let unless = try fields.elements("unless")
        let window = try fields.optionalInteger("window", in: 1...20)
        let secret = fields.optional("secret")
        let setting = fields.optional("under")
        if let query, pattern == nil, unless.isEmpty, window == nil, secret == nil, setting == nil {
            return .query(source: try query.string(for: "query"), mark: query.mark)
        }
        guard let pattern, query == nil else {
            throw DocumentError(
                fields.mark,
                "expected one of 'query', 'flow', 'memory' and 'pattern' (with 'unless', 'window', 'secret' and 'under')"
            )
        }
        return .lexical(
            LexicalMatch(
                pattern: try compile(pattern, for: "pattern"),
                unless: try unless.map { (node) throws(DocumentError) in try compile(node, for: "unless") },
                window: window ?? 1, secret: try secret.map { (node) throws(DocumentError) in try secretCheck(node) },
                setting: try setting.map { (node) throws(DocumentError) in try self.setting(node, id) }))
    }

    func compile(_ node: MarkedNode, for key: String) throws(DocumentError) -> Pattern {
        let source = try node.string(for: key)
        do {
            return try Pattern(source)
        } catch {
            throw DocumentError(node.mark, "'\(key)' is not a pattern: \(error)")
        }
    }

    private func setting(_ node: MarkedNode, _ id: String) throws(DocumentError) -> ProjectSetting {
        var fields = try MappingReader(node)
        let setting = ProjectSetting(
            name: id,
            languages: Set(
                try fields.required("languages").elements(for: "languages").map { (node) throws(DocumentError) in
                    try language(node)
                }),
            literals: try fields.strings("literals"), pattern: try compile(fields.required("pattern"), for: "pattern"))
        try fields.finish()
        return setting
    }

    private func secretCheck(_ node: MarkedNode) throws(DocumentError) -> SecretCheck {
        var fields = try MappingReader(node)
        let check = SecretCheck(
            minimumEntropy: try fields.integer("minimum_entropy", in: 0...800),
            minimumLength: try fields.integer("minimum_length", in: 1...1000),
            checksum: try fields.optionalChoice("checksum", of: SecretChecksum.self))
        try fields.finish()
        return check
    }

    private func example(_ node: MarkedNode, of rule: RuleDescription) throws(DocumentError) -> Rule.Example {
        var fields = try MappingReader(node)
        let vulnerable = try fields.optionalString("vulnerable")
        let safe = try fields.optionalString("safe")
        let language = try fields.optional("language").map { (node) throws(DocumentError) in try self.language(node) }
        guard let code = vulnerable ?? safe, vulnerable == nil || safe == nil else {
            throw DocumentError(node.mark, "an example has either 'vulnerable' or 'safe'")
        }
        try fields.finish()
        return Rule.Example(
            isVulnerable: vulnerable != nil, code: code, language: language ?? rule.languages.first ?? .text,
            mark: node.mark)
    }
}

extension Language {
    /// Stands in a rule for every text file.
    static let any = Language(rawValue: "any")
}
