import OrchestratorCore

/// Reads the `flow` key of a rule and the `knowledge` of a file.
enum FlowLoader {
    static func rule(_ node: MarkedNode, _ knowledge: FlowKnowledge?) throws(DocumentError) -> FlowRule {
        guard let knowledge else { throw DocumentError(node.mark, "'flow' needs the key 'knowledge' in the same file") }
        var fields = try MappingReader(node)
        let from = try fields.strings("from")
        let starts = try fields.optional("starts").map { (node) throws(DocumentError) in try pattern(node, "starts") }
        let sinks = try fields.required("sinks").elements(for: "sinks").map { (node) throws(DocumentError) in
            try sink(node, starts: starts)
        }
        let rule = FlowRule(
            kind: try fields.string("kind"), from: from.isEmpty ? ["user"] : from, sinks: sinks,
            replaces: try fields.strings("replaces"),
            settlesFunction: try fields.optionalChoice("within", of: Extent.self) == .function, knowledge: knowledge)
        try fields.finish()
        return rule
    }

    private enum Extent: String, CaseIterable {
        case function
    }

    private static func sink(_ node: MarkedNode, starts all: Pattern?) throws(DocumentError) -> FlowSink {
        var fields = try MappingReader(node)
        let calls = try signatures(&fields, "calls")
        let stores = try signatures(&fields, "stores")
        let returns = try signatures(&fields, "returns")
        let place: FlowSink.Place
        switch (calls.isEmpty, stores.isEmpty, returns.isEmpty) {
        case (false, true, true): place = .calls(calls)
        case (true, false, true): place = .stores(stores)
        case (true, true, false): place = .returns(returns)
        default: throw DocumentError(node.mark, "a sink has one of 'calls', 'stores' and 'returns'")
        }
        let matches = try fields.optional("matches").map { (node) throws(DocumentError) in try pattern(node, "matches")
        }
        let starts = try fields.optional("starts").map { (node) throws(DocumentError) in try pattern(node, "starts") }
        let beside = try fields.optional("beside").map { (node) throws(DocumentError) in try pattern(node, "beside") }
        let sink = FlowSink(
            place: place, arguments: try fields.strings("arguments").map(ArgumentKey.init),
            takesReceiver: try fields.optionalBoolean("receiver") ?? false,
            isFlat: try fields.optionalBoolean("flat") ?? false, matches: matches, starts: all ?? starts,
            beside: beside,
            conditions: try fields.elements("where").map { (node) throws(DocumentError) in try condition(node) })
        try fields.finish()
        return sink
    }

    private static func pattern(_ node: MarkedNode, _ key: String) throws(DocumentError) -> Pattern {
        do {
            return try Pattern(try node.string(for: key))
        } catch let error as DocumentError {
            throw error
        } catch {
            throw DocumentError(node.mark, "'\(key)' is not a pattern: \(error)")
        }
    }

    private static func condition(_ node: MarkedNode) throws(DocumentError) -> FlowSink.Condition {
        var fields = try MappingReader(node)
        let condition = FlowSink.Condition(
            key: ArgumentKey(try fields.string("argument")), values: try fields.strings("is"),
            holdsIfAbsent: try fields.optionalBoolean("or_absent") ?? false)
        try fields.finish()
        return condition
    }

    private static func signatures(_ fields: inout MappingReader, _ key: String) throws(DocumentError) -> [Signature] {
        try fields.strings(key).map(Signature.init)
    }

    // MARK: Knowledge

    static func knowledge(_ node: MarkedNode, file: String) throws(DocumentError) -> FlowKnowledge {
        var fields = try MappingReader(node)
        var knowledge = FlowKnowledge(name: file)
        knowledge.words = try fields.strings("words")
        knowledge.sources = try fields.elements("sources").map { (node) throws(DocumentError) in try source(node) }
        knowledge.cleaners = try fields.elements("cleaners").map { (node) throws(DocumentError) in try cleaner(node) }
        for (key, value) in try table(&fields, "types") { knowledge.types.append((Signature(key), value)) }
        knowledge.supertypes = Dictionary(try table(&fields, "supertypes")) { first, _ in first }
        knowledge.parameters = Dictionary(try table(&fields, "parameters")) { first, _ in first }
        knowledge.opaque = try signatures(&fields, "opaque")
        knowledge.ends = try signatures(&fields, "ends")
        knowledge.harmless = try signatures(&fields, "harmless")
        knowledge.checks = try fields.elements("checks").map { (node) throws(DocumentError) in try check(node) }
        knowledge.quoted = try fields.strings("quoted")
        knowledge.fixedPaths = try fields.strings("fixed_paths")
        knowledge.guards = try kindLists(&fields, "guards")
        knowledge.hosts = try kindLists(&fields, "hosts")
        knowledge.textual = try fields.strings("textual")
        knowledge.anchored = try fields.strings("anchored")
        knowledge.handlers = try fields.elements("handlers").map { (node) throws(DocumentError) in
            try handlers(node)
        }
        if let node = fields.optional("operations") { knowledge.operations = try operations(node) }
        try fields.finish()
        return knowledge
    }

