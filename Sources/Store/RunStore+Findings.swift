import GRDB
package import OrchestratorCore

extension RunStore {
    /// Fixes the findings of a run in the order of its report: worst first, then the rules that somebody outside
    /// reaches, then the one with the most open ones; of a rule by rank, path and place. Call when every file has its analysis. Returns their number.
    package func orderFindings(run: String, honouringSuppressions: Bool) throws(StoreError) -> Int {
        let ranks = Severity.descending.enumerated().map { "WHEN '\($1.rawValue)' THEN \($0)" }.joined(separator: " ")
        return try file.write { database in
            try database.execute(sql: "DELETE FROM run_finding WHERE run = ?", arguments: [run])
            try database.execute(
                sql: """
                    INSERT INTO run_finding
                    WITH found AS (
                        SELECT f.run, f.ordinal, c.analysis, c.number, c.rule, coalesce(d.severity, c.severity) AS severity,
                            count(*) FILTER (WHERE coalesce(c.suppression_reason, d.suppression) IS NULL OR NOT ?1)
                                OVER (PARTITION BY c.rule) AS open, coalesce(k.level, 0) AS level,
                            max(coalesce(k.level, 0)) FILTER (WHERE coalesce(c.suppression_reason, d.suppression) IS NULL
                                OR NOT ?1) OVER (PARTITION BY c.rule, coalesce(d.severity, c.severity)) AS best
                        FROM (
                            SELECT run, ordinal, analysis FROM run_file WHERE run = ?2 AND analysis IS NOT NULL
                            UNION ALL SELECT run, ordinal, analysis FROM run_review WHERE run = ?2
                            UNION ALL SELECT run, ordinal, analysis FROM run_import WHERE run = ?2
                            UNION ALL SELECT run, ordinal, analysis FROM run_past WHERE run = ?2) f
                        JOIN finding c ON c.analysis = f.analysis
                        LEFT JOIN run_decision d ON d.run = f.run AND d.finding = c.id
                        LEFT JOIN run_rank k ON k.run = f.run AND k.finding = c.id)
                    SELECT run, row_number() OVER (
                            ORDER BY CASE severity \(ranks) END, best DESC, open DESC, rule, level DESC,
                                ordinal, number, analysis) - 1, analysis, number
                    FROM found
                    """, arguments: [honouringSuppressions, run])
            return database.changesCount
        }
    }

    /// Calls `body` with each finding of a run in the report's order; memory does not grow with their number.
    /// - Parameter honouringSuppressions: false to show them as if nobody had suppressed any.
    package func forEachFinding(
        run: String, honouringSuppressions: Bool, _ body: (Finding) throws -> Void
    ) throws {
        let exceptions = try exceptions(run: run).map(\.entry)
        try file.forEach(
            sql: """
                SELECT \(Self.findingColumns), coalesce(i.confidence, g.confidence, c.confidence), d.suppression,
                    d.adjustment, t.state, s.first_seen, t.previous_path, t.in_baseline, i.tools,
                    p.commit_id, p.authored, k.level, k.reason
                FROM run_finding r
                JOIN finding c ON c.analysis = r.analysis AND c.number = r.number
                JOIN analysis a ON a.id = r.analysis
                LEFT JOIN run_agreement g ON g.run = r.run AND g.finding = c.id
                LEFT JOIN run_attribution i ON i.run = r.run AND i.finding = c.id
                LEFT JOIN run_decision d ON d.run = r.run AND d.finding = c.id
                LEFT JOIN run_track t ON t.run = r.run AND t.finding = c.id
                LEFT JOIN sighting s ON s.finding = c.id
                LEFT JOIN run_past p ON p.run = r.run AND p.analysis = r.analysis
                LEFT JOIN run_rank k ON k.run = r.run AND k.finding = c.id
                WHERE r.run = ? ORDER BY r.ordinal
                """, arguments: [run],
            { row in
                let honoured = honouringSuppressions ? exceptions : []
                func entry(_ column: Int) -> FindingException? {
                    (row[column] as Int?).flatMap { honoured.indices.contains($0) ? honoured[$0] : nil }
                }
                var finding = try Self.finding(
                    row, confidence: row[18], honouringSuppressions, suppressed: entry(19), adjusted: entry(20),
                    tools: try (row[25] as String?).map { try JSONText.decode([Attribution].self, from: $0) } ?? [])
                finding.track = try Self.track(row, at: 21)
                finding.past = Self.pastCommit(row, at: 26)
                finding.rank = Self.rank(row, at: 28)
                return finding
            }, body)
    }

