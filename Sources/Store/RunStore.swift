import Foundation
import GRDB
package import OrchestratorCore

/// The runs of one repository and the analyzer's cache.
package final class RunStore: Sendable {
    let file: DatabaseFile
    private let folder: String
    /// Nil for a store opened only to read.
    private let lock: RunLock?

    /// Opens the runs of a repository for working on them. Throws `busy` where another process does, and the errors of
    /// opening a database.
    package convenience init(state: StateFolder, workingOn root: String) throws(StoreError) {
        let folder = state.folder(ofRepository: root)
        try StateFolder.create(folder)
        try self.init(folder: folder, lock: RunLock(path: folder + "/lock"))
    }

    /// Opens the runs of a repository for reading.
    package convenience init(state: StateFolder, reading root: String) throws(StoreError) {
        let folder = state.folder(ofRepository: root)
        try StateFolder.create(folder)
        try self.init(folder: folder, lock: nil)
    }

    /// Opens the runs in a folder of `StateFolder.repositories` for reading.
    package convenience init(reading folder: String) throws(StoreError) { try self.init(folder: folder, lock: nil) }

    private init(folder: String, lock: RunLock?) throws(StoreError) {
        self.folder = folder
        self.lock = lock
        file = try DatabaseFile(path: folder + "/runs.sqlite", migrations: RunMigrations.all)
    }

    /// The newest unfinished run with this identity; every other unfinished one is given up.
    package func resumable(_ identity: Digest) throws(StoreError) -> RunRecord? {
        try file.write { database in
            let records = try Self.records(
                database, sql: "SELECT * FROM run WHERE state = 'running' ORDER BY number DESC", arguments: [])
            let newest = records.first { $0.identity == identity }
            for record in records where record.id != newest?.id {
                try database.execute(sql: "UPDATE run SET state = 'abandoned' WHERE id = ?", arguments: [record.id])
            }
            return newest
        }
    }

    /// Records the start of a run.
    package func begin(
        _ repository: Repository, identity: Digest, settings: RunSettings, at start: Timestamp, suffix: String
    ) throws(StoreError) -> RunRecord {
        try file.write { database in
            let number = try Int.fetchOne(database, sql: "SELECT coalesce(max(number), 0) + 1 FROM run") ?? 1
            let record = RunRecord(
                id: "\(start.compact)-\(suffix)", number: number, repository: repository, identity: identity,
                startedAt: start, settings: settings, state: .running)
            try database.execute(
                sql: """
                    INSERT INTO run (id, number, identity, state, started_at, record) VALUES (?, ?, ?, 'running', ?, ?)
                    """,
                arguments: [record.id, number, identity.description, start.seconds, try JSONText.encode(record)])
            return record
        }
    }

    /// Records the end of a run. A finished run is never written again.
    package func finish(_ run: RunRecord, at end: Timestamp, exitCode: Int) throws(StoreError) -> RunRecord {
        try file.write { database in
            try database.execute(
                sql:
                    "UPDATE run SET state = 'finished', finished_at = ?, exit_code = ? WHERE id = ? AND state = 'running'",
                arguments: [end.seconds, exitCode, run.id])
            guard database.changesCount == 1 else {
                throw StoreError(.notFound, "the run \(run.id) is not running; it cannot be finished")
            }
            var finished = run
            finished.state = .finished
            finished.finishedAt = end
            finished.exitCode = exitCode
            return finished
        }
    }

    /// All runs, newest first.
    package func runs() throws(StoreError) -> [RunRecord] {
        try file.read { try Self.records($0, sql: "SELECT * FROM run ORDER BY number DESC", arguments: []) }
    }

    /// The run whose id is, or alone begins with, a text; `latest` is the newest finished one.
    package func run(_ text: String) throws(StoreError) -> RunRecord? {
        let all = try runs()
        if text == "latest" { return all.first { $0.state == .finished } }
        if let exact = all.first(where: { $0.id == text }) { return exact }
        let matches = all.filter { $0.id.hasPrefix(text) }
        return matches.count == 1 ? matches[0] : nil
    }

    private static func records(
        _ database: Database, sql: String, arguments: StatementArguments
    ) throws -> [RunRecord] {
        try Row.fetchAll(database, sql: sql, arguments: arguments).map { row in
            var record = try JSONText.decode(RunRecord.self, from: row["record"])
            record.state = RunRecord.State(rawValue: row["state"]) ?? .abandoned
            record.finishedAt = (row["finished_at"] as Int64?).map(Timestamp.init(seconds:))
            record.exitCode = row["exit_code"]
            return record
        }
    }
}

/// Values kept as JSON, with sorted keys so that equal values give equal text.
enum JSONText {
    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
