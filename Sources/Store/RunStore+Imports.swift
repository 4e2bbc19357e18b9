import GRDB
package import OrchestratorCore

/// Adds to an import while its transaction is open.
package final class ImportWriter {
    private let name: String
    private let database: Database
    private let rule: Statement
    private let result: Statement

    init(_ database: Database, _ name: String) throws {
        self.name = name
        self.database = database
        rule = try database.makeStatement(sql: "INSERT INTO import_rule VALUES (?, ?, ?)")
        result = try database.makeStatement(
            sql: "INSERT OR IGNORE INTO import_result VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
    }

    package func add(_ entry: ImportedRule, number: Int) throws {
        rule.setUncheckedArguments([name, number, try JSONText.encode(entry)])
        try rule.execute()
    }

    /// False for a result that is there already.
    package func add(_ entry: ImportedResult) throws -> Bool {
        let place = entry.location
        result.setUncheckedArguments([
            name, place.path.text, place.startLine, place.startColumn, place.endLine, place.endColumn, entry.rule,
            entry.message, entry.anchor, entry.weaknesses.map(String.init).joined(separator: " "),
            entry.severity.rawValue, entry.confidence, entry.suppression,
        ])
        try result.execute()
        return database.changesCount == 1
    }
}

extension RunStore {
    /// Takes an import in place of any of the same name, whole or not at all.
    /// - Parameter fill: adds rules and results, and says what to record. What it throws comes through as it is.
    package func recordImport(
        named name: String, _ fill: (ImportWriter) throws -> ImportRecord
    ) throws -> ImportRecord {
        var failure: (any Error)?
        do {
            return try file.write { database in
                try database.execute(sql: "DELETE FROM import WHERE name = ?", arguments: [name])
                try database.execute(sql: "INSERT INTO import VALUES (?, '')", arguments: [name])
                let record: ImportRecord
                do {
                    record = try fill(try ImportWriter(database, name))
                } catch {
                    failure = error
                    throw error
                }
                try database.execute(
                    sql: "UPDATE import SET record = ? WHERE name = ?", arguments: [try JSONText.encode(record), name])
                return record
            }
        } catch {
            throw failure ?? error
        }
    }

    /// By name.
    package func imports() throws(StoreError) -> [ImportRecord] {
        try file.read { database in
            try String.fetchAll(database, sql: "SELECT record FROM import ORDER BY name")
                .map { try JSONText.decode(ImportRecord.self, from: $0) }
        }
    }

    /// Removes an import. Runs that used it keep their findings. Throws `notFound`.
    package func removeImport(named name: String) throws(StoreError) {
        try file.write { database in
            try database.execute(sql: "DELETE FROM import WHERE name = ?", arguments: [name])
            guard database.changesCount == 1 else {
                throw StoreError(.notFound, "no import is called '\(name)'; see 'secorch import list'")
            }
        }
    }

    /// Import -> number -> rule, of the rules that have results.
    package func importedRules() throws(StoreError) -> [String: [Int: ImportedRule]] {
        try file.read { database in
            var rules: [String: [Int: ImportedRule]] = [:]
            let rows = try Row.fetchCursor(database, sql: "SELECT import, number, record FROM import_rule")
            while let row = try rows.next() {
                rules[row[0], default: [:]][row[1]] = try JSONText.decode(ImportedRule.self, from: row[2])
            }
            return rules
        }
    }

    /// The files that imported results point at.
    package func importedPaths() throws(StoreError) -> Set<RepositoryPath> {
        try file.read { database in
            Set(
                try String.fetchAll(database, sql: "SELECT DISTINCT path FROM import_result")
                    .compactMap { RepositoryPath(text: $0) })
        }
    }

    /// What imports say of a file, with their names, by place and import.
    package func importedResults(in path: RepositoryPath) throws(StoreError) -> [(name: String, result: ImportedResult)]
    {
        try file.read { database in
            let select = try database.cachedStatement(
                sql: """
                    SELECT import, path, start_line, start_column, end_line, end_column, rule, message, anchor, weaknesses,
                        severity, confidence, suppression
                    FROM import_result WHERE path = ?
                    ORDER BY start_line, start_column, end_line, end_column, import, rule, message
                    """)
            return try Row.fetchAll(select, arguments: [path.text]).map { ($0[0], try Self.importedResult($0)) }
        }
    }

    private static func importedResult(_ row: Row) throws -> ImportedResult {
        guard let path = RepositoryPath(text: row[1]), let severity = Severity(rawValue: row[10]) else {
            throw StoreError(.corrupt, "the record of an imported result in \(row[1] as String) is damaged")
        }
        return ImportedResult(
            rule: row[6],
            location: Location(
                path: path, startLine: row[2], startColumn: row[3], endLine: row[4], endColumn: row[5]),
            anchor: row[8], weaknesses: (row[9] as String).split(separator: " ").compactMap { Int($0) },
            severity: severity, confidence: row[11], message: row[7], suppression: row[12])
    }

    /// Records what imports gave a run, in place of any before.
    /// - Parameters:
    ///   - findings: the rows of the analyzer's cache that hold the findings of other tools alone.
    ///   - attributions: finding -> the tools that report it, and its confidence.
    package func recordImports(
        _ findings: [(file: Int, analysis: Int64)], attributions: [String: (tools: [Attribution], confidence: Int)],
        run: String
    ) throws(StoreError) {
        try file.write { database in
            for table in ["run_import", "run_attribution"] {
                try database.execute(sql: "DELETE FROM \(table) WHERE run = ?", arguments: [run])
            }
            let insert = try database.makeStatement(sql: "INSERT OR IGNORE INTO run_import VALUES (?, ?, ?)")
            for entry in findings {
                insert.setUncheckedArguments([run, entry.file, entry.analysis])
                try insert.execute()
            }
            let attribute = try database.makeStatement(sql: "INSERT INTO run_attribution VALUES (?, ?, ?, ?)")
            for (finding, entry) in attributions {
                attribute.setUncheckedArguments([run, finding, try JSONText.encode(entry.tools), entry.confidence])
                try attribute.execute()
            }
        }
    }
}
