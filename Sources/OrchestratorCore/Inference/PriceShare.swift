/// A part of a price, as a fraction: a half is 1 of 2.
package struct PriceShare: Hashable, Sendable, Codable {
    package let numerator: Int
    package let denominator: Int

    package static let whole = PriceShare(1, of: 1)
    package static let half = PriceShare(1, of: 2)

    /// - Parameter percent: 0 to 100.
    package static func percent(_ percent: Int) -> PriceShare { PriceShare(percent, of: 100) }

    private init(_ numerator: Int, of denominator: Int) {
        self.numerator = numerator
        self.denominator = denominator
    }
}

extension PriceSchedule {
    /// The prices of requests in a batch. A cached token counts as any other: whether a provider takes its discount off
    /// cached prices as well is not certain. Fees per request stay as they are.
    package func inBatch(at share: PriceShare) throws(MoneyError) -> PriceSchedule {
        guard share != .whole else { return self }
        var parts: [Tier] = []
        for tier in tiers {
            parts.append(
                Tier(
                    aboveInputTokens: tier.aboveInputTokens, input: try tier.input.part(share),
                    output: try tier.output.part(share),
                    cacheWrite: try tier.cacheWrite.map { (price) throws(MoneyError) in try price.part(share) }))
        }
        return PriceSchedule(tiers: parts, perRequest: perRequest, source: source)
    }
}

extension TokenPrice {
    /// Rounded up.
    fileprivate func part(_ share: PriceShare) throws(MoneyError) -> TokenPrice {
        try times(share.numerator).divided(by: share.denominator)
    }
}
