import GRDB
package import OrchestratorCore

/// What goes to a model in one request.
package struct ReviewBatch: Sendable {
    /// A chunk of a file of the run.
    package struct Part: Sendable, Hashable, Codable {
        /// The file's place in the run.
        package let file: Int
        package let chunk: Chunk
        /// Over everything about the chunk that shapes an answer, its place in the file apart.
        package let question: Digest
        /// Over path and code alone.
        package let topic: Digest
        /// The place in the batch of the part with the same text, which is the one that is sent; nil for itself.
        package let copyOf: Int?

        package init(file: Int, chunk: Chunk, question: Digest, topic: Digest, copyOf: Int? = nil) {
            self.file = file
            self.chunk = chunk
            self.question = question
            self.topic = topic
            self.copyOf = copyOf
        }
    }

    package enum State: String, Sendable {
        case pending, answered
        case notAssessed = "not assessed"
    }

    package let number: Int
    /// What the answer is kept under.
    package let key: Digest
    package let model: ModelID
    /// Tokens of the whole prompt by our count.
    package let tokens: Int
    /// First those that are sent, then their copies.
    package let parts: [Part]
    package let state: State
    /// Why it was not assessed; empty otherwise.
    package let reason: String

    package init(
        number: Int, key: Digest, model: ModelID, tokens: Int, parts: [Part], state: State = .pending,
        reason: String = ""
    ) {
        self.number = number
        self.key = key
        self.model = model
        self.tokens = tokens
        self.parts = parts
        self.state = state
        self.reason = reason
    }
}

extension ReviewBatch {
    /// The parts that are sent.
    package var sent: [Part] { parts.filter { $0.copyOf == nil } }
}

extension RunStore {
    /// Records the plan of a run, in place of any before.
    package func recordBatches(_ batches: [ReviewBatch], run: String) throws(StoreError) {
        try file.write { database in
            for table in ["run_batch", "run_review", "run_agreement"] {
                try database.execute(sql: "DELETE FROM \(table) WHERE run = ?", arguments: [run])
            }
            let insert = try database.makeStatement(sql: "INSERT INTO run_batch VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
            for batch in batches {
                insert.setUncheckedArguments([
                    run, batch.number, batch.key.description, batch.model.description, batch.tokens,
                    try JSONText.encode(batch.parts), batch.state.rawValue, batch.reason,
                ])
                try insert.execute()
            }
        }
    }

    package func recordBatch(
        _ number: Int, _ state: ReviewBatch.State, reason: String = "", run: String
    ) throws(StoreError) {
        try file.write { database in
            try database.execute(
                sql: "UPDATE run_batch SET state = ?, reason = ? WHERE run = ? AND number = ?",
                arguments: [state.rawValue, reason, run, number])
        }
    }

    /// The batches of a run in order.
    package func batches(run: String) throws(StoreError) -> [ReviewBatch] {
        try file.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM run_batch WHERE run = ? ORDER BY number", arguments: [run])
                .map { row in
                    guard let key = Digest(row["key"] as String), let model = ModelID(row["model"] as String),
                        let state = ReviewBatch.State(rawValue: row["state"])
                    else { throw StoreError(.corrupt, "the record of batch \(row["number"] as Int) is damaged") }
                    return ReviewBatch(
                        number: row["number"], key: key, model: model, tokens: row["tokens"],
                        parts: try JSONText.decode([ReviewBatch.Part].self, from: row["chunks"]), state: state,
                        reason: row["reason"])
                }
        }
    }

    /// Records what models said of the files of a run, in place of any before.
    package func recordReviews(
        _ reviews: [(file: Int, analysis: Int64)], agreements: [String: Int], run: String
    ) throws(StoreError) {
        try file.write { database in
            try database.execute(sql: "DELETE FROM run_review WHERE run = ?", arguments: [run])
            try database.execute(sql: "DELETE FROM run_agreement WHERE run = ?", arguments: [run])
            for review in reviews {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO run_review VALUES (?, ?, ?)",
                    arguments: [run, review.file, review.analysis])
            }
            for (finding, confidence) in agreements {
                try database.execute(
                    sql: "INSERT INTO run_agreement VALUES (?, ?, ?)", arguments: [run, finding, confidence])
            }
        }
    }
}
