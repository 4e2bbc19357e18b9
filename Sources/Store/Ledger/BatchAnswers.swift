import GRDB
package import OrchestratorCore

/// Answers to requests that left in batches: many attempts at once.
extension RunLedger {
    /// An attempt whose end is known before it is entered.
    package struct KnownAttempt: Sendable {
        /// Its id derives from the answer, so that the same answer is entered once.
        package let plan: AttemptPlan
        package let end: ReservationEnd

        package init(_ plan: AttemptPlan, _ end: ReservationEnd) {
            self.plan = plan
            self.end = end
        }
    }

    /// Sets the worst case of each attempt aside and ends it at once, in one transaction. Attempts that were entered
    /// before are left out.
    /// - Returns: how many of the attempts are in the account now, and why the one after them does not fit; nil where all
    ///   fit.
    package func enter(_ attempts: [KnownAttempt]) async throws(LedgerError) -> (count: Int, refusal: LedgerError?) {
        let now = clock()
        return try await change { database -> (count: Int, refusal: LedgerError?) in
            for (index, attempt) in attempts.enumerated() {
                let isKnown = try database.cachedStatement(sql: "SELECT 1 FROM attempt WHERE id = ?")
                if try Int.fetchOne(isKnown, arguments: [attempt.plan.id.description]) != nil { continue }
                do { _ = try enter(attempt.plan, at: now, database) } catch let refusal as LedgerError {
                    return (index, refusal)
                }
                try Transition.end(attempt.plan.id, attempt.end, at: now, database)
            }
            return (attempts.count, nil)
        }
    }
}

extension Ledger {
    /// What stands against sending a piece of work.
    package enum Obstacle: Int, Sendable {
        /// Some attempt was charged and gave no answer that can be used.
        case charged = 1
        /// Some attempt, of whatever run, may have been charged and nobody knows.
        case held
        /// It stands in a batch that is not over.
        case underWay
        /// It is known already.
        case answered
    }

    /// What stands against sending each of some pieces of work, the gravest; those that may be sent are left out.
    package func obstacles(_ works: [String]) throws(StoreError) -> [String: Obstacle] {
        try file.read { database in
            let answer = try database.cachedStatement(sql: "SELECT 1 FROM completion WHERE key = ?")
            let attempts = try database.cachedStatement(
                sql: """
                    SELECT max(CASE WHEN state = 'settled' THEN 1 WHEN state = 'uncertain' THEN 2
                        WHEN state = 'reserved' AND batch IS NOT NULL THEN 3 END)
                    FROM attempt WHERE work = ?
                    """)
            var found: [String: Obstacle] = [:]
            for work in works {
                if try Int.fetchOne(answer, arguments: [work]) != nil {
                    found[work] = .answered
                } else if let code = try Int.fetchOne(attempts, arguments: [work]) {
                    found[work] = Obstacle(rawValue: code)
                }
            }
            return found
        }
    }
}
