import Foundation
import GRDB
package import OrchestratorCore

/// What the analyzer said of files, by a digest of all that shapes its answer. Runs refer to these rows, so an
/// unchanged file costs a rerun one look-up.
///
/// Results are handed over in batches: a crash loses at most the last one, which is then computed again.
package struct AnalysisCache: Sendable {
    /// A known result: its row and what it says about the file's coverage.
    package struct Entry: Sendable {
        package let id: Int64
        package let coverage: Coverage
        /// What the result depends on besides its own file, as the recorder wrote it.
        package let links: String
    }

    private let store: RunStore

    package init(_ store: RunStore) { self.store = store }

    /// The known results among some keys.
    package func entries(_ keys: [Digest]) throws(StoreError) -> [Digest: Entry] {
        try store.file.read { database in
            let select = try database.cachedStatement(
                sql: "SELECT id, reason, detail, links FROM analysis WHERE key = ?")
            var found: [Digest: Entry] = [:]
            for key in keys {
                select.setUncheckedArguments([Data(key.bytes)])
                guard let row = try Row.fetchOne(select), let reason = CoverageReason(rawValue: row[1]) else {
                    continue
                }
                found[key] = Entry(id: row[0], coverage: Coverage(reason, row[2]), links: row[3])
            }
            return found
        }
    }

    /// Keeps new results. Returns their entries in the same order.
    package func record(
        _ results: [(key: Digest, path: RepositoryPath, analysis: FileAnalysis, links: String)]
    ) throws(StoreError) -> [Entry] {
        guard !results.isEmpty else { return [] }
        return try store.file.write { database in
            let insert = try database.cachedStatement(
                sql: "INSERT INTO analysis (key, path, reason, detail, links) VALUES (?, ?, ?, ?, ?)")
            return try results.map { key, path, analysis, links in
                try Self.replace(key, database)
                insert.setUncheckedArguments([
                    Data(key.bytes), path.text, analysis.coverage.reason.rawValue, analysis.coverage.detail, links,
                ])
                try insert.execute()
                let id = database.lastInsertedRowID
                try Self.insert(analysis.findings, id, database)
                try Self.insert(analysis.idleSuppressions, id, database)
                try Self.insert(analysis.observations, id, database)
                return Entry(id: id, coverage: analysis.coverage, links: links)
            }
        }
    }

    /// A result whose links no longer hold gives way, but stays for the runs that refer to it.
    private static func replace(_ key: Digest, _ database: Database) throws {
        let update = try database.cachedStatement(sql: "UPDATE analysis SET key = randomblob(32) WHERE key = ?")
        update.setUncheckedArguments([Data(key.bytes)])
        try update.execute()
    }

    private static func insert(_ findings: [Finding], _ analysis: Int64, _ database: Database) throws {
        guard !findings.isEmpty else { return }
        let insert = try database.cachedStatement(
            sql: "INSERT INTO finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for (number, finding) in findings.enumerated() {
            let place = finding.location
            insert.setUncheckedArguments([
                analysis, number, finding.id, finding.fingerprint, finding.rule, finding.weakness,
                finding.severity.rawValue, finding.confidence, finding.message, place.startLine, place.startColumn,
                place.endLine, place.endColumn, finding.symbol, finding.evidence.firstLine,
                finding.evidence.lines.joined(separator: "\n"),
                FlowText.encode(finding.flow), finding.suppression?.reason,
                finding.suppression?.line,
            ])
            try insert.execute()
        }
    }

    private static func insert(_ observations: [Observation], _ analysis: Int64, _ database: Database) throws {
        guard !observations.isEmpty else { return }
        let insert = try database.cachedStatement(sql: "INSERT INTO observation VALUES (?, ?, ?, ?, ?)")
        for (number, observation) in observations.enumerated() {
            insert.setUncheckedArguments([analysis, number, observation.kind, observation.line, observation.text])
            try insert.execute()
        }
    }

    private static func insert(_ comments: [IdleSuppression], _ analysis: Int64, _ database: Database) throws {
        guard !comments.isEmpty else { return }
        let insert = try database.cachedStatement(sql: "INSERT INTO idle_suppression VALUES (?, ?, ?, ?)")
        for (number, comment) in comments.enumerated() {
            insert.setUncheckedArguments([analysis, number, comment.line, comment.problem])
            try insert.execute()
        }
    }
}