    static let findingColumns = """
        a.path, c.id, c.fingerprint, c.rule, c.weakness, c.severity, c.confidence, c.message, c.start_line,
        c.start_column, c.end_line, c.end_column, c.symbol, c.evidence_line, c.evidence, c.suppression_reason,
        c.suppression_line, c.flow
        """

    /// A row that begins with `findingColumns`. What the source suppresses, no exception need suppress.
    static func finding(
        _ row: Row, confidence: Int, _ honouringSuppressions: Bool, suppressed: FindingException? = nil,
        adjusted: FindingException? = nil, tools: [Attribution] = []
    ) throws -> Finding {
        guard let path = RepositoryPath(text: row[0]), let severity = Severity(rawValue: row[5]) else {
            throw StoreError(.corrupt, "the record of the finding \(row[1] as String) is damaged")
        }
        let evidence: String = row[14]
        let comment: String? = honouringSuppressions ? row[15] : nil
        var finding = Finding(
            id: row[1], fingerprint: row[2], rule: row[3], weakness: row[4], severity: adjusted?.severity ?? severity,
            confidence: confidence, message: row[7],
            location: Location(
                path: path, startLine: row[8], startColumn: row[9], endLine: row[10], endColumn: row[11]),
            symbol: row[12],
            evidence: Evidence(
                firstLine: row[13],
                lines: evidence.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)),
            flow: FlowText.decode(row[17]),
            suppression: comment.map { comment in
                let line: Int = row[16]
                return Suppression(kind: line > 0 ? .inSource : .byTool, reason: comment, line: line)
            } ?? suppressed.flatMap(Suppression.init), tools: tools)
        finding.adjustment = adjusted.map { SeverityAdjustment($0, original: severity) }
        return finding
    }

    /// Nil where the run was compared with none, being older than such comparisons.
    private static func track(_ row: Row, at column: Int) throws -> FindingTrack? {
        guard let state = (row[column] as String?).flatMap(FindingState.init), let seen: Int64 = row[column + 1] else {
            return nil
        }
        return FindingTrack(
            state: state, firstSeen: Timestamp(seconds: seen),
            previousPath: (row[column + 2] as String?).flatMap { RepositoryPath(text: $0) },
            isInBaseline: row[column + 3])
    }

    /// The suppression comments of a run that had no effect, by path and line.
    package func idleSuppressions(run: String) throws(StoreError) -> [(path: RepositoryPath, comment: IdleSuppression)]
    {
        try file.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT f.path, s.line, s.problem FROM run_file f JOIN idle_suppression s ON s.analysis = f.analysis
                    WHERE f.run = ? ORDER BY f.ordinal, s.number
                    """, arguments: [run]
            ).compactMap { row in
                RepositoryPath(text: row[0]).map { ($0, IdleSuppression(line: row[1], problem: row[2])) }
            }
        }
    }

    /// Records the status of every control, in place of any recorded before.
    package func recordAssessments(_ assessments: [ControlAssessment], run: String) throws(StoreError) {
        try file.write { database in
            try database.execute(sql: "DELETE FROM control_assessment WHERE run = ?", arguments: [run])
            let insert = try database.makeStatement(sql: "INSERT INTO control_assessment VALUES (?, ?, ?, ?, ?, ?)")
            for (ordinal, assessment) in assessments.enumerated() {
                insert.setUncheckedArguments([
                    run, ordinal, assessment.ruleSet, assessment.control, assessment.status.rawValue,
                    try JSONText.encode(assessment),
                ])
                try insert.execute()
            }
        }
    }

    /// The status of every control, in the order of the frameworks.
    package func assessments(run: String) throws(StoreError) -> [ControlAssessment] {
        try file.read { database in
            try String.fetchAll(
                database, sql: "SELECT content FROM control_assessment WHERE run = ? ORDER BY ordinal", arguments: [run]
            ).map { try JSONText.decode(ControlAssessment.self, from: $0) }
        }
    }
}
