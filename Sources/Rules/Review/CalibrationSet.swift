package import OrchestratorCore

/// Labelled pairs of vulnerable and safe code, by which models are measured.
package struct CalibrationSet: Sendable {
    /// One snippet and its safe twin.
    package struct Pair: Sendable, Hashable {
        package let id: String
        package let language: Language
        package let weakness: Int
        /// 1-based line of the weakness in `vulnerable`.
        package let line: Int
        package let vulnerable: String
        package let safe: String
    }

    package let pairs: [Pair]

    /// Reads the documents of a set. Throws the first fault with its place; an id must not occur twice.
    package init(_ documents: [MarkedNode]) throws(DocumentError) {
        var pairs: [Pair] = []
        var ids: Set<String> = []
        for document in documents {
            var fields = try MappingReader(document)
            for node in try fields.elements("pairs") {
                let pair = try Self.pair(node)
                guard ids.insert(pair.id).inserted else {
                    throw DocumentError(node.mark, "the id '\(pair.id)' occurs twice")
                }
                pairs.append(pair)
            }
            try fields.finish()
        }
        self.pairs = pairs
    }

    private static func pair(_ node: MarkedNode) throws(DocumentError) -> Pair {
        var fields = try MappingReader(node)
        let pair = Pair(
            id: try fields.string("id"), language: Language(rawValue: try fields.string("language")),
            weakness: try fields.integer("cwe", in: 1...9999), line: try fields.integer("line", in: 1...10_000),
            vulnerable: try fields.string("vulnerable"), safe: try fields.string("safe"))
        guard try !fields.string("title").isEmpty else { throw DocumentError(node.mark, "'title' is empty") }
        try fields.finish()
        guard Language.all.contains(pair.language) else {
            throw DocumentError(node.mark, "'\(pair.language.rawValue)' is no known language")
        }
        let lines = pair.vulnerable.split(separator: "\n", omittingEmptySubsequences: false)
        guard pair.line <= lines.count, lines[pair.line - 1].contains(where: { !$0.isWhitespace }) else {
            throw DocumentError(node.mark, "line \(pair.line) of 'vulnerable' holds no code")
        }
        guard pair.safe != pair.vulnerable else { throw DocumentError(node.mark, "'safe' equals 'vulnerable'") }
        return pair
    }
}
