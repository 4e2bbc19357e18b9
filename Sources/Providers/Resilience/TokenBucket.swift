/// A quantity that runs full at a steady rate and is taken from.
package struct TokenBucket: Hashable, Sendable {
    package private(set) var capacity: Double
    private var level: Double
    private var updatedAt: ContinuousClock.Instant

    /// Full at the start; `perMinute` is both the capacity and what flows in within a minute.
    package init(perMinute: Int, now: ContinuousClock.Instant) {
        capacity = Double(max(1, perMinute))
        level = capacity
        updatedAt = now
    }

    private var perSecond: Double { capacity / 60 }

    private mutating func refill(_ now: ContinuousClock.Instant) {
        guard now > updatedAt else { return }
        level = min(capacity, level + (now - updatedAt) / .seconds(1) * perSecond)
        updatedAt = now
    }

    /// How long until an amount is there; zero where it is. Amounts over the capacity never are: see `capacity`.
    package mutating func wait(for amount: Double, now: ContinuousClock.Instant) -> Duration {
        refill(now)
        guard level < amount else { return .zero }
        return .milliseconds(((amount - level) / perSecond * 1000).rounded(.up))
    }

    /// Takes an amount, below nothing where need be; a negative one is given back.
    package mutating func take(_ amount: Double, now: ContinuousClock.Instant) {
        refill(now)
        level = min(capacity, level - amount)
    }

    /// Takes on a capacity that the provider announced.
    package mutating func resize(perMinute: Int, now: ContinuousClock.Instant) {
        refill(now)
        capacity = Double(max(1, perMinute))
        level = min(level, capacity)
    }

    /// Takes on what the provider says is left.
    package mutating func cap(at remaining: Int, now: ContinuousClock.Instant) {
        refill(now)
        level = min(level, Double(remaining))
    }
}

extension Duration {
    fileprivate static func milliseconds(_ value: Double) -> Duration { .seconds(value / 1000) }
}
