import GRDB
package import OrchestratorCore

extension RunStore {
    /// Calls `body` with every observation of a run by path and line; memory does not grow with their number.
    package func forEachObservation(run: String, _ body: (RepositoryPath, Observation) throws -> Void) throws {
        try file.forEach(
            sql: """
                SELECT f.path, o.kind, o.line, o.text FROM run_file f JOIN observation o ON o.analysis = f.analysis
                WHERE f.run = ? ORDER BY f.ordinal, o.number
                """, arguments: [run],
            { row in
                guard let path = RepositoryPath(text: row[0]) else {
                    throw StoreError(.corrupt, "the record of the file \(row[0] as String) is damaged")
                }
                return (path, Observation(kind: row[1], line: row[2], text: row[3]))
            }, body)
    }
}
