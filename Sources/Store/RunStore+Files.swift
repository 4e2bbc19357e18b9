import GRDB
package import OrchestratorCore

extension RunStore {
    /// Records all paths of a run, in place of any recorded before. Ascending by path.
    package func recordFiles(_ files: some Sequence<RunFile>, run: String) throws(StoreError) {
        try file.write { database in
            try database.execute(sql: "DELETE FROM run_finding WHERE run = ?", arguments: [run])
            try database.execute(sql: "DELETE FROM run_file WHERE run = ?", arguments: [run])
            let insert = try database.makeStatement(
                sql: "INSERT INTO run_file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)")
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

    /// What became of a file after the walk.
    package struct FileResult: Sendable {
        let ordinal: Int
        let coverage: Coverage
        /// The analyzer's result; nil where it had no part in it.
        let analysis: Int64?

        package init(ordinal: Int, coverage: Coverage, analysis: Int64?) {
            self.ordinal = ordinal
            self.coverage = coverage
            self.analysis = analysis
        }
    }

    /// Records what became of some files of a run.
    package func recordResults(_ results: [FileResult], run: String) throws(StoreError) {
        guard !results.isEmpty else { return }
        try file.write { database in
            let update = try database.cachedStatement(
                sql: "UPDATE run_file SET reason = ?, detail = ?, analysis = ? WHERE run = ? AND ordinal = ?")
            for result in results {
                update.setUncheckedArguments([
                    result.coverage.reason.rawValue, result.coverage.detail, result.analysis, run, result.ordinal,
                ])
                try update.execute()
            }
        }
    }

    /// Calls `body` with the place and content of each path of a run in order; memory does not grow with their number.
    package func forEachFile(run: String, _ body: (_ ordinal: Int, RunFile) throws -> Void) throws {
        try file.forEach(
            sql: """
                SELECT path, listed, bytes, digest, language, lines, reason, detail, ordinal
                FROM run_file WHERE run = ? ORDER BY ordinal
                """, arguments: [run], { row in (row[8], try Self.runFile(row)) }, body)
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