    private static func source(_ node: MarkedNode) throws(DocumentError) -> FlowKnowledge.Source {
        var fields = try MappingReader(node)
        var source = FlowKnowledge.Source(kind: try fields.string("kind"), note: try fields.string("note"))
        source.calls = try signatures(&fields, "calls")
        source.members = try fields.strings("members")
        source.marks = try fields.strings("marks")
        source.decorated = try signatures(&fields, "decorated")
        source.clean = try fields.strings("harmless_for")
        try fields.finish()
        return source
    }

    private static func handlers(_ node: MarkedNode) throws(DocumentError) -> FlowKnowledge.Handlers {
        var fields = try MappingReader(node)
        let handlers = FlowKnowledge.Handlers(
            calls: try signatures(&fields, "calls"), types: try fields.strings("types"),
            conditions: try fields.elements("where").map { (node) throws(DocumentError) in try condition(node) })
        try fields.finish()
        return handlers
    }

    private static func cleaner(_ node: MarkedNode) throws(DocumentError) -> FlowKnowledge.Cleaner {
        var fields = try MappingReader(node)
        let kinds = try fields.strings("cleans")
        let restored = try fields.strings("restores")
        guard kinds.isEmpty != restored.isEmpty else {
            throw DocumentError(node.mark, "a cleaner has either 'cleans' or 'restores'")
        }
        let cleaner = FlowKnowledge.Cleaner(
            calls: try signatures(&fields, "calls"), kinds: kinds + restored, restores: kinds.isEmpty,
            unless: try fields.strings("unless"))
        try fields.finish()
        return cleaner
    }

    private static func check(_ node: MarkedNode) throws(DocumentError) -> FlowKnowledge.Check {
        var fields = try MappingReader(node)
        let check = FlowKnowledge.Check(
            names: try fields.strings("calls"), kinds: try fields.strings("cleans"), types: try fields.strings("types"),
            subject: try fields.optionalInteger("argument", in: 0...9))
        try fields.finish()
        return check
    }

    /// A mapping of texts to lists of kinds of sink.
    private static func kindLists(
        _ fields: inout MappingReader, _ key: String
    ) throws(DocumentError) -> [(String, [String])] {
        guard let node = fields.optional(key) else { return [] }
        guard case .mapping(let pairs, _) = node else {
            throw DocumentError(node.mark, "'\(key)' must be a mapping, found \(node.kind)")
        }
        return try pairs.map { (pair) throws(DocumentError) in
            let kinds = try pair.value.elements(for: pair.key).map { (node) throws(DocumentError) in
                try node.string(for: pair.key)
            }
            return (pair.key, kinds)
        }
    }

    /// A mapping of texts to texts, in order.
    private static func table(
        _ fields: inout MappingReader, _ key: String
    ) throws(DocumentError) -> [(String, String)] {
        guard let node = fields.optional(key) else { return [] }
        guard case .mapping(let pairs, _) = node else {
            throw DocumentError(node.mark, "'\(key)' must be a mapping, found \(node.kind)")
        }
        return try pairs.map { (pair) throws(DocumentError) in (pair.key, try pair.value.string(for: pair.key)) }
    }

    private static func operations(
        _ node: MarkedNode
    ) throws(DocumentError) -> [(signature: Signature, operation: LibraryOperation)] {
        guard case .mapping(let pairs, _) = node else {
            throw DocumentError(node.mark, "'operations' must be a mapping, found \(node.kind)")
        }
        var result: [(Signature, LibraryOperation)] = []
        for pair in pairs {
            guard let operation = LibraryOperation(rawValue: pair.key) else {
                let known = LibraryOperation.allCases.map(\.rawValue).joined(separator: ", ")
                throw DocumentError(pair.keyMark, "unknown operation '\(pair.key)'; expected one of \(known)")
            }
            for element in try pair.value.elements(for: pair.key) {
                result.append((Signature(try element.string(for: pair.key)), operation))
            }
        }
        return result
    }
}
