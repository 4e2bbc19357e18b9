import GRDB
package import OrchestratorCore

extension RunStore {
    /// Records what ranks the findings of a run among those of the same severity, in place of anything recorded before.
    package func recordRanks(_ ranks: [(finding: String, rank: FindingRank)], run: String) throws(StoreError) {
        try file.write { database in
            try database.execute(sql: "DELETE FROM run_rank WHERE run = ?", arguments: [run])
            let insert = try database.makeStatement(sql: "INSERT OR REPLACE INTO run_rank VALUES (?, ?, ?, ?)")
            for entry in ranks {
                insert.setUncheckedArguments([run, entry.finding, entry.rank.level, entry.rank.reason])
                try insert.execute()
            }
        }
    }

    /// The rank in the two columns from `column` on; nil where they are null.
    static func rank(_ row: Row, at column: Int) -> FindingRank? {
        (row[column] as Int?).map { FindingRank(level: $0, reason: row[column + 1]) }
    }

    static let ranks = """
        -- What ranks findings among those of the same severity, where there is something to say.
        CREATE TABLE run_rank (
            run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            finding TEXT NOT NULL,
            level INTEGER NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (run, finding)
        ) STRICT, WITHOUT ROWID;
        """
}
