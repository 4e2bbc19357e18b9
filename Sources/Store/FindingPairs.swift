import Foundation
import GRDB
import OrchestratorCore

/// Tells which findings of two runs are the same, in SQL over temporary tables: memory does not grow with their number.
///
/// The same id is the same finding. Of the rest, those with equal rule and source are: first within a path (the function
/// has another name), then from paths that are gone (the file has), then from anywhere (the code has moved). What is left
/// pairs by rule, path and symbol: the code was edited. A finding pairs once, and only with one that could have gone:
/// where its file was not examined or its rule did not run, nobody knows.
enum FindingPairs {
    /// Fills `now_finding`, `was_finding`, `pair`, `compared` and `gone`.
    static func prepare(
        _ database: Database, _ run: RunRecord, _ reference: RunRecord?, _ comparison: RunStore.Comparison
    ) throws {
        try drop(database)
        for (name, id) in [("now_finding", run.id), ("was_finding", reference?.id ?? "")] {
            try database.execute(sql: table(name))
            try database.execute(
                sql: fill(name),
                arguments: [id, (name == "now_finding" ? run : reference ?? run).settings.honoursSuppressions])
        }
        try database.execute(
            sql: "CREATE TEMP TABLE pair (now TEXT PRIMARY KEY, was TEXT NOT NULL UNIQUE) WITHOUT ROWID")
        try list("baseline", comparison.baseline, database)
        try examine(database, run.id, comparison)
        try database.execute(
            sql: "INSERT INTO pair SELECT n.id, w.id FROM now_finding n JOIN was_finding w ON w.id = n.id")
        try pair(by: ["fingerprint", "path"], where: "examined > 0", database)
        try pair(by: ["fingerprint"], where: "examined = 2", database)
        try pair(by: ["fingerprint"], where: "examined > 0", database)
        try pair(by: ["rule", "path", "symbol"], where: "examined > 0", database)
        let bothHonour = run.settings.honoursSuppressions && reference?.settings.honoursSuppressions ?? true
        try database.execute(sql: compared, arguments: [reference?.number ?? -1, bothHonour])
        try database.execute(sql: gone)
    }

    static func drop(_ database: Database) throws {
        for name in ["now_finding", "was_finding", "pair", "compared", "gone"] + lists {
            try database.execute(sql: "DROP TABLE IF EXISTS temp.\(name)")
        }
    }

    private static let lists = ["baseline", "ran", "unread", "unexamined", "present"]

    private static func table(_ name: String) -> String {
        """
        CREATE TEMP TABLE \(name) (
            id TEXT PRIMARY KEY, fingerprint TEXT, rule TEXT, path TEXT, symbol TEXT, line INTEGER, severity TEXT,
            open INTEGER, analysis INTEGER, number INTEGER, examined INTEGER NOT NULL DEFAULT 1) WITHOUT ROWID
        """
    }

    private static func fill(_ name: String) -> String {
        """
        INSERT OR IGNORE INTO \(name)
        SELECT c.id, c.fingerprint, c.rule, a.path, c.symbol, c.start_line, coalesce(d.severity, c.severity),
            coalesce(c.suppression_reason, d.suppression) IS NULL OR NOT ?2, c.analysis, c.number, 1
        FROM run_finding r
        JOIN finding c ON c.analysis = r.analysis AND c.number = r.number
        JOIN analysis a ON a.id = r.analysis
        LEFT JOIN run_decision d ON d.run = r.run AND d.finding = c.id
        WHERE r.run = ?1
        """
    }

    private static func list(_ name: String, _ values: [String], _ database: Database) throws {
        try database.execute(sql: "CREATE TEMP TABLE \(name) (id TEXT PRIMARY KEY) WITHOUT ROWID")
        let insert = try database.makeStatement(sql: "INSERT OR IGNORE INTO \(name) VALUES (?)")
        for value in values { try insert.execute(arguments: [value]) }
    }

    // MARK: What could have gone

