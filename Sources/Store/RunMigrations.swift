import GRDB

/// The schema of a repository's runs. Migrations are never changed once released; new ones are added.
enum RunMigrations {
    static var all: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("runs") { try $0.execute(sql: runs) }
        migrator.registerMigration("chunk keys") { try $0.execute(sql: chunkKeys) }
        migrator.registerMigration("observations") { try $0.execute(sql: observations) }
        migrator.registerMigration("history") { try $0.execute(sql: history) }
        migrator.registerMigration("imports") { try $0.execute(sql: ImportSchema.sql) }
        migrator.registerMigration("past secrets") { try $0.execute(sql: PastSchema.sql) }
        migrator.registerMigration("ranks") { try $0.execute(sql: RunStore.ranks) }
        return migrator
    }

    private static let runs = """
        CREATE TABLE run (
            id TEXT PRIMARY KEY,
            number INTEGER NOT NULL UNIQUE,
            identity TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'abandoned')),
            started_at INTEGER NOT NULL,
            finished_at INTEGER,
            exit_code INTEGER,
            record TEXT NOT NULL
        ) STRICT;
        CREATE INDEX run_by_identity ON run (identity, state);

        CREATE TABLE checkpoint (
            run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            stage TEXT NOT NULL,
            key TEXT NOT NULL,
            output TEXT NOT NULL,
            PRIMARY KEY (run, stage)
        ) STRICT, WITHOUT ROWID;

        -- What the analyzer said of a file, under the digest of all that shaped its answer. Runs share these rows.
        CREATE TABLE analysis (
            id INTEGER PRIMARY KEY,
            key BLOB NOT NULL UNIQUE,
            path TEXT NOT NULL,
            reason TEXT NOT NULL,
            detail TEXT NOT NULL,
            -- What the result depends on besides its own file; empty for nothing.
            links TEXT NOT NULL
        ) STRICT;

        CREATE TABLE finding (
            analysis INTEGER NOT NULL REFERENCES analysis (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            id TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            rule TEXT NOT NULL,
            weakness INTEGER NOT NULL,
            severity TEXT NOT NULL CHECK (severity IN ('info', 'low', 'medium', 'high', 'critical')),
            confidence INTEGER NOT NULL CHECK (confidence BETWEEN 0 AND 100),
            message TEXT NOT NULL,
            start_line INTEGER NOT NULL,
            start_column INTEGER NOT NULL,
            end_line INTEGER NOT NULL,
            end_column INTEGER NOT NULL,
            symbol TEXT NOT NULL,
            evidence_line INTEGER NOT NULL,
            evidence TEXT NOT NULL,
            -- The way of a value, as FlowText writes it; empty for rules that look at one place.
            flow TEXT NOT NULL,
            suppression_reason TEXT,
            suppression_line INTEGER,
            PRIMARY KEY (analysis, number)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE idle_suppression (
            analysis INTEGER NOT NULL REFERENCES analysis (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            line INTEGER NOT NULL,
            problem TEXT NOT NULL,
            PRIMARY KEY (analysis, number)
        ) STRICT, WITHOUT ROWID;

        -- Every path of the target, in order. Ordinals follow the bytes of the paths.
        CREATE TABLE run_file (
            run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            path TEXT NOT NULL,
            listed INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            digest BLOB,
            language TEXT NOT NULL,
            lines INTEGER NOT NULL,
            reason TEXT NOT NULL,
            detail TEXT NOT NULL,
            analysis INTEGER REFERENCES analysis (id),
            PRIMARY KEY (run, ordinal)
        ) STRICT, WITHOUT ROWID;

        -- The findings of a run in the order of its report.
        CREATE TABLE run_finding (
            run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            analysis INTEGER NOT NULL,
            number INTEGER NOT NULL,
            PRIMARY KEY (run, ordinal),
            FOREIGN KEY (analysis, number) REFERENCES finding (analysis, number)
        ) STRICT, WITHOUT ROWID;

        -- What goes to a model in one request, and what became of it.
        CREATE TABLE run_batch (
            run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            key TEXT NOT NULL,
            model TEXT NOT NULL,
            tokens INTEGER NOT NULL,
            chunks TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending', 'answered', 'not assessed')),
            reason TEXT NOT NULL,
            PRIMARY KEY (run, number)
        ) STRICT, WITHOUT ROWID;

        -- What models said of files: like the analyzer's results, shared between runs.
        CREATE TABLE run_review (
            run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            analysis INTEGER NOT NULL REFERENCES analysis (id),
            PRIMARY KEY (run, ordinal, analysis)
        ) STRICT, WITHOUT ROWID;

        -- Findings of the analyzer that a model found as well, with the confidence that both together give.
        CREATE TABLE run_agreement (
            run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            finding TEXT NOT NULL,
            confidence INTEGER NOT NULL CHECK (confidence BETWEEN 0 AND 100),
            PRIMARY KEY (run, finding)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE control_assessment (
            run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            rule_set TEXT NOT NULL,
            control TEXT NOT NULL,
            status TEXT NOT NULL,
            content TEXT NOT NULL,
            PRIMARY KEY (run, ordinal)
        ) STRICT, WITHOUT ROWID;
        """

    /// Parts of batches know what their answers are kept under: plans from before are made again.
    private static let chunkKeys = """
        DELETE FROM run_batch;
        DELETE FROM checkpoint WHERE stage IN ('plan', 'complete');
        """

    private static let observations = """
        -- What files show that bears on provisions without being a weakness.
        CREATE TABLE observation (
            analysis INTEGER NOT NULL REFERENCES analysis (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            kind TEXT NOT NULL,
            line INTEGER NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (analysis, number)
        ) STRICT, WITHOUT ROWID;
        """

    private static let history = """
        -- The exceptions file as a run took it, entry by entry.
        CREATE TABLE run_exception (
            run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            content TEXT NOT NULL,
            standing TEXT NOT NULL CHECK (standing IN ('in force', 'expired', 'refused', 'switched off')),
            matched INTEGER NOT NULL,
            PRIMARY KEY (run, ordinal)
        ) STRICT, WITHOUT ROWID;

        -- What exceptions made of findings: by ordinal the one that suppresses and the one that changes the severity.
        CREATE TABLE run_decision (
            run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            finding TEXT NOT NULL,
            suppression INTEGER,
            adjustment INTEGER,
            severity TEXT CHECK (severity IN ('info', 'low', 'medium', 'high', 'critical')),
            PRIMARY KEY (run, finding)
        ) STRICT, WITHOUT ROWID;

        -- How the findings of a run stand to the run it was compared with.
        CREATE TABLE run_track (
            run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            finding TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('new', 'unchanged', 'changed', 'reopened')),
            previous_path TEXT,
            in_baseline INTEGER NOT NULL,
            PRIMARY KEY (run, finding)
        ) STRICT, WITHOUT ROWID;

        -- Open findings of the run compared with that a run does not have.
        CREATE TABLE run_gone (
            run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            analysis INTEGER NOT NULL,
            number INTEGER NOT NULL,
            fixed INTEGER NOT NULL,
            PRIMARY KEY (run, ordinal),
            FOREIGN KEY (analysis, number) REFERENCES finding (analysis, number)
        ) STRICT, WITHOUT ROWID;

        -- When each finding was first seen, and by which run. Never changed: reports of old runs read it.
        CREATE TABLE sighting (
            finding TEXT PRIMARY KEY,
            first_seen INTEGER NOT NULL,
            first_run INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        INSERT INTO sighting
        SELECT c.id, min(r.started_at), min(r.number) FROM run r
        JOIN run_finding f ON f.run = r.id
        JOIN finding c ON c.analysis = f.analysis AND c.number = f.number
        WHERE r.state = 'finished' GROUP BY c.id;
        """
}
