/// An amount of United States dollars, counted in whole nanodollars. Arithmetic never wraps and never rounds down.
package struct Money: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// 1,000,000,000 to the dollar. Negative only as the result of a subtraction.
    package let nanodollars: Int64

    package static let zero = Money(nanodollars: 0)
    package static let perDollar: Int64 = 1_000_000_000

    package init(nanodollars: Int64) { self.nanodollars = nanodollars }

    /// Reads a decimal amount ("0.50", "12", "2.2e-7") and rounds it up to a whole nanodollar. Throws for anything
    /// negative, not finite or too large.
    package init(dollars text: String) throws(MoneyError) {
        self.init(nanodollars: try DecimalText(text).scaled(byTenTo: 9))
    }

    package static func < (left: Money, right: Money) -> Bool { left.nanodollars < right.nanodollars }

    package func adding(_ other: Money) throws(MoneyError) -> Money {
        let (sum, overflow) = nanodollars.addingReportingOverflow(other.nanodollars)
        guard !overflow else { throw MoneyError(.overflow, "\(self) + \(other)") }
        return Money(nanodollars: sum)
    }

    package func subtracting(_ other: Money) throws(MoneyError) -> Money {
        let (difference, overflow) = nanodollars.subtractingReportingOverflow(other.nanodollars)
        guard !overflow else { throw MoneyError(.overflow, "\(self) - \(other)") }
        return Money(nanodollars: difference)
    }

    /// For people: at least two decimals, as many more as the amount has ("$0.50", "$0.00000022").
    package var description: String {
        let magnitude = nanodollars.magnitude
        let fraction = String(magnitude % UInt64(Self.perDollar))
        var decimals = String(repeating: "0", count: 9 - fraction.count) + fraction
        while decimals.count > 2, decimals.hasSuffix("0") { decimals.removeLast() }
        return "\(nanodollars < 0 ? "-" : "")$\(magnitude / UInt64(Self.perDollar)).\(decimals)"
    }
}

/// The price of one token, kept as nanodollars per million tokens: fine enough for every published price.
package struct TokenPrice: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let nanodollarsPerMillion: Int64

    package static let zero = TokenPrice(nanodollarsPerMillion: 0)

    private init(nanodollarsPerMillion: Int64) { self.nanodollarsPerMillion = nanodollarsPerMillion }

    /// The price times a whole factor. Throws for a negative factor and for a product that does not fit.
    package func times(_ factor: Int) throws(MoneyError) -> TokenPrice {
        let (product, overflow) = nanodollarsPerMillion.multipliedReportingOverflow(by: Int64(factor))
        guard factor >= 0, !overflow else { throw MoneyError(.overflow, "\(self) times \(factor)") }
        return TokenPrice(nanodollarsPerMillion: product)
    }

    /// The price divided by a positive number, rounded up.
    package func divided(by divisor: Int) throws(MoneyError) -> TokenPrice {
        guard divisor > 0 else { throw MoneyError(.notANumber, "\(self) by \(divisor)") }
        let (quotient, rest) = nanodollarsPerMillion.quotientAndRemainder(dividingBy: Int64(divisor))
        return TokenPrice(nanodollarsPerMillion: quotient + (rest > 0 ? 1 : 0))
    }

    /// Reads dollars per million tokens ("0.10").
    package init(dollarsPerMillion text: String) throws(MoneyError) {
        self.init(nanodollarsPerMillion: try DecimalText(text).scaled(byTenTo: 9))
    }

    /// Reads dollars per single token ("0.00000022").
    package init(dollarsPerToken text: String) throws(MoneyError) {
        self.init(nanodollarsPerMillion: try DecimalText(text).scaled(byTenTo: 15))
    }

    package static func < (left: TokenPrice, right: TokenPrice) -> Bool {
        left.nanodollarsPerMillion < right.nanodollarsPerMillion
    }

    /// What several kinds of tokens cost together, rounded up once to a whole nanodollar. Throws for a negative count.
    package static func cost(_ items: [(tokens: Int, price: TokenPrice)]) throws(MoneyError) -> Money {
        var total: Int128 = 0
        for item in items {
            guard item.tokens >= 0 else { throw MoneyError(.negative, "\(item.tokens) tokens") }
            // At most 2^126 per item; the running total is checked against 2^63 * 10^6, far below 2^127.
            total += Int128(item.tokens) * Int128(item.price.nanodollarsPerMillion)
            guard total <= Int128(Int64.max) * 1_000_000 else {
                throw MoneyError(.overflow, "\(item.tokens) tokens at \(item.price)")
            }
        }
        return Money(nanodollars: Int64((total + 999_999) / 1_000_000))
    }

    /// "$0.10 per million tokens".
    package var description: String { "\(Money(nanodollars: nanodollarsPerMillion)) per million tokens" }
}

/// An amount that cannot be counted.
package struct MoneyError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case notANumber, negative, overflow
    }

    package let code: Code
    /// The text or the sum that was refused.
    package let found: String

    init(_ code: Code, _ found: String) {
        self.code = code
        self.found = found
    }

    package var description: String {
        switch code {
        case .notANumber: "expected a decimal amount, found '\(found)'"
        case .negative: "expected an amount that is not negative, found '\(found)'"
        case .overflow: "the amount is too large: \(found)"
        }
    }
}

extension Money: Codable {
    package init(from decoder: any Decoder) throws {
        nanodollars = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(nanodollars)
    }
}

extension TokenPrice: Codable {
    package init(from decoder: any Decoder) throws {
        nanodollarsPerMillion = try decoder.singleValueContainer().decode(Int64.self)
        guard nanodollarsPerMillion >= 0 else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "a price must not be negative"))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(nanodollarsPerMillion)
    }
}

extension Money {
    /// Dollars as plain decimal text, exact ("0.5", "12").
    package var decimalText: String {
        var text = description
        if let sign = text.firstIndex(of: "$") { text.remove(at: sign) }
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}

extension TokenPrice {
    /// Dollars per million tokens as plain decimal text, exact.
    package var decimalText: String { Money(nanodollars: nanodollarsPerMillion).decimalText }
}
