import GRDB
package import OrchestratorCore

extension RunStore {
    /// What exceptions make of one finding: places in the list of exceptions.
    package struct Decision: Sendable {
        let finding: String
        let suppression: Int?
        let adjustment: Int?

        package init(finding: String, suppression: Int?, adjustment: Int?) {
            self.finding = finding
            self.suppression = suppression
            self.adjustment = adjustment
        }
    }

    /// Records the exceptions of a run and what they decide, in place of any recorded before.
    package func record(
        _ exceptions: [AppliedException], _ decisions: [Decision], run: String
    ) throws(StoreError) {
        try file.write { database in
            try database.execute(sql: "DELETE FROM run_exception WHERE run = ?", arguments: [run])
            try database.execute(sql: "DELETE FROM run_decision WHERE run = ?", arguments: [run])
            let insert = try database.makeStatement(sql: "INSERT INTO run_exception VALUES (?, ?, ?, ?, ?)")
            for (ordinal, exception) in exceptions.enumerated() {
                insert.setUncheckedArguments([
                    run, ordinal, try JSONText.encode(exception.entry), exception.standing.rawValue, exception.matched,
                ])
                try insert.execute()
            }
            let decide = try database.makeStatement(sql: "INSERT OR REPLACE INTO run_decision VALUES (?, ?, ?, ?, ?)")
            for decision in decisions {
                decide.setUncheckedArguments([
                    run, decision.finding, decision.suppression, decision.adjustment,
                    decision.adjustment.flatMap { exceptions[$0].entry.severity?.rawValue },
                ])
                try decide.execute()
            }
        }
    }

    /// The exceptions of a run in the order of their file.
    package func exceptions(run: String) throws(StoreError) -> [AppliedException] {
        try file.read { database in
            try Row.fetchAll(
                database, sql: "SELECT content, standing, matched FROM run_exception WHERE run = ? ORDER BY ordinal",
                arguments: [run]
            ).map { row in
                AppliedException(
                    entry: try JSONText.decode(FindingException.self, from: row[0]),
                    standing: AppliedException.Standing(rawValue: row[1]) ?? .refused, matched: row[2])
            }
        }
    }
}
