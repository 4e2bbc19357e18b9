import GRDB
package import OrchestratorCore

/// What an account holds.
package struct AccountTotals: Sendable, Hashable {
    /// Spent, including what a provider charged beyond its price list.
    package var settled = Money.zero
    package var reserved = Money.zero
    /// Perhaps spent: counted in full until it is known.
    package var uncertain = Money.zero
    package var requests = 0

    /// What counts against a budget.
    package var committed: Money {
        Money(nanodollars: settled.nanodollars + reserved.nanodollars + uncertain.nanodollars)
    }
}

/// How much of a budget is used.
package struct BudgetStanding: Sendable, Hashable {
    /// "run", "day", "month" or "provider ID".
    package let title: String
    /// Nil where no ceiling is set.
    package let limit: Money?
    package let totals: AccountTotals
    /// True where only one provider's attempts count.
    package let isOfProvider: Bool
}

/// A row of `secorch cost`.
package struct CostRow: Sendable, Hashable {
    /// The run, day, provider or model that the row is about.
    package let group: String
    package let requests: Int
    package let settled: Money
    /// Set aside for requests under way, those in open batches among them.
    package let reserved: Money
    package let uncertain: Money
    package let inputTokens: Int
    package let cachedTokens: Int
    package let outputTokens: Int
    package let failures: Int
}

extension Ledger {
    /// By what `secorch cost` groups.
    package enum Grouping: String, Sendable, CaseIterable {
        case run, day, provider, model

        fileprivate var column: String {
            switch self {
            case .run: "run"
            case .day: "day"
            case .provider: "provider"
            case .model: "provider || '/' || model"
            }
        }
    }

    /// The totals of `run/ID`, `day/DATE`, `month/YYYY-MM` or `provider/ID/YYYY-MM`.
    package func totals(scope: String) throws(StoreError) -> AccountTotals {
        try file.read { database in
            guard let row = try Row.fetchOne(database, sql: "SELECT * FROM account WHERE scope = ?", arguments: [scope])
            else { return AccountTotals() }
            return AccountTotals(
                settled: Money(nanodollars: row["settled"]), reserved: Money(nanodollars: row["reserved"]),
                uncertain: Money(nanodollars: row["uncertain"]), requests: row["requests"])
        }
    }

    /// Every account that an attempt at a provider would count in now.
    package func standings(
        run: String, provider: String, at time: Timestamp, _ budgets: Budgets
    ) throws(StoreError) -> [BudgetStanding] {
        var standings: [BudgetStanding] = []
        for scope in BudgetScope.all(run: run, provider: provider, at: time, budgets) {
            standings.append(
                BudgetStanding(
                    title: scope.title, limit: scope.limit, totals: try totals(scope: scope.key),
                    isOfProvider: scope.key.hasPrefix("provider/")))
        }
        return standings
    }

    /// Tokens of a model's answers so far, on average, and how many answers that is.
    package func meanOutput(of model: ModelID) throws(StoreError) -> (tokens: Int, answers: Int) {
        try file.read { database in
            guard
                let row = try Row.fetchOne(
                    database,
                    sql: """
                        SELECT coalesce(avg(output_tokens), 0.0), count(output_tokens) FROM attempt
                        WHERE provider = ? AND model = ? AND state = 'settled'
                        """, arguments: [model.provider, model.name])
            else { return (0, 0) }
            return (Int((row[0] as Double).rounded(.up)), row[1])
        }
    }

    /// How attempts of a run failed, by model.
    package func failures(run: String) throws(StoreError) -> [ModelID: Set<ProviderError.Code>] {
        let rows = try file.read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT DISTINCT provider, model, failure FROM attempt WHERE run = ? AND failure IS NOT NULL",
                arguments: [run])
        }
        return rows.reduce(into: [:]) { failures, row in
            guard let code = ProviderError.Code(rawValue: row["failure"]) else { return }
            failures[ModelID(provider: row["provider"], name: row["model"]), default: []].insert(code)
        }
    }

    /// What was spent, newest or dearest first.
    /// - Parameter run: only this run's attempts; nil for all.
    package func costs(by grouping: Grouping, run: String? = nil) throws(StoreError) -> [CostRow] {
        let order = grouping == .run || grouping == .day ? "1 DESC" : "settled DESC, 1"
        return try file.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT \(grouping.column), count(*) AS requests,
                        sum(CASE state WHEN 'settled' THEN amount + excess ELSE 0 END) AS settled,
                        sum(CASE state WHEN 'reserved' THEN amount ELSE 0 END) AS reserved,
                        sum(CASE state WHEN 'uncertain' THEN amount ELSE 0 END) AS uncertain,
                        coalesce(sum(input_tokens), 0), coalesce(sum(cached_tokens), 0), coalesce(sum(output_tokens), 0),
                        count(failure)
                    FROM attempt WHERE ? IS NULL OR run = ? GROUP BY 1 ORDER BY \(order)
                    """, arguments: [run, run]
            ).map { row in
                CostRow(
                    group: row[0], requests: row[1], settled: Money(nanodollars: row[2]),
                    reserved: Money(nanodollars: row[3]), uncertain: Money(nanodollars: row[4]), inputTokens: row[5],
                    cachedTokens: row[6], outputTokens: row[7], failures: row[8])
            }
        }
    }
}
