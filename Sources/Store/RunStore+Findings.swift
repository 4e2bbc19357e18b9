import GRDB
package import OrchestratorCore

extension RunStore {
    /// Records the findings of a run, in place of any recorded before; the order is the report's.
    package func recordFindings(
        _ findings: [Finding], idle: [(path: RepositoryPath, comment: IdleSuppression)], run: String
    ) throws(StoreError) {
        try file.write { database in
            try database.execute(sql: "DELETE FROM finding WHERE run = ?", arguments: [run])
            try database.execute(sql: "DELETE FROM idle_suppression WHERE run = ?", arguments: [run])
            let insert = try database.makeStatement(sql: "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            for (ordinal, finding) in findings.enumerated() {
                insert.setUncheckedArguments([
                    run, ordinal, finding.id, finding.location.path.text, finding.rule, finding.weakness,
                    finding.severity.rawValue, finding.confidence, finding.isOpen, try JSONText.encode(finding),
                ])
                try insert.execute()
            }
            let insertIdle = try database.makeStatement(sql: "INSERT INTO idle_suppression VALUES (?, ?, ?, ?, ?)")
            for (ordinal, entry) in idle.enumerated() {
                insertIdle.setUncheckedArguments([run, ordinal, entry.path.text, entry.comment.line, entry.comment.problem])
                try insertIdle.execute()
            }
        }
    }

    /// Calls `body` with each finding of a run in the report's order; memory does not grow with their number.
    package func forEachFinding(run: String, _ body: (Finding) throws -> Void) throws(StoreError) {
        try file.read { database in
            let rows = try Row.fetchCursor(
                database, sql: "SELECT content FROM finding WHERE run = ? ORDER BY ordinal", arguments: [run])
            while let row = try rows.next() { try body(try JSONText.decode(Finding.self, from: row[0])) }
        }
    }

    /// The suppression comments of a run that had no effect.
    package func idleSuppressions(run: String) throws(StoreError) -> [(path: RepositoryPath, comment: IdleSuppression)] {
        try file.read { database in
            try Row.fetchAll(
                database, sql: "SELECT path, line, problem FROM idle_suppression WHERE run = ? ORDER BY ordinal",
                arguments: [run]
            ).compactMap { row in
                RepositoryPath(text: row[0]).map { ($0, IdleSuppression(line: row[1], problem: row[2])) }
            }
        }
    }

    /// Records the status of every control, in place of any recorded before.
    package func recordAssessments(_ assessments: [ControlAssessment], run: String) throws(StoreError) {
        try file.write { database in
            try database.execute(sql: "DELETE FROM control_assessment WHERE run = ?", arguments: [run])
            let insert = try database.makeStatement(sql: "INSERT INTO control_assessment VALUES (?, ?, ?, ?, ?, ?)")
            for (ordinal, assessment) in assessments.enumerated() {
                insert.setUncheckedArguments([
                    run, ordinal, assessment.ruleSet, assessment.control, assessment.status.rawValue,
                    try JSONText.encode(assessment),
                ])
                try insert.execute()
            }
        }
    }

    /// The status of every control, in the order of the frameworks.
    package func assessments(run: String) throws(StoreError) -> [ControlAssessment] {
        try file.read { database in
            try String.fetchAll(
                database, sql: "SELECT content FROM control_assessment WHERE run = ? ORDER BY ordinal", arguments: [run]
            ).map { try JSONText.decode(ControlAssessment.self, from: $0) }
        }
    }
}
