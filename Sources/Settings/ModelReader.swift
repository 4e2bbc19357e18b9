import OrchestratorCore

/// Reads one entry of a provider's `models`.
enum ModelReader {
    static func read(
        _ node: MarkedNode, of provider: String, _ kind: ProviderDescriptor.Kind,
        _ wire: ProviderDescriptor.WireProtocol
    ) throws(DocumentError) -> ModelDescriptor {
        var fields = try MappingReader(node)
        let id = ModelID(provider: provider, name: try fields.string("id"))
        // A daemon passes on what is named so; in a local-only run the adapter asks it before anything is sent.
        let isHere = wire == .ollama ? kind != .cloud && !id.isCloudProxied : kind == .local
        var model = ModelDescriptor(
            id: id,
            modelClass: try fields.optionalChoice("class", of: ModelDescriptor.Class.self)
                ?? (isHere ? .local : .init(hostedName: id.name)),
            leavesHost: !isHere)
        model.contextTokens = try fields.optionalInteger("context_tokens", in: 256...100_000_000)
        model.maxOutputTokens = try fields.optionalInteger("max_output_tokens", in: 1...100_000_000)
        // A protocol that is described by data is never streamed.
        if wire != .custom { model.capabilities = [.streaming] }
        let switches: KeyValuePairs<String, ModelDescriptor.Capability> = [
            "structured_output": .structuredOutput, "reasoning": .reasoning, "prompt_caching": .promptCaching,
        ]
        for (key, capability) in switches where try fields.optionalBoolean(key) ?? false {
            model.capabilities.insert(capability)
        }
        model.specialities = try specialities(&fields)
        model.retiresOn = try fields.optional("retires_on").map { (node) throws(DocumentError) in try date(node) }
        model.price = try price(&fields, isHere: isHere)
        try fields.finish()
        return model
    }

    private static func specialities(_ fields: inout MappingReader) throws(DocumentError) -> Set<TaskKind> {
        var result: Set<TaskKind> = []
        for node in try fields.elements("specialities") {
            let text = try node.string(for: "specialities")
            guard let task = TaskKind(rawValue: text) else {
                let allowed = TaskKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw DocumentError(node.mark, "'specialities' takes \(allowed), found '\(text)'")
            }
            result.insert(task)
        }
        return result
    }

    private static func date(_ node: MarkedNode) throws(DocumentError) -> String {
        let text = try node.string(for: "retires_on")
        let fields = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = fields.compactMap { $0.utf8.allSatisfy { (48...57).contains($0) } ? Int($0) : nil }
        guard fields.map(\.utf8.count) == [4, 2, 2], numbers.count == 3, (1...12).contains(numbers[1]),
            (1...days(in: numbers[1], of: numbers[0])).contains(numbers[2])
        else { throw DocumentError(node.mark, "'retires_on' must be a date such as 2027-01-31, found '\(text)'") }
        return text
    }

    private static func days(in month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Both main prices or none; without them a model on this machine is free and any other has no known price.
    private static func price(_ fields: inout MappingReader, isHere: Bool) throws(DocumentError) -> ModelPrice {
        let input = fields.optional("input_usd_per_mtok")
        let output = fields.optional("output_usd_per_mtok")
        let read = try amount(&fields, "cache_read_usd_per_mtok")
        let write = try amount(&fields, "cache_write_usd_per_mtok")
        guard let input, let output else {
            if let single = input ?? output ?? read?.node ?? write?.node {
                throw DocumentError(single.mark, "expected both 'input_usd_per_mtok' and 'output_usd_per_mtok'")
            }
            return isHere ? .free : .unknown("no price is configured")
        }
        let tier = PriceSchedule.Tier(
            input: try amount(input, "input_usd_per_mtok"), output: try amount(output, "output_usd_per_mtok"),
            cacheRead: read?.price, cacheWrite: write?.price)
        return .known(PriceSchedule(tiers: [tier], source: .configured))
    }

    private static func amount(
        _ fields: inout MappingReader, _ key: String
    ) throws(DocumentError) -> (node: MarkedNode, price: TokenPrice)? {
        guard let node = fields.optional(key) else { return nil }
        return (node, try amount(node, key))
    }

    private static func amount(_ node: MarkedNode, _ key: String) throws(DocumentError) -> TokenPrice {
        let text = try node.string(for: key)
        do {
            return try TokenPrice(dollarsPerMillion: text)
        } catch {
            throw DocumentError(node.mark, "'\(key)': \(error)")
        }
    }
}
