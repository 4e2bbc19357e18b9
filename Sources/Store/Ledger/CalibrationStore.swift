import GRDB
package import OrchestratorCore

/// How models did on the labelled set.
extension Ledger {
    package func record(_ calibration: Calibration) throws(StoreError) {
        try file.write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO calibration VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    calibration.model.description, calibration.task.rawValue, calibration.prompt.description,
                    calibration.measuredAt.seconds, try JSONText.encode(calibration),
                ])
        }
    }

    /// The newest measurement of each model for a task, by model.
    /// - Parameter prompt: only those under these instructions; nil for all.
    package func calibrations(_ task: TaskKind, prompt: Digest? = nil) throws(StoreError) -> [Calibration] {
        try file.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT content, max(measured_at) FROM calibration WHERE task = ? AND (? IS NULL OR prompt = ?)
                    GROUP BY model ORDER BY model
                    """, arguments: [task.rawValue, prompt?.description, prompt?.description]
            ).map { try JSONText.decode(Calibration.self, from: $0[0]) }
        }
    }
}
