package import OrchestratorCore

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

    package init() {}

    /// True where some ceiling in money applies to a provider's attempts: then a price must be known.
    package func limitsMoney(of provider: String) -> Bool {
        run != nil || day != nil || month != nil || providers[provider] != nil
    }
}

/// One account that an attempt counts in, with its ceilings.
struct BudgetScope {
    /// The account's key: `run/ID`, `day/2026-11-25`, `month/2026-11`, `provider/ID/2026-11`.
    let key: String
    /// What an error calls it.
    let title: String
    let limit: Money?
    var requests: Int?
    var tokens: Int?

    /// Every account of an attempt, whether or not a ceiling applies: totals are wanted for reports, too.
    static func all(run: String, provider: String, at time: Timestamp, _ budgets: Budgets) -> [BudgetScope] {
        let day = String(time.description.prefix(10))
        let month = String(day.prefix(7))
        return [
            BudgetScope(
                key: "run/\(run)", title: "run", limit: budgets.run, requests: budgets.runRequests,
                tokens: budgets.runTokens),
            BudgetScope(key: "day/\(day)", title: "day", limit: budgets.day),
            BudgetScope(key: "month/\(month)", title: "month", limit: budgets.month),
            BudgetScope(
                key: "provider/\(provider)/\(month)", title: "provider \(provider)", limit: budgets.providers[provider]),
        ]
    }
}
