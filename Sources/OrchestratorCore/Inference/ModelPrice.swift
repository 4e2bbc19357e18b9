/// What a model costs. Unknown is not zero: under a budget it refuses.
package enum ModelPrice: Hashable, Sendable, Codable {
    /// With the reason: no entry, a price set at run time ("-1"), a negative one.
    case unknown(String)
    case known(PriceSchedule)

    package static let free = ModelPrice.known(.free)

    package var schedule: PriceSchedule? {
        guard case .known(let schedule) = self else { return nil }
        return schedule
    }

    /// True only for a price known to be zero: such attempts may be repeated at will.
    package var isFree: Bool { schedule?.isFree ?? false }
}

/// Where a price comes from; printed beside each cost.
package enum PriceSource: Hashable, Sendable, Codable, CustomStringConvertible {
    case configured
    case listedByProvider(String)
    /// The name and the date of a price list.
    case table(String)
    /// The user's own hardware or a flat subscription.
    case notCharged

    package var description: String {
        switch self {
        case .configured: "configuration"
        case .listedByProvider(let provider): "listed by \(provider)"
        case .table(let name): "price table \(name)"
        case .notCharged: "not charged per token"
        }
    }
}

/// Prices by size of the input, with a fixed fee per request.
package struct PriceSchedule: Hashable, Sendable, Codable {
    /// The prices of one range of input sizes. The whole request is charged at them.
    package struct Tier: Hashable, Sendable, Codable {
        /// Applies to inputs of more tokens than this; 0 for prices that can apply to any input.
        package let aboveInputTokens: Int
        package let input: TokenPrice
        package let output: TokenPrice
        /// Nil where the provider lists none: cached tokens then cost as much as others.
        package let cacheRead: TokenPrice?
        package let cacheWrite: TokenPrice?

        package init(
            aboveInputTokens: Int = 0, input: TokenPrice, output: TokenPrice, cacheRead: TokenPrice? = nil,
            cacheWrite: TokenPrice? = nil
        ) {
            self.aboveInputTokens = max(0, aboveInputTokens)
            self.input = input
            self.output = output
            self.cacheRead = cacheRead
            self.cacheWrite = cacheWrite
        }

        fileprivate func applies(to inputTokens: Int) -> Bool {
            aboveInputTokens == 0 || inputTokens > aboveInputTokens
        }

        fileprivate var dearestInput: TokenPrice { max(input, cacheRead ?? input, cacheWrite ?? input) }
    }

    package let tiers: [Tier]
    package let perRequest: Money
    package let source: PriceSource

    package static let free = PriceSchedule(tiers: [], perRequest: .zero, source: .notCharged)

    package init(tiers: [Tier], perRequest: Money = .zero, source: PriceSource) {
        var sorted = tiers.sorted { $0.aboveInputTokens < $1.aboveInputTokens }
        // Some price must apply to the smallest input: the lowest tier reaches down to nothing.
        if let lowest = sorted.first, lowest.aboveInputTokens > 0 {
            sorted[0] = Tier(
                input: lowest.input, output: lowest.output, cacheRead: lowest.cacheRead, cacheWrite: lowest.cacheWrite)
        }
        self.tiers = sorted
        self.perRequest = perRequest
        self.source = source
    }

    package var isFree: Bool {
        perRequest == .zero && tiers.allSatisfy { $0.dearestInput == .zero && $0.output == .zero }
    }

    /// The most a request can cost: no more than `inputBound` tokens in, in whatever mix of cached and written, and no
    /// more than `maxOutput` out (reasoning included), at the dearest tier that can apply to any input up to the bound.
    package func worstCase(inputBound: Int, maxOutput: Int) throws(MoneyError) -> Money {
        let reachable = tiers.filter { $0.applies(to: inputBound) }
        let input = reachable.map(\.dearestInput).max() ?? .zero
        let output = reachable.map(\.output).max() ?? .zero
        return try TokenPrice.cost([(inputBound, input), (maxOutput, output)]).adding(perRequest)
    }

    /// What a request did cost: at the tier of the highest bound that applies, at the dearest of several.
    package func cost(of usage: Usage) throws(MoneyError) -> Money {
        let applying = tiers.filter { $0.applies(to: usage.input) }
        let bound = applying.map(\.aboveInputTokens).max() ?? 0
        var dearest = Money.zero
        for tier in applying where tier.aboveInputTokens == bound {
            dearest = max(
                dearest,
                try TokenPrice.cost([
                    (usage.inputUncached, tier.input), (usage.cacheRead, tier.cacheRead ?? tier.input),
                    (usage.cacheWrite, tier.cacheWrite ?? tier.input), (usage.output, tier.output),
                ]))
        }
        return try dearest.adding(perRequest)
    }
}
