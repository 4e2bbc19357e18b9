import GRDB
package import OrchestratorCore

/// What models said of chunks and claims. It lies beside the money that was paid for it: every repository of the user may
/// use it.
extension Ledger {
    /// An answer and what it is kept under.
    package struct AnswerRecord: Sendable {
        /// Over everything that shaped the answer.
        package let key: Digest
        /// Over the code alone: what an older answer is found by when nobody can be asked.
        package let topic: Digest
        package let answer: ChunkAnswer

        package init(key: Digest, topic: Digest, answer: ChunkAnswer) {
            self.key = key
            self.topic = topic
            self.answer = answer
        }
    }

    /// The known answers among some keys.
    package func answers(_ keys: [Digest]) throws(StoreError) -> [Digest: ChunkAnswer] {
        try known(keys, sql: "SELECT content FROM chunk_answer WHERE key = ?")
    }

    /// Keeps answers; a later one to the same question takes the place of the earlier.
    package func record(_ answers: [AnswerRecord], at time: Timestamp) throws(StoreError) {
        guard !answers.isEmpty else { return }
        try file.write { database in
            let insert = try database.cachedStatement(sql: "INSERT OR REPLACE INTO chunk_answer VALUES (?, ?, ?, ?, ?)")
            for record in answers {
                insert.setUncheckedArguments([
                    record.key.description, record.topic.description, record.answer.isProven,
                    try JSONText.encode(record.answer), time.seconds,
                ])
                try insert.execute()
            }
        }
    }

    /// The newest answer that proved to have read this code, whatever model and prompt it came from.
    package func staleAnswer(topic: Digest) throws(StoreError) -> (answer: ChunkAnswer, storedAt: Timestamp)? {
        try file.read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT content, stored_at FROM chunk_answer WHERE topic = ? AND proven
                    ORDER BY stored_at DESC, key LIMIT 1
                    """, arguments: [topic.description]
            ).map { (try JSONText.decode(ChunkAnswer.self, from: $0[0]), Timestamp(seconds: $0[1])) }
        }
    }

    /// How many chunks a model has answered, and for how many of them without proof of having read them.
    package func doubts(about model: ModelID) throws(StoreError) -> (answers: Int, doubtful: Int) {
        try file.read { database in
            guard
                let row = try Row.fetchOne(
                    database,
                    sql: """
                        SELECT count(*), count(*) FILTER (WHERE NOT proven) FROM chunk_answer
                        WHERE json_extract(content, '$.model.provider') = ? AND json_extract(content, '$.model.name') = ?
                        """, arguments: [model.provider, model.name])
            else { return (0, 0) }
            return (row[0], row[1])
        }
    }

    /// The known verdicts among some claims.
    package func verdicts(_ keys: [Digest]) throws(StoreError) -> [Digest: ClaimVerdict] {
        try known(keys, sql: "SELECT content FROM claim_verdict WHERE key = ?")
    }

    package func record(
        _ verdicts: [(key: Digest, verdict: ClaimVerdict)], at time: Timestamp
    ) throws(StoreError) {
        guard !verdicts.isEmpty else { return }
        try file.write { database in
            let insert = try database.cachedStatement(sql: "INSERT OR REPLACE INTO claim_verdict VALUES (?, ?, ?)")
            for (key, verdict) in verdicts {
                insert.setUncheckedArguments([key.description, try JSONText.encode(verdict), time.seconds])
                try insert.execute()
            }
        }
    }

    private func known<Value: Decodable>(_ keys: [Digest], sql: String) throws(StoreError) -> [Digest: Value] {
        try file.read { database in
            let select = try database.cachedStatement(sql: sql)
            var found: [Digest: Value] = [:]
            for key in keys where found[key] == nil {
                select.setUncheckedArguments([key.description])
                if let text = try String.fetchOne(select) { found[key] = try JSONText.decode(Value.self, from: text) }
            }
            return found
        }
    }
}
