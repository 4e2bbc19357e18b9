import GRDB
package import OrchestratorCore

/// A batch that a provider was given, or may have been.
package struct BatchRecord: Sendable {
    package enum State: String, Sendable {
        /// Recorded; it may have been submitted.
        case prepared
        case submitted
        /// Every attempt has ended.
        case closed
        /// The provider did not take it.
        case refused
    }

    package struct Item: Sendable {
        package let attempt: AttemptID
        package let work: Digest
        package let worstCase: Money
        package let inputBound: Int
        package let maxOutput: Int
    }

    package let marker: String
    package let run: String
    package let model: ModelID
    package let round: Int
    /// Seconds since 1970, by the real clock.
    package let preparedAt: Int64
    /// Nil until the provider's name for it is known.
    package let batchID: String?
    package let state: State
    /// In the order of the submission, those that have ended included.
    package let items: [Item]
}

extension RunLedger {
    /// Sets the worst cases of a batch aside, one after the other, and records its submission, in one transaction. What
    /// does not fit any more is left out. Nothing may be sent before this has returned.
    /// - Parameters:
    ///   - items: for one model, each with its attempt.
    ///   - preparedAt: by the real clock.
    /// - Returns: the batch, which holds the first of the items, nil where there is no room for one; and why the next does
    ///   not fit.
    package func prepare(
        _ items: [(item: BatchItem, plan: AttemptPlan)], preparedAt: Int64
    ) async throws(LedgerError) -> (batch: BatchRecord?, refusal: LedgerError?) {
        let now = clock()
        return try await change { database -> (batch: BatchRecord?, refusal: LedgerError?) in
            var refusal: LedgerError?
            var taken: [(item: BatchItem, plan: AttemptPlan)] = []
            for entry in items {
                do { _ = try enter(entry.plan, at: now, database) } catch let error as LedgerError {
                    refusal = error
                    break
                }
                taken.append(entry)
            }
            guard let first = taken.first else { return (nil, refusal) }
            let submission = try Self.unused(taken.map(\.item), preparedAt, database)
            try database.execute(
                sql: "INSERT INTO provider_batch VALUES (?, ?, ?, ?, ?, ?, NULL, 'prepared')",
                arguments: [
                    submission.marker, run, first.plan.model.provider, first.plan.model.name, submission.round,
                    preparedAt,
                ])
            let join = try database.cachedStatement(sql: "UPDATE attempt SET batch = ? WHERE id = ?")
            for entry in taken { try join.execute(arguments: [submission.marker, entry.plan.id.description]) }
            let row = try Row.fetchOne(
                database, sql: "SELECT * FROM provider_batch WHERE marker = ?", arguments: [submission.marker])
            return (try row.map { try Ledger.record($0, database) }, refusal)
        }
    }

    /// The submission of items in the first round in which they were not submitted yet.
    private static func unused(
        _ items: [BatchItem], _ preparedAt: Int64, _ database: Database
    ) throws -> BatchSubmission {
        var round = 1
        while true {
            let submission = BatchSubmission(items: items, round: round, preparedAt: preparedAt)
            let isUsed = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM provider_batch WHERE marker = ?)",
                arguments: [submission.marker])
            if isUsed != true { return submission }
            round += 1
        }
    }
}

extension Ledger {
    /// The batches of some runs that are not over, the oldest first.
    package func openBatches(runs: Set<String>) throws(StoreError) -> [BatchRecord] {
        try file.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM provider_batch WHERE state IN ('prepared', 'submitted') ORDER BY prepared_at, marker
                    """
            ).filter { runs.contains($0["run"]) }.map { try Self.record($0, database) }
        }
    }

    fileprivate static func record(_ row: Row, _ database: Database) throws -> BatchRecord {
        let marker = row["marker"] as String
        // Rows are never deleted: they lie in the order in which they were entered.
        let items = try Row.fetchAll(
            database,
            sql: "SELECT id, work, worst_case, input_bound, max_output FROM attempt WHERE batch = ? ORDER BY rowid",
            arguments: [marker]
        ).map { item in
            guard let work = Digest(item["work"] as String) else {
                throw StoreError(.corrupt, "the record of the batch \(marker) is damaged")
            }
            return BatchRecord.Item(
                attempt: AttemptID(item["id"]), work: work, worstCase: Money(nanodollars: item["worst_case"]),
                inputBound: item["input_bound"], maxOutput: item["max_output"])
        }
        guard let state = BatchRecord.State(rawValue: row["state"]) else {
            throw StoreError(.corrupt, "the record of the batch \(marker) is damaged")
        }
        return BatchRecord(
            marker: marker, run: row["run"], model: ModelID(provider: row["provider"], name: row["model"]),
            round: row["round"], preparedAt: row["prepared_at"], batchID: row["batch_id"], state: state, items: items)
    }

    /// The provider's names of all batches it is known to have taken, of whatever run.
    package func batchIDs(provider: String) throws(StoreError) -> Set<String> {
        try file.read { database in
            Set(
                try String.fetchAll(
                    database, sql: "SELECT batch_id FROM provider_batch WHERE provider = ? AND batch_id IS NOT NULL",
                    arguments: [provider]))
        }
    }

    /// Records that a provider has taken a batch.
    package func recordSubmission(_ marker: String, as batchID: String) throws(StoreError) {
        try update(
            "UPDATE provider_batch SET state = 'submitted', batch_id = ? WHERE marker = ? AND state = 'prepared'",
            [batchID, marker], marker)
    }

    /// Records that a batch, which certainly was never taken, is about to be submitted again.
    package func renewSubmission(_ marker: String, preparedAt: Int64) throws(StoreError) {
        try update(
            "UPDATE provider_batch SET prepared_at = ? WHERE marker = ? AND state = 'prepared'", [preparedAt, marker],
            marker)
    }

    private func update(_ sql: String, _ arguments: StatementArguments, _ marker: String) throws(StoreError) {
        try file.write { database in
            try database.execute(sql: sql, arguments: arguments)
            guard database.changesCount == 1 else {
                throw StoreError(.notFound, "the batch \(marker) is not waiting for its submission")
            }
        }
    }

    /// Gives back all that was set aside for a batch that certainly was not taken.
    package func recordRefusal(_ batch: BatchRecord, _ error: ProviderError, at time: Timestamp) throws(StoreError) {
        try file.write { database in
            for item in batch.items { try Transition.end(item.attempt, .release(error), at: time, database) }
            try database.execute(
                sql: "UPDATE provider_batch SET state = 'refused' WHERE marker = ? AND state = 'prepared'",
                arguments: [batch.marker])
        }
    }

    /// Ends attempts of a batch in one transaction; those that have ended before stay as they are. The batch is closed
    /// with its last attempt.
    package func end(
        _ attempts: [(attempt: AttemptID, end: ReservationEnd)], of batch: BatchRecord, at time: Timestamp
    ) throws(StoreError) {
        try file.write { database in
            for (attempt, end) in attempts { try Transition.end(attempt, end, at: time, database) }
            try database.execute(
                sql: """
                    UPDATE provider_batch SET state = 'closed' WHERE marker = ? AND NOT EXISTS
                        (SELECT 1 FROM attempt WHERE batch = provider_batch.marker AND state = 'reserved')
                    """, arguments: [batch.marker])
        }
    }
}
