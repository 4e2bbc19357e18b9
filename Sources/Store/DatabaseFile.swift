import Foundation
import GRDB

/// Opens SQLite databases the one way this program uses them.
struct DatabaseFile: Sendable {
    let path: String
    let pool: DatabasePool

    /// Opens or creates a database and brings its schema up to date: write-ahead log, foreign keys, waits of up to ten
    /// seconds for another process, every commit flushed to the disk.
    /// - Throws: `corrupt` (the file is left untouched), `tooNew`, `unwritable`.
    init(path: String, migrations: DatabaseMigrator) throws(StoreError) {
        self.path = path
        do {
            try Self.checkHeader(path)
            var configuration = Configuration()
            configuration.foreignKeysEnabled = true
            configuration.busyMode = .timeout(10)
            configuration.label = URL(filePath: path).lastPathComponent
            pool = try DatabasePool(path: path, configuration: configuration)
            let isTooNew = try pool.read { try migrations.hasBeenSuperseded($0) }
            if isTooNew {
                throw StoreError(.tooNew, "\(path) was written by a later version; this one cannot use it")
            }
            try migrations.migrate(pool)
            // GRDB lowers this to NORMAL when it turns the write-ahead log on; a power cut must lose nothing recorded.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        } catch let error as StoreError {
            throw error
        } catch {
            throw Self.explain(error, path)
        }
    }

    /// SQLite would take a short or foreign file for an empty database and write over it.
    private static func checkHeader(_ path: String) throws(StoreError) {
        guard let file = FileHandle(forReadingAtPath: path) else { return }
        defer { try? file.close() }
        let header = (try? file.read(upToCount: 16)) ?? Data()
        guard header.isEmpty || header.elementsEqual(Array("SQLite format 3\0".utf8)) else {
            throw StoreError(
                .corrupt, "\(path) is not an SQLite database; it was left as it is. Move it away to go on.")
        }
    }

    func read<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
        do { return try pool.read(body) } catch { throw Self.explain(error, path) }
    }

    /// Calls `body` with each row as it is read. What `body` throws comes through as it is.
    func forEach<Value>(
        sql: String, arguments: StatementArguments, _ value: (Row) throws -> Value, _ body: (Value) throws -> Void
    ) throws {
        var failure: (any Error)?
        try read { database in
            let rows = try Row.fetchCursor(database, sql: sql, arguments: arguments)
            while let row = try rows.next() {
                let value = try value(row)
                do { try body(value) } catch {
                    failure = error
                    return
                }
            }
        }
        if let failure { throw failure }
    }

    /// One transaction, begun at once so that it cannot fail halfway for want of the lock.
    func write<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
        do {
            return try pool.writeWithoutTransaction { database in
                var result: Result?
                try database.inTransaction(.immediate) {
                    result = try body(database)
                    return .commit
                }
                return result!
            }
        } catch {
            throw Self.explain(error, path)
        }
    }

    static func explain(_ error: any Error, _ path: String) -> StoreError {
        if let error = error as? StoreError { return error }
        guard let error = error as? DatabaseError else { return StoreError(.failed, "\(path): \(error)") }
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            return StoreError(
                .corrupt, "\(path) is damaged (\(error.message ?? "")); it was left as it is. Move it away to go on.")
        case .SQLITE_BUSY, .SQLITE_LOCKED: return StoreError(.busy, "\(path) is in use by another process")
        case .SQLITE_FULL:
            return StoreError(.full, "no space left on the disk of \(path); what was recorded before is kept")
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            return StoreError(.unwritable, "\(path) cannot be opened for writing (\(error.message ?? ""))")
        case .SQLITE_IOERR:
            return StoreError(.full, "\(path) cannot be written (\(error.message ?? "")); is the disk full?")
        default: return StoreError(.failed, "\(path): \(error.message ?? "error \(error.resultCode)")")
        }
    }
}
