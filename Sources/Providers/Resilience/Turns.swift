/// How many may hold money for requests to a model: as many as its provider takes at once, and where its answers come so
/// fast that the ledger's disk takes a share of the time, as many more as are then on their way to or from the ledger.
struct Turns: Sendable {
    let permits: Permits
    private let concurrency: Int
    /// Moving averages in seconds.
    private var call: Double?
    private var ledger = 0.0

    init(_ concurrency: Int) {
        self.concurrency = max(1, concurrency)
        permits = Permits(concurrency)
    }

    /// At most three times the provider's number.
    var count: Int {
        guard let call, call > 0 else { return concurrency }
        return concurrency + Int(Double(concurrency) * min(2, ledger / call))
    }

    /// Takes on what a request took.
    mutating func note(_ call: Duration, ledger: Duration) {
        let (newCall, newLedger) = (call / .seconds(1), ledger / .seconds(1))
        self.ledger = self.call == nil ? newLedger : self.ledger * 0.9 + newLedger * 0.1
        self.call = self.call.map { $0 * 0.9 + newCall * 0.1 } ?? newCall
        permits.resize(to: count)
    }
}
