import OrchestratorCore

/// Reads the limits that providers announce in headers.
enum RateHeaders {
    /// The two families in use: `x-ratelimit-*` and `anthropic-ratelimit-*`. Values below zero and zero limits, which
    /// some gateways send for "not known", count as absent. `now` is in seconds since 1970.
    static func parse(_ header: (String) -> String?, now: Int64) -> RateHints? {
        func number(_ name: String, least: Int) -> Int? {
            header(name).flatMap { Int($0) }.flatMap { $0 >= least ? $0 : nil }
        }
        func window(_ limit: String, _ remaining: String, _ reset: String) -> RateHints.Window? {
            let limit = number(limit, least: 1)
            let remaining = number(remaining, least: 0)
            let reset = header(reset).flatMap { span($0, now: now) }
            guard limit != nil || remaining != nil else { return nil }
            return RateHints.Window(limit: limit, remaining: remaining, reset: reset)
        }
        func windows(_ prefix: String, _ quantity: String, isSuffix: Bool) -> RateHints.Window? {
            let names = ["limit", "remaining", "reset"].map {
                isSuffix ? "\(prefix)-\($0)-\(quantity)" : "\(prefix)-\(quantity)-\($0)"
            }
            return window(names[0], names[1], names[2])
        }
        let requests =
            windows("x-ratelimit", "requests", isSuffix: true)
            ?? windows("anthropic-ratelimit", "requests", isSuffix: false)
        let tokens =
            windows("x-ratelimit", "tokens", isSuffix: true)
            ?? windows("anthropic-ratelimit", "tokens", isSuffix: false)
        return requests == nil && tokens == nil ? nil : RateHints(requests: requests, tokens: tokens)
    }

    private static func span(_ text: String, now: Int64) -> Duration? {
        RetryAfter.span(text) ?? HTTPDate.seconds(text).map { .seconds(max(0, $0 - now)) }
    }
}
