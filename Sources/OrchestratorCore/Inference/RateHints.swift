/// What a provider said about its limits with its last answer. Nil where it said nothing.
package struct RateHints: Hashable, Sendable {
    /// One limited quantity per window.
    package struct Window: Hashable, Sendable {
        package let limit: Int?
        package let remaining: Int?
        /// Until the window is full again.
        package let reset: Duration?

        package init(limit: Int?, remaining: Int?, reset: Duration?) {
            self.limit = limit
            self.remaining = remaining
            self.reset = reset
        }
    }

    package let requests: Window?
    package let tokens: Window?

    package init(requests: Window?, tokens: Window?) {
        self.requests = requests
        self.tokens = tokens
    }
}
