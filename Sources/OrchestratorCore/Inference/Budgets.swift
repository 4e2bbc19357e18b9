/// Ceilings on what may be spent and sent. Nil means none.
package struct Budgets: Sendable, Hashable, Codable {
    package var run: Money?
    /// Per calendar day and month, UTC, over all repositories of the state.
    package var day: Money?
    package var month: Money?
    /// Provider id -> per calendar month.
    package var providers: [String: Money] = [:]
    /// Requests and tokens (input bound and output limit) that one run may send.
    package var runRequests: Int?
    package var runTokens: Int?
    /// Percent of a ceiling at which a warning is given.
    package var alerts = [50, 80, 95]

    package init() {}

    /// True where some ceiling in money applies to a provider's attempts: then a price must be known.
    package func limitsMoney(of provider: String) -> Bool {
        run != nil || day != nil || month != nil || providers[provider] != nil
    }
}
