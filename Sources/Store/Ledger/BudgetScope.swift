import OrchestratorCore

/// One account that an attempt counts in, with its ceilings.
struct BudgetScope {
    /// The account's key: `run/ID`, `day/2026-11-25`, `month/2026-11`, `provider/ID/2026-11`.
    let key: String
    /// What an error calls it.
    let title: String
    let limit: Money?
    var requests: Int?
    var tokens: Int?

    var hasCeiling: Bool { limit != nil || requests != nil || tokens != nil }

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
