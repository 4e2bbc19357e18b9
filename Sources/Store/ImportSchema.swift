/// The tables of results that other scanners gave.
enum ImportSchema {
    static let sql = """
        CREATE TABLE import (
            name TEXT PRIMARY KEY,
            record TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE import_rule (
            import TEXT NOT NULL REFERENCES import (name) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            record TEXT NOT NULL,
            PRIMARY KEY (import, number)
        ) STRICT, WITHOUT ROWID;

        -- Results at places of the target. Of its text there is nothing but digests of lines.
        CREATE TABLE import_result (
            import TEXT NOT NULL REFERENCES import (name) ON DELETE CASCADE,
            path TEXT NOT NULL,
            start_line INTEGER NOT NULL,
            start_column INTEGER NOT NULL,
            end_line INTEGER NOT NULL,
            end_column INTEGER NOT NULL,
            rule INTEGER NOT NULL,
            message TEXT NOT NULL,
            anchor TEXT NOT NULL,
            weaknesses TEXT NOT NULL,
            severity TEXT NOT NULL CHECK (severity IN ('info', 'low', 'medium', 'high', 'critical')),
            confidence INTEGER NOT NULL CHECK (confidence BETWEEN 0 AND 100),
            suppression TEXT,
            PRIMARY KEY (path, start_line, start_column, end_line, end_column, import, rule, message)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX import_result_by_import ON import_result (import);

        -- Findings of other tools alone, file by file.
        CREATE TABLE run_import (
            run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            analysis INTEGER NOT NULL REFERENCES analysis (id),
            PRIMARY KEY (run, ordinal, analysis)
        ) STRICT, WITHOUT ROWID;

        -- The other tools that report a finding, and the confidence that all together give.
        CREATE TABLE run_attribution (
            run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            finding TEXT NOT NULL,
            tools TEXT NOT NULL,
            confidence INTEGER NOT NULL CHECK (confidence BETWEEN 0 AND 100),
            PRIMARY KEY (run, finding)
        ) STRICT, WITHOUT ROWID;
        """
}
