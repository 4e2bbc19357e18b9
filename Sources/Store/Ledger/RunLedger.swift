import GRDB
package import OrchestratorCore

/// A run's access to the ledger, under its budgets.
package struct RunLedger: AttemptLedger {
    let ledger: Ledger
    let run: String
    let budgets: Budgets
    let clock: @Sendable () -> Timestamp

    package func reserve(_ plan: AttemptPlan) async throws(LedgerError) -> Reservation {
        let now = clock()
        return try await change { database in try enter(plan, at: now, database) }
    }

    /// Sets a worst case aside as a part of a transaction. Throws `LedgerError`, with nothing changed, where it does not
    /// fit.
    func enter(_ plan: AttemptPlan, at now: Timestamp, _ database: Database) throws -> Reservation {
        let scopes = BudgetScope.all(run: run, provider: plan.model.provider, at: now, budgets)
        for scope in scopes where scope.hasCeiling { try Self.check(scope, plan, database) }
        try database.cachedStatement(sql: Self.insertion).execute(arguments: [
            plan.id.description, run, plan.work, plan.model.provider, plan.model.name, plan.purpose.rawValue,
            plan.worstCase.nanodollars, plan.worstCase.nanodollars, plan.priceSource.description,
            plan.inputBound, plan.maxOutput, String(now.description.prefix(10)), now.seconds,
        ])
        try Self.book(plan, scopes, database)
        return Reservation(attempt: plan.id, amount: plan.worstCase)
    }

    private static let insertion = """
        INSERT INTO attempt (id, run, work, provider, model, purpose, state, worst_case, amount, price_source,
            input_bound, max_output, day, began_at)
        VALUES (?, ?, ?, ?, ?, ?, 'reserved', ?, ?, ?, ?, ?, ?, ?)
        """

    private static func book(_ plan: AttemptPlan, _ scopes: [BudgetScope], _ database: Database) throws {
        var arguments = StatementArguments()
        for scope in scopes {
            arguments += [scope.key, plan.worstCase.nanodollars, plan.inputBound + plan.maxOutput]
        }
        let rows = scopes.map { _ in "(?, ?, 1, ?)" }.joined(separator: ", ")
        try database.cachedStatement(
            sql: """
                INSERT INTO account (scope, reserved, requests, tokens) VALUES \(rows)
                ON CONFLICT (scope) DO UPDATE SET reserved = reserved + excluded.reserved,
                    requests = requests + 1, tokens = tokens + excluded.tokens
                """
        ).execute(arguments: arguments)
    }

    package func settle(_ reservation: Reservation, _ settlement: Settlement) async throws(LedgerError) {
        try await close(reservation, .settle(settlement))
    }

    package func release(_ reservation: Reservation, _ error: ProviderError) async throws(LedgerError) {
        try await close(reservation, .release(error))
    }

    package func hold(
        _ reservation: Reservation, _ reference: AttemptReference, _ error: ProviderError
    ) async throws(LedgerError) {
        try await close(reservation, .hold(error), request: reference.providerRequestID)
    }

    private func close(
        _ reservation: Reservation, _ end: ReservationEnd, request: String? = nil
    ) async throws(LedgerError) {
        let now = clock()
        try await change { database in
            guard try Transition.end(reservation.attempt, end, at: now, request: request, database) else {
                throw StoreError(.notFound, "the attempt \(reservation.attempt) is not reserved")
            }
        }
    }

    /// Throws `overBudget` where the worst case does not fit into what a scope has left.
    private static func check(_ scope: BudgetScope, _ plan: AttemptPlan, _ database: Database) throws {
        let statement = try database.cachedStatement(sql: "SELECT * FROM account WHERE scope = ?")
        let row = try Row.fetchOne(statement, arguments: [scope.key])
        func amount(_ column: String) -> Int64 { row?[column] ?? 0 }
        if let limit = scope.limit {
            let (used, overflow) = [
                amount("settled"), amount("reserved"), amount("uncertain"), plan.worstCase.nanodollars,
            ]
            .reduce((Int64(0), false)) { sum, next in
                let (total, overflow) = sum.0.addingReportingOverflow(next)
                return (total, sum.1 || overflow)
            }
            guard !overflow, used <= limit.nanodollars else {
                throw LedgerError(
                    overBudget: .init(
                        scope: scope.title, limit: limit, settled: Money(nanodollars: amount("settled")),
                        reserved: Money(nanodollars: amount("reserved")),
                        uncertain: Money(nanodollars: amount("uncertain")), asked: plan.worstCase))
            }
        }
        if let limit = scope.requests, amount("requests") >= limit {
            throw LedgerError(failed: "the \(scope.title) limit of \(limit) requests is reached")
        }
        let tokens = amount("tokens") + Int64(plan.inputBound + plan.maxOutput)
        if let limit = scope.tokens, tokens > limit {
            throw LedgerError(failed: "the \(scope.title) limit of \(limit) tokens has no room for the next request")
        }
    }

    /// Part of one transaction; errors of the database become ledger errors.
    func change<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(LedgerError) -> Value {
        do {
            return try await ledger.commits.change(body)
        } catch let error as LedgerError {
            throw error
        } catch {
            throw LedgerError(failed: DatabaseFile.explain(error, ledger.file.path).context)
        }
    }
}

