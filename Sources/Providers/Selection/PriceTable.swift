package import OrchestratorCore

/// Prices that were not told by a provider, from a dated list.
package struct PriceTable: Hashable, Sendable {
    /// One model's prices in dollars per million tokens, as the list writes them; nil where it has none.
    package struct Entry: Hashable, Sendable {
        package var provider: String
        package var model: String
        package var contextTokens: Int?
        package var maxOutputTokens: Int?
        package var input: String?
        package var output: String?
        package var cacheRead: String?
        package var cacheWrite: String?
        /// Dearer prices for larger inputs, where the list gives them.
        package var steps: [Step] = []
        /// Above so many input tokens dearer prices apply that the list does not give.
        package var longContextFrom: Int?
        package var supportsSchema: Bool?
        /// RFC 3339 date.
        package var retiresOn: String?
        /// What the provider offers in its place.
        package var successor: String?

        package init(provider: String, model: String) {
            self.provider = provider
            self.model = model
        }
    }

    /// The prices of inputs of more than so many tokens.
    package struct Step: Hashable, Sendable {
        package var aboveInputTokens: Int
        package var input: String
        package var output: String
        package var cacheRead: String?

        package init(aboveInputTokens: Int, input: String, output: String, cacheRead: String? = nil) {
            self.aboveInputTokens = aboveInputTokens
            self.input = input
            self.output = output
            self.cacheRead = cacheRead
        }
    }

    /// Name and date of the list.
    package let name: String
    private let entries: [ModelID: Entry]

    /// Where a model is listed twice, the first entry counts.
    package init(name: String, _ entries: [Entry]) {
        self.name = name
        self.entries = Dictionary(entries.map { (ModelID(provider: $0.provider, name: $0.model), $0) }) { first, _ in
            first
        }
    }

    package var count: Int { entries.count }

    package func entry(_ model: ModelID) -> Entry? { entries[model] }

    /// The listed price of a model that somebody charges for, found by its exact name only. Zero is a gap in the list.
    package func price(of model: ModelID) -> ModelPrice {
        guard let entry = entries[model] else { return .unknown("\(model) is not in the price table \(name)") }
        guard let inputText = entry.input, let outputText = entry.output else {
            return .unknown("the price table \(name) has no flat price for \(model)")
        }
        do {
            let base = try Self.tier(above: 0, inputText, outputText, entry.cacheRead, entry.cacheWrite)
            if base.input == .zero, base.output == .zero {
                return .unknown(
                    "the price table \(name) lists \(model) at zero, which a provider that charges does not mean")
            }
            var tiers = [base]
            for step in entry.steps {
                tiers.append(try Self.tier(above: step.aboveInputTokens, step.input, step.output, step.cacheRead, nil))
            }
            if let start = entry.longContextFrom { tiers.append(try Self.dearer(base, above: start)) }
            return .known(PriceSchedule(tiers: tiers, source: .table(name)))
        } catch {
            return .unknown("the price of \(model) in the price table \(name) cannot be used: \(error)")
        }
    }

    private static func tier(
        above start: Int, _ inputText: String, _ outputText: String, _ readText: String?, _ writeText: String?
    ) throws(MoneyError) -> PriceSchedule.Tier {
        let input = try TokenPrice(dollarsPerMillion: inputText)
        let read = try readText.map { (text) throws(MoneyError) in try TokenPrice(dollarsPerMillion: text) }
        let write = try writeText.map { (text) throws(MoneyError) in try TokenPrice(dollarsPerMillion: text) }
        return PriceSchedule.Tier(
            aboveInputTokens: start, input: input, output: try TokenPrice(dollarsPerMillion: outputText),
            cacheRead: read == .zero && input != .zero ? nil : read, cacheWrite: write)
    }

    /// The list gives the size but not the prices beyond it. Published ones are up to twice the base for input and one
    /// and a half times for output; twice is taken for both.
    private static func dearer(_ base: PriceSchedule.Tier, above start: Int) throws(MoneyError) -> PriceSchedule.Tier {
        PriceSchedule.Tier(
            aboveInputTokens: start, input: try base.input.times(2), output: try base.output.times(2),
            cacheRead: try base.cacheRead.map { (price) throws(MoneyError) in try price.times(2) },
            cacheWrite: try base.cacheWrite.map { (price) throws(MoneyError) in try price.times(2) })
    }
}

extension PriceTable {
    /// Merges what is configured with what a provider lists and what the table knows, best source first: a configured
    /// price, a price the provider lists, the table. Where nobody charges, as on the user's own hardware, no price is
    /// no cost. Capabilities the provider names are added to those configured.
    /// - Parameter name: what the table calls the model; nil where it does not speak of its provider.
    package func complete(
        _ configured: ModelDescriptor, as name: ModelID?, listed: ModelDescriptor?, isCharged: Bool
    ) -> ModelDescriptor {
        var model = configured
        let entry = name.flatMap { entries[$0] }
        model.contextTokens = configured.contextTokens ?? listed?.contextTokens ?? entry?.contextTokens
        model.maxOutputTokens = configured.maxOutputTokens ?? listed?.maxOutputTokens ?? plausibleOutput(entry)
        model.capabilities.formUnion(listed?.capabilities ?? [])
        if entry?.supportsSchema == true { model.capabilities.insert(.structuredOutput) }
        model.retiresOn = configured.retiresOn ?? listed?.retiresOn ?? entry?.retiresOn
        model.leavesHost = configured.leavesHost || listed?.leavesHost ?? false
        if model.price.schedule == nil, let price = listed?.price, price.schedule != nil { model.price = price }
        if model.price.schedule == nil { model.price = isCharged ? price(of: name ?? configured.id) : .free }
        return model
    }

    /// A list that repeats the window as the output limit does not know the limit.
    private func plausibleOutput(_ entry: Entry?) -> Int? {
        guard let output = entry?.maxOutputTokens, output != entry?.contextTokens else { return nil }
        return output
    }
}