    /// Sets `examined` of the earlier findings: 0 where nobody looked again, 1 where the file was examined, 2 where it is
    /// no longer there.
    private static func examine(_ database: Database, _ run: String, _ comparison: RunStore.Comparison) throws {
        let reasons = CoverageReason.allCases.filter { !Self.examined.contains($0) && $0 != .absent }
        try list("unexamined", [], database)
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO unexamined SELECT path FROM run_file
                WHERE run = ? AND reason IN (\(reasons.map { "'\($0.rawValue)'" }.joined(separator: ", ")))
                """, arguments: [run])
        try list("present", [], database)
        try database.execute(
            sql: """
                INSERT OR IGNORE INTO present SELECT path FROM run_file
                WHERE run = ? AND reason <> '\(CoverageReason.absent.rawValue)' AND path IN (SELECT path FROM was_finding)
                """, arguments: [run])
        try database.execute(
            sql: """
                UPDATE was_finding SET examined = CASE WHEN path IN (SELECT id FROM unexamined) THEN 0
                    WHEN path IN (SELECT id FROM present) THEN 1 ELSE 2 END
                """)
        try passOverFolders(database)
        try list("unread", comparison.unread.map(\.text), database)
        try database.execute(
            sql: """
                UPDATE was_finding SET examined = 0
                WHERE examined = 1 AND rule LIKE 'model-%' AND (NOT ? OR path IN (SELECT id FROM unread))
                """, arguments: [comparison.wasReviewed])
        // What is in the history has gone only where the history was looked at again.
        try database.execute(
            sql: """
                UPDATE was_finding SET examined = CASE WHEN ? THEN 1 ELSE 0 END
                WHERE analysis IN (SELECT analysis FROM run_past)
                """, arguments: [comparison.searchedHistory])
        guard let rules = comparison.rules else { return }
        try list("ran", rules, database)
        try database.execute(
            sql: """
                UPDATE was_finding SET examined = 0
                WHERE examined = 1 AND rule NOT LIKE 'model-%' AND rule NOT IN (SELECT id FROM ran)
                """)
    }

    private static let examined: Set<CoverageReason> = [.complete, .carriedOver, .noRules, .empty]

    /// An ignored or unreadable folder stands for all in it: what is missing below one is not known to be gone.
    private static func passOverFolders(_ database: Database) throws {
        let missing = try String.fetchAll(
            database, sql: "SELECT DISTINCT path FROM was_finding WHERE examined = 2 ORDER BY path")
        let known = try database.makeStatement(sql: "SELECT 1 FROM unexamined WHERE id IN (?, ?)")
        let update = try database.makeStatement(sql: "UPDATE was_finding SET examined = 0 WHERE path = ?")
        for text in missing {
            var folder = RepositoryPath(text: text)?.parent
            while let path = folder {
                let listed = RepositoryPath(bytes: path.bytes + [UInt8(ascii: "/")])
                if try Int.fetchOne(known, arguments: [path.text, listed.text]) != nil {
                    try update.execute(arguments: [text])
                    break
                }
                folder = path.parent
            }
        }
    }

    // MARK: Pairs

    /// Pairs what is left by some columns, in the order of path and line where several are alike.
    private static func pair(by columns: [String], where condition: String, _ database: Database) throws {
        func side(_ table: String, _ condition: String) -> String {
            """
            SELECT id, \(columns.joined(separator: ", ")),
                row_number() OVER (PARTITION BY \(columns.joined(separator: ", ")) ORDER BY path, line, id) AS place
            FROM \(table) WHERE \(condition)
            """
        }
        try database.execute(
            sql: """
                INSERT INTO pair SELECT n.id, w.id
                FROM (\(side("now_finding", "id NOT IN (SELECT now FROM pair)"))) n
                JOIN (\(side("was_finding", "\(condition) AND id NOT IN (SELECT was FROM pair)"))) w
                USING (\(columns.joined(separator: ", ")), place)
                """)
    }

    private static let compared = """
        CREATE TEMP TABLE compared AS
        SELECT n.id, CASE
                WHEN p.was IS NULL THEN CASE WHEN n.open AND s.first_run <= ?1 THEN 'reopened' ELSE 'new' END
                WHEN n.open AND NOT w.open AND ?2 THEN 'reopened'
                WHEN n.fingerprint <> w.fingerprint OR n.severity <> w.severity THEN 'changed'
                ELSE 'unchanged' END AS state,
            CASE WHEN w.path <> n.path THEN w.path END AS previous_path
        FROM now_finding n LEFT JOIN pair p ON p.now = n.id LEFT JOIN was_finding w ON w.id = p.was
        LEFT JOIN sighting s ON s.finding = n.id
        """

    private static let gone: String = {
        let ranks = Severity.descending.enumerated().map { "WHEN '\($1.rawValue)' THEN \($0)" }.joined(separator: " ")
        return """
            CREATE TEMP TABLE gone AS
            SELECT row_number() OVER (ORDER BY CASE severity \(ranks) END, rule, path, line, id) - 1 AS ordinal,
                id, analysis, number, examined
            FROM was_finding WHERE open AND id NOT IN (SELECT was FROM pair)
            """
    }()

    static func result(_ database: Database) throws -> RunStore.ComparisonResult {
        func count(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: sql) ?? 0 }
        func open(_ table: String) throws -> [Severity: Int] {
            let rows = try Row.fetchAll(
                database, sql: "SELECT severity, count(*) FROM \(table) WHERE open GROUP BY severity")
            return Dictionary(
                uniqueKeysWithValues: rows.compactMap { row in Severity(rawValue: row[0]).map { ($0, row[1]) } })
        }
        return RunStore.ComparisonResult(
            fixed: try count("SELECT count(*) FROM gone WHERE examined > 0"),
            unknown: try count("SELECT count(*) FROM gone WHERE examined = 0"), open: try open("now_finding"),
            openBefore: try open("was_finding"),
            goneFromBaseline: try count("SELECT count(*) FROM baseline WHERE id NOT IN (SELECT id FROM now_finding)"))
    }
}