/// The end of an attempt: its row and the totals of all its scopes change together.
struct Transition {
    enum End {
        case settled(Settlement)
        case released
        case uncertain
    }

    private let row: Row

    init(_ row: Row) { self.row = row }

    /// Ends a reserved attempt. False, with nothing changed, where it is not reserved any more.
    @discardableResult
    static func end(
        _ attempt: AttemptID, _ end: ReservationEnd, at time: Timestamp, request: String? = nil, _ database: Database
    ) throws -> Bool {
        let open = try database.cachedStatement(
            sql: "SELECT id, run, work, provider, day, state, amount FROM attempt WHERE id = ? AND state = 'reserved'")
        guard let row = try Row.fetchOne(open, arguments: [attempt.description]) else { return false }
        let transition = Transition(row)
        switch end {
        case .settle(let settlement):
            try transition.apply(.settled(settlement), at: time, failure: nil, database)
        case .release(let error):
            try transition.apply(.released, at: time, failure: error.code.rawValue, database)
        case .hold(let error):
            try transition.apply(
                .uncertain, at: time, failure: error.code.rawValue, request: request ?? error.providerRequestID,
                database)
        }
        return true
    }

    func apply(
        _ end: End, at time: Timestamp, failure: String?, request: String? = nil, _ database: Database
    ) throws {
        let before = row["state"] as String
        let amount = row["amount"] as Int64
        var after: (state: String, amount: Int64, excess: Int64) = ("released", 0, 0)
        var settlement: Settlement?
        switch end {
        case .released: break
        case .uncertain: after = ("uncertain", amount, 0)
        case .settled(let found):
            settlement = found
            after = ("settled", found.amount.nanodollars, found.excess.nanodollars)
        }
        let usage = settlement?.usage
        try database.cachedStatement(sql: Self.ending).execute(arguments: [
            after.state, after.amount, after.excess, settlement?.basis.rawValue, usage?.input, usage?.cacheRead,
            usage?.output, settlement?.completion?.servedModel,
            request ?? settlement?.completion?.providerRequestID, failure, time.seconds, row["id"] as String,
        ])
        try move(from: before, amount, to: after.state, after.amount + after.excess, database)
        if let completion = settlement?.completion {
            try database.cachedStatement(sql: "INSERT OR REPLACE INTO completion VALUES (?, ?, ?, ?)").execute(
                arguments: [row["work"] as String, row["id"] as String, try JSONText.encode(completion), time.seconds])
        }
    }

    private static let ending = """
        UPDATE attempt SET state = ?, amount = ?, excess = ?, basis = ?, input_tokens = ?, cached_tokens = ?,
            output_tokens = ?, served_model = ?, provider_request = coalesce(?, provider_request),
            failure = coalesce(?, failure), ended_at = ?
        WHERE id = ?
        """

    /// Moves an amount between the columns of every account the attempt counts in.
    private func move(
        from before: String, _ taken: Int64, to after: String, _ added: Int64, _ database: Database
    ) throws {
        let day = row["day"] as String
        let provider = row["provider"] as String
        let month = day.prefix(7)
        let scopes = ["run/\(row["run"] as String)", "day/\(day)", "month/\(month)", "provider/\(provider)/\(month)"]
        // The names come from the table's own CHECK, never from outside.
        let adding = after == "released" ? "" : ", \(after) = \(after) + ?"
        let statement = try database.cachedStatement(
            sql: "UPDATE account SET \(before) = \(before) - ?\(adding) WHERE scope IN (?, ?, ?, ?)")
        let amounts: StatementArguments = after == "released" ? [taken] : [taken, added]
        try statement.execute(arguments: amounts + StatementArguments(scopes))
    }
}
