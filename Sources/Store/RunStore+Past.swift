import Foundation
import GRDB
package import OrchestratorCore

extension RunStore {
    /// What was found in versions of files before, among some keys.
    package func searchedVersions(_ keys: [Digest]) throws(StoreError) -> [Digest: SearchedVersion] {
        try file.read { database in
            let select = try database.cachedStatement(sql: "SELECT found FROM searched_version WHERE key = ?")
            var known: [Digest: SearchedVersion] = [:]
            for key in keys {
                guard let text = try String.fetchOne(select, arguments: [Data(key.bytes)]) else { continue }
                known[key] =
                    text.isEmpty
                    ? SearchedVersion(reason: .complete, secrets: [])
                    : try JSONText.decode(SearchedVersion.self, from: text)
            }
            return known
        }
    }

    /// Keeps what was found in versions of files, for every later run.
    package func record(_ versions: [(key: Digest, version: SearchedVersion)]) throws(StoreError) {
        guard !versions.isEmpty else { return }
        try file.write { database in
            let insert = try database.cachedStatement(sql: "INSERT OR REPLACE INTO searched_version VALUES (?, ?)")
            for (key, version) in versions {
                // Most versions hold nothing.
                let isPlain = version.secrets.isEmpty && version.reason == .complete
                try insert.execute(arguments: [Data(key.bytes), isPlain ? "" : try JSONText.encode(version)])
            }
        }
    }

    /// Records the secrets of a run that are gone from the tree, in place of any recorded before.
    /// - Parameter findings: rows of the analyzer's cache that hold one finding each, with the commit that brought it.
    package func recordPast(
        _ findings: [(analysis: Int64, commit: PastCommit)], run: String
    ) throws(StoreError) {
        try file.write { database in
            try database.execute(sql: "DELETE FROM run_past WHERE run = ?", arguments: [run])
            // They stand behind the files.
            let first = try Int.fetchOne(
                database, sql: "SELECT coalesce(max(ordinal), 0) + 1 FROM run_file WHERE run = ?", arguments: [run])
            let insert = try database.makeStatement(sql: "INSERT INTO run_past VALUES (?, ?, ?, ?, ?)")
            for (number, entry) in findings.enumerated() {
                try insert.execute(arguments: [
                    run, entry.analysis, (first ?? 0) + number, entry.commit.id, entry.commit.authored.seconds,
                ])
            }
        }
    }

    /// The commit in the two columns from `column` on; nil where they are null.
    static func pastCommit(_ row: Row, at column: Int) -> PastCommit? {
        (row[column] as String?).map { PastCommit(id: $0, authored: Timestamp(seconds: row[column + 1])) }
    }
}

/// The tables of what a repository's history holds.
enum PastSchema {
    static let sql = """
        -- What rules for secrets found in a version of a file, under a digest of all that shaped it; empty for nothing.
        CREATE TABLE searched_version (
            key BLOB PRIMARY KEY,
            found TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- Secrets that are gone from the tree, one to a row of the analyzer's cache.
        CREATE TABLE run_past (
            run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            analysis INTEGER NOT NULL REFERENCES analysis (id),
            ordinal INTEGER NOT NULL,
            commit_id TEXT NOT NULL,
            authored INTEGER NOT NULL,
            PRIMARY KEY (run, analysis)
        ) STRICT, WITHOUT ROWID;
        """
}
