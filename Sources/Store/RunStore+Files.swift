import Foundation
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
                    run, ordinal, file.path.text, entry.isListed, file.byteCount, file.digest.map { Data($0.bytes) },
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

    /// The files of a run by their places.
    package func sources(run: String) throws -> [Int: SourceFile] {
        var sources: [Int: SourceFile] = [:]
        try forEachFile(run: run) { ordinal, entry in sources[ordinal] = entry.file }
        return sources
    }

    /// By name: reading rows asks for one each.
    private static let reasons = Dictionary(uniqueKeysWithValues: CoverageReason.allCases.map { ($0.rawValue, $0) })

    private static func runFile(_ row: Row) throws -> RunFile {
        let path: String = row[0]
        guard let parsed = RepositoryPath(text: path), let reason = reasons[row[6]] else {
            throw StoreError(.corrupt, "the record of the file \(path) is damaged")
        }
        return RunFile(
            file: SourceFile(
                path: parsed, byteCount: row[2], digest: (row[3] as Data?).flatMap { Digest(bytes: $0) },
                language: Language(rawValue: row[4]), lineCount: row[5], coverage: Coverage(reason, row[7])),
            isListed: row[1])
    }

    /// How many paths share a language and a reason.
    package func coverageCounts(run: String) throws(StoreError) -> [CoverageCount] {
        try file.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT listed, language, reason, count(*), sum(lines), sum(bytes) FROM run_file WHERE run = ?
                    GROUP BY listed, language, reason ORDER BY listed, language, reason
                    """, arguments: [run]
            ).compactMap { row in
                Self.reasons[row[2]].map { reason in
                    CoverageCount(
                        isListed: row[0], language: Language(rawValue: row[1]), reason: reason, files: row[3],
                        lines: row[4], bytes: row[5])
                }
            }
        }
    }

    /// Over the content and the coverage of every path of a run.
    package func coverageDigest(run: String) throws(StoreError) -> Digest {
        try file.read { database in
            var builder = Digest.Builder()
            let rows = try Row.fetchCursor(
                database, sql: "SELECT digest, reason, detail FROM run_file WHERE run = ? ORDER BY ordinal",
                arguments: [run])
            while let row = try rows.next() {
                builder.append(Array((row[0] as Data?) ?? Data()))
                builder.append(row[1] as String)
                builder.append(row[2] as String)
            }
            return builder.finish()
        }
    }
}
