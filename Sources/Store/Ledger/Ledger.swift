import Foundation
import GRDB
package import OrchestratorCore

/// The account of every attempt of a user, in one database for all repositories.
///
/// Each call is part of one transaction that takes the write lock at once: two workers, two processes, can never both fit
/// into the same rest of a budget. At any instant settled + reserved + uncertain is no more than each budget, whatever
/// crashes, since money is set aside before anything leaves and only ever given back after the facts are known.
package final class Ledger: Sendable {
    let file: DatabaseFile
    let commits: GroupCommit

    /// Opens or creates the ledger of a state. Throws the errors of opening a database.
    package init(state: StateFolder) throws(StoreError) {
        file = try DatabaseFile(path: state.path + "/ledger.sqlite", migrations: LedgerMigrations.all)
        commits = GroupCommit(file)
    }

    /// The secret of this state; drawn on first use.
    package func stateKey() throws(StoreError) -> StateKey {
        try file.write { database in
            if let bytes = try Data.fetchOne(database, sql: "SELECT bytes FROM state_key") {
                return StateKey(bytes: Array(bytes))
            }
            let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
            try database.execute(sql: "INSERT INTO state_key VALUES (?)", arguments: [Data(bytes)])
            return StateKey(bytes: bytes)
        }
    }

    /// The account of one run under its budgets.
    package func account(run: String, budgets: Budgets, clock: @escaping @Sendable () -> Timestamp) -> RunLedger {
        RunLedger(ledger: self, run: run, budgets: budgets, clock: clock)
    }

    /// Counts every attempt of a run that is still reserved as uncertain, at its full price: their owner is dead. Those in
    /// a batch that is not over stay reserved: its provider can tell. Call only while holding the run's lock. Returns what
    /// was found.
    package func holdAbandoned(run: String, at time: Timestamp) throws(StoreError) -> [AttemptReference] {
        try file.write { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM attempt WHERE run = ? AND state = 'reserved' AND (batch IS NULL OR batch NOT IN
                        (SELECT marker FROM provider_batch WHERE state IN ('prepared', 'submitted')))
                    ORDER BY began_at, id
                    """, arguments: [run])
            for row in rows {
                try Transition(row).apply(
                    .uncertain, at: time, failure: "the program ended before the answer", database)
            }
            return rows.map(Self.reference)
        }
    }

    /// The attempts of a run whose fate is unknown.
    package func held(run: String) throws(StoreError) -> [(attempt: AttemptReference, work: String, amount: Money)] {
        try file.read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM attempt WHERE run = ? AND state = 'uncertain' ORDER BY began_at, id",
                arguments: [run]
            ).map { (Self.reference($0), $0["work"], Money(nanodollars: $0["amount"])) }
        }
    }

    /// Replaces the worst case of an uncertain attempt by what its provider says became of it.
    package func reconcile(_ attempt: AttemptID, _ outcome: AttemptOutcome, at time: Timestamp) throws(StoreError) {
        try file.write { database in
            guard
                let row = try Row.fetchOne(
                    database, sql: "SELECT * FROM attempt WHERE id = ? AND state = 'uncertain'",
                    arguments: [attempt.description])
            else { throw StoreError(.notFound, "no uncertain attempt \(attempt)") }
            switch outcome {
            case .notBilled: try Transition(row).apply(.released, at: time, failure: nil, database)
            case .billed(let cost, let usage):
                let worst = Money(nanodollars: row["worst_case"])
                let settlement = Settlement(
                    amount: min(cost, worst), basis: .reported,
                    excess: max(.zero, (try? cost.subtracting(worst)) ?? .zero), completion: nil, usage: usage)
                try Transition(row).apply(.settled(settlement), at: time, failure: nil, database)
            }
        }
    }

    private static func reference(_ row: Row) -> AttemptReference {
        AttemptReference(
            attempt: AttemptID(row["id"]), model: ModelID(provider: row["provider"], name: row["model"]),
            providerRequestID: row["provider_request"])
    }

    /// The answer stored under a key; nil where none was paid for yet.
    package func completion(_ key: Digest) throws(StoreError) -> Completion? {
        try file.read { database in
            try String.fetchOne(
                database, sql: "SELECT content FROM completion WHERE key = ?", arguments: [key.description]
            ).map { try JSONText.decode(Completion.self, from: $0) }
        }
    }

    /// Compares the running totals with the attempts they stand for. Returns what differs; empty where all is right.
    package func audit() throws(StoreError) -> [String] {
        try file.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    WITH truth AS (
                        SELECT 'run/' || run AS scope, state, amount, excess FROM attempt
                        UNION ALL SELECT 'day/' || day, state, amount, excess FROM attempt
                        UNION ALL SELECT 'month/' || substr(day, 1, 7), state, amount, excess FROM attempt
                        UNION ALL SELECT 'provider/' || provider || '/' || substr(day, 1, 7), state, amount, excess FROM attempt),
                    sums AS (
                        SELECT scope, sum(CASE state WHEN 'settled' THEN amount + excess ELSE 0 END) AS settled,
                            sum(CASE state WHEN 'reserved' THEN amount ELSE 0 END) AS reserved,
                            sum(CASE state WHEN 'uncertain' THEN amount ELSE 0 END) AS uncertain
                        FROM truth GROUP BY scope)
                    SELECT a.scope FROM account a LEFT JOIN sums s ON s.scope = a.scope
                    WHERE a.settled <> coalesce(s.settled, 0) OR a.reserved <> coalesce(s.reserved, 0)
                        OR a.uncertain <> coalesce(s.uncertain, 0)
                    """
            ).map { "the total of \($0[0] as String) is not the sum of its attempts" }
        }
    }
}
