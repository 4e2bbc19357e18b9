import GRDB
package import OrchestratorCore

extension RunStore {
    /// What a comparison goes by besides the findings of both runs.
    package struct Comparison: Sendable {
        /// The ids of the rules that this run had; nil for all that the other run had.
        package var rules: [String]?
        /// Whether models were asked, and the files that they did not read in full.
        package var wasReviewed = false
        package var unread: [RepositoryPath] = []
        /// Whether the commits behind the tree were searched in full.
        package var searchedHistory = false
        /// The ids of a baseline file.
        package var baseline: [String] = []

        package init() {}
    }

    /// What a comparison gave.
    package struct ComparisonResult: Sendable {
        package let fixed: Int
        package let unknown: Int
        /// Open findings by severity, of this run and of the one compared with.
        package let open: [Severity: Int]
        package let openBefore: [Severity: Int]
        /// Entries of the baseline without a finding.
        package let goneFromBaseline: Int
    }

    /// The newest finished run before this one that saw something else and examined everything.
    package func reference(for run: RunRecord) throws(StoreError) -> RunRecord? {
        try runs().first { candidate in
            candidate.state == .finished && candidate.number < run.number && candidate.identity != run.identity
                && candidate.settings.since == nil
        }
    }

    /// Compares a run's findings with those of an earlier one and keeps what came of it, in place of anything kept
    /// before. Call when the findings are final.
    package func track(
        _ run: RunRecord, since reference: RunRecord?, _ comparison: Comparison
    ) throws(StoreError) -> ComparisonResult {
        try file.write { database in
            try FindingPairs.prepare(database, run, reference, comparison)
            try database.execute(
                literal: """
                    INSERT OR IGNORE INTO sighting
                    SELECT n.id, coalesce(s.first_seen, \(run.startedAt.seconds)), \(run.number) FROM now_finding n
                    LEFT JOIN pair p ON p.now = n.id LEFT JOIN sighting s ON s.finding = p.was
                    """)
            try database.execute(literal: "DELETE FROM run_track WHERE run = \(run.id)")
            try database.execute(
                literal: """
                    INSERT INTO run_track
                    SELECT \(run.id), c.id, c.state, c.previous_path, c.id IN (SELECT id FROM baseline) FROM compared c
                    """)
            try database.execute(literal: "DELETE FROM run_gone WHERE run = \(run.id)")
            try database.execute(
                literal: """
                    INSERT INTO run_gone SELECT \(run.id), ordinal, analysis, number, examined > 0 FROM gone
                    """)
            let result = try FindingPairs.result(database)
            try FindingPairs.drop(database)
            return result
        }
    }

    /// The findings of a run that are not what they were in another one, in the order of the report, and those that are
    /// gone. Nothing is kept.
    package func differences(
        of run: RunRecord, since reference: RunRecord, _ comparison: Comparison
    ) throws -> (changes: [Finding], gone: [GoneFinding]) {
        var states: [String: (state: FindingState, path: String?)] = [:]
        let gone = try file.write { database in
            try FindingPairs.prepare(database, run, reference, comparison)
            for row in try Row.fetchAll(
                database, sql: "SELECT id, state, previous_path FROM compared WHERE state <> 'unchanged'")
            {
                states[row[0]] = FindingState(rawValue: row[1]).map { ($0, row[2]) }
            }
            let gone = try Row.fetchAll(
                database,
                sql: """
                    SELECT \(Self.findingColumns), g.examined > 0 FROM gone g
                    JOIN finding c ON c.analysis = g.analysis AND c.number = g.number
                    JOIN analysis a ON a.id = g.analysis ORDER BY g.ordinal
                    """
            ).map { GoneFinding(finding: try Self.finding($0, confidence: $0[6], false), isFixed: $0[18]) }
            try FindingPairs.drop(database)
            return gone
        }
        var changes: [Finding] = []
        try forEachFinding(run: run.id, honouringSuppressions: run.settings.honoursSuppressions) { finding in
            guard finding.isOpen, let known = states[finding.id] else { return }
            var finding = finding
            finding.track = FindingTrack(
                state: known.state, firstSeen: finding.track?.firstSeen ?? run.startedAt,
                previousPath: known.path.flatMap { RepositoryPath(text: $0) })
            changes.append(finding)
        }
        return (changes, gone)
    }

    /// Calls `body` with the findings that the run compared with had open and this one does not have: worst first.
    package func forEachGone(run: String, _ body: (GoneFinding) throws -> Void) throws {
        try file.forEach(
            sql: """
                SELECT \(Self.findingColumns), r.fixed FROM run_gone r
                JOIN finding c ON c.analysis = r.analysis AND c.number = r.number
                JOIN analysis a ON a.id = r.analysis WHERE r.run = ? ORDER BY r.ordinal
                """, arguments: [run],
            { row in
                GoneFinding(finding: try Self.finding(row, confidence: row[6], false), isFixed: row[18])
            }, body)
    }
}
