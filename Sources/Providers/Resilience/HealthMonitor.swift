package import OrchestratorCore

/// How each model and provider fares. A pure value: time comes in with each call.
package struct HealthMonitor: Sendable {
    package enum Status: String, Hashable, Sendable {
        case unknown, healthy, degraded, down, disabled
    }

    /// What is known about one model.
    package struct Record: Hashable, Sendable {
        package fileprivate(set) var successes = 0
        package fileprivate(set) var failures = 0
        package fileprivate(set) var failuresInRow = 0
        /// Moving average over successes.
        package fileprivate(set) var latency: Duration?
        package fileprivate(set) var lastError: ProviderError.Code?
        fileprivate var lastSeen: ContinuousClock.Instant?
    }

    private var records: [ModelID: Record] = [:]
    private var disabledProviders: [String: (until: ContinuousClock.Instant, why: ProviderError.Code)] = [:]
    /// How long a provider rests whose quota is used up and that does not say until when.
    private let quotaRest: Duration
    private let keyRest = Duration.seconds(600)
    /// Failures in a row from which a model is down.
    private let downAfter: Int

    package init(quotaRest: Duration = .seconds(2700), downAfter: Int = 3) {
        self.quotaRest = quotaRest
        self.downAfter = downAfter
    }

    package mutating func noteSuccess(_ model: ModelID, latency: Duration, now: ContinuousClock.Instant) {
        var record = records[model, default: Record()]
        record.successes += 1
        record.failuresInRow = 0
        record.latency = record.latency.map { $0 * 0.8 + latency * 0.2 } ?? latency
        record.lastSeen = now
        records[model] = record
    }

    /// Books a failure. A used-up quota or a refused key rests the whole provider.
    package mutating func noteFailure(_ model: ModelID, _ error: ProviderError, now: ContinuousClock.Instant) {
        var record = records[model, default: Record()]
        record.lastError = error.code
        record.lastSeen = now
        if error.countsAgainstBreaker {
            record.failures += 1
            record.failuresInRow += 1
        }
        records[model] = record
        switch error.errorClass {
        case .quota: disable(model.provider, until: now + (error.retryAfter ?? quotaRest), error.code)
        case .authentication where error.code == .authentication:
            disable(model.provider, until: now + keyRest, error.code)
        default: break
        }
    }

    private mutating func disable(_ provider: String, until end: ContinuousClock.Instant, _ why: ProviderError.Code) {
        let old = disabledProviders[provider]?.until ?? end
        disabledProviders[provider] = (max(old, end), why)
    }

    /// A check of the provider succeeded: it is usable again.
    package mutating func enable(_ provider: String) { disabledProviders[provider] = nil }

    /// Why a provider rests, and until when; nil where it does not.
    package func rest(
        of provider: String, now: ContinuousClock.Instant
    ) -> (until: ContinuousClock.Instant, why: ProviderError.Code)? {
        disabledProviders[provider].flatMap { now < $0.until ? $0 : nil }
    }

    package func record(of model: ModelID) -> Record? { records[model] }

    package func status(of model: ModelID, now: ContinuousClock.Instant) -> Status {
        if rest(of: model.provider, now: now) != nil { return .disabled }
        guard let record = records[model] else { return .unknown }
        if record.failuresInRow >= downAfter { return .down }
        if record.failuresInRow > 0 { return .degraded }
        return record.successes > 0 ? .healthy : .unknown
    }

    /// The providers that a check might bring back: resting ones, and those with a model that is down.
    package func dueForCheck(now: ContinuousClock.Instant) -> [String] {
        let down = records.keys.filter { status(of: $0, now: now) == .down }.map(\.provider)
        let resting = disabledProviders.keys.filter { rest(of: $0, now: now) != nil }
        return Set(down + resting).sorted()
    }
}
