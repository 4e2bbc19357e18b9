package import OrchestratorCore

/// Reads `rulesets/models.yaml`. The keys are explained in `rulesets/README.md`.
package struct ModelCatalogueReader: Sendable {
    private let reader: any MarkedDocumentReader

    package init(reader: any MarkedDocumentReader) { self.reader = reader }

    /// Throws the first error with its place and what was expected.
    package func catalogue(_ text: String, file: String) throws(DocumentError) -> ModelCatalogue {
        var fields = try MappingReader(reader.read(text, file: file))
        let name = try fields.string("name")
        _ = try fields.string("source")
        let preferred = try fields.strings("preferred")
        let nodes = try fields.required("services").elements(for: "services")
        try fields.finish()
        var services: [ModelCatalogue.Service] = []
        var entries: [PriceTable.Entry] = []
        for node in nodes {
            let (service, models) = try service(node)
            guard !services.contains(where: { $0.id == service.id }) else {
                throw DocumentError(node.mark, "the service '\(service.id)' is listed twice")
            }
            services.append(service)
            entries += models
        }
        return ModelCatalogue(prices: PriceTable(name: name, entries), preferred: preferred, services: services)
    }

    private func service(
        _ node: MarkedNode
    ) throws(DocumentError) -> (ModelCatalogue.Service, [PriceTable.Entry]) {
        var fields = try MappingReader(node)
        let service = ModelCatalogue.Service(
            id: try fields.string("id"), hosts: try fields.strings("hosts"),
            chargesPerToken: try fields.optionalBoolean("charges_per_token") ?? true)
        let nodes = try fields.elements("models")
        try fields.finish()
        var seen: Set<String> = []
        var entries: [PriceTable.Entry] = []
        for node in nodes {
            let entry = try entry(node, of: service)
            guard seen.insert(entry.model).inserted else {
                throw DocumentError(node.mark, "the model '\(entry.model)' of '\(service.id)' is listed twice")
            }
            entries.append(entry)
        }
        return (service, entries)
    }

    private func entry(
        _ node: MarkedNode, of service: ModelCatalogue.Service
    ) throws(DocumentError) -> PriceTable.Entry {
        var fields = try MappingReader(node)
        var entry = PriceTable.Entry(provider: service.id, model: try fields.string("id"))
        entry.contextTokens = try fields.optionalInteger("context_tokens", in: 256...100_000_000)
        entry.maxOutputTokens = try fields.optionalInteger("max_output_tokens", in: 1...100_000_000)
        entry.supportsSchema = try fields.optionalBoolean("structured_output")
        entry.retiresOn = try date(&fields, "retires_on")
        entry.successor = try fields.optionalString("successor")
        entry.input = try price(&fields, "input")
        entry.output = try price(&fields, "output")
        guard (entry.input == nil) == (entry.output == nil) else {
            throw DocumentError(node.mark, "expected both 'input' and 'output', or neither")
        }
        entry.cacheRead = try price(&fields, "cache_read")
        entry.cacheWrite = try price(&fields, "cache_write")
        entry.steps = try fields.elements("above").map { (node) throws(DocumentError) in try step(node) }
        entry.longContextFrom = try fields.optionalInteger("dearer_above", in: 1...100_000_000)
        try fields.finish()
        return entry
    }

    private func step(_ node: MarkedNode) throws(DocumentError) -> PriceTable.Step {
        var fields = try MappingReader(node)
        let tokens = try fields.integer("tokens", in: 1...100_000_000)
        guard let input = try price(&fields, "input"), let output = try price(&fields, "output") else {
            throw DocumentError(node.mark, "expected both 'input' and 'output'")
        }
        let step = PriceTable.Step(
            aboveInputTokens: tokens, input: input, output: output, cacheRead: try price(&fields, "cache_read"))
        try fields.finish()
        return step
    }

    /// Dollars per million tokens, as written.
    private func price(_ fields: inout MappingReader, _ key: String) throws(DocumentError) -> String? {
        guard let node = fields.optional(key) else { return nil }
        let text = try node.string(for: key)
        do { _ = try TokenPrice(dollarsPerMillion: text) } catch {
            throw DocumentError(node.mark, "'\(key)': \(error)")
        }
        return text
    }

    private func date(_ fields: inout MappingReader, _ key: String) throws(DocumentError) -> String? {
        guard let node = fields.optional(key) else { return nil }
        let text = try node.string(for: key)
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let isDate =
            parts.map(\.utf8.count) == [4, 2, 2]
            && parts.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } }
        guard isDate else { throw DocumentError(node.mark, "'\(key)' must be a date as 2026-07-15, found '\(text)'") }
        return text
    }
}
