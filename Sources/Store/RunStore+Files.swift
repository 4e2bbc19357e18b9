import GRDB
package import OrchestratorCore

extension RunStore {
    /// Records all paths of a run, in place of any recorded before. Ascending by path.
    package func recordFiles(_ files: some Sequence<RunFile>, run: String) throws(StoreError) {
        try file.write { database in
            try database.execute(sql: "DELETE FROM run_file WHERE run = ?", arguments: [run])
            let insert = try database.makeStatement(
                sql: "INSERT INTO run_file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            for (ordinal, entry) in files.enumerated() {
                let file = entry.file
                insert.setUncheckedArguments([
                    run, ordinal, file.path.text, entry.isListed, file.byteCount, file.digest?.description,
                    file.language.rawValue, file.lineCount, file.coverage.reason.rawValue, file.coverage.detail,
                ])
                try insert.execute()
            }
        }
    }

    /// Replaces what became of some files.
    package func updateCoverage(_ changes: [(path: RepositoryPath, coverage: Coverage)], run: String) throws(StoreError) {
        guard !changes.isEmpty else { return }
        try file.write { database in
            let update = try database.makeStatement(
                sql: "UPDATE run_file SET reason = ?, detail = ? WHERE run = ? AND path = ? AND listed")
            for change in changes {
                update.setUncheckedArguments([
                    change.coverage.reason.rawValue, change.coverage.detail, run, change.path.text,
                ])
                try update.execute()
            }
        }
    }

    /// Calls `body` with each path of a run in order; memory does not grow with their number.
    package func forEachFile(run: String, _ body: (RunFile) throws -> Void) throws(StoreError) {
        try file.read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT path, listed, bytes, digest, language, lines, reason, detail
                    FROM run_file WHERE run = ? ORDER BY ordinal
                    """, arguments: [run])
            while let row = try rows.next() { try body(Self.runFile(row)) }
        }
    }

    private static func runFile(_ row: Row) throws -> RunFile {
        let path: String = row[0]
        guard let parsed = RepositoryPath(text: path), let reason = CoverageReason(rawValue: row[6]) else {
            throw StoreError(.corrupt, "the record of the file \(path) is damaged")
        }
        let digest: String? = row[3]
        return RunFile(
            file: SourceFile(
                path: parsed, byteCount: row[2], digest: digest.flatMap(Digest.init(_:)),
                language: Language(rawValue: row[4]), lineCount: row[5], coverage: Coverage(reason, row[7])),
            isListed: row[1])
    }
}
