import GRDB

/// The schema of a repository's runs. Migrations are never changed once released; new ones are added.
enum RunMigrations {
    static var all: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("runs") { try $0.execute(sql: runs) }
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

        -- Every path of the target, in order. Ordinals follow the bytes of the paths.
        CREATE TABLE run_file (
            run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            path TEXT NOT NULL,
            listed INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            digest TEXT,
            language TEXT NOT NULL,
            lines INTEGER NOT NULL,
            reason TEXT NOT NULL,
            detail TEXT NOT NULL,
            PRIMARY KEY (run, ordinal)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE finding (
            run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            id TEXT NOT NULL,
            path TEXT NOT NULL,
            rule TEXT NOT NULL,
            weakness INTEGER NOT NULL,
            severity TEXT NOT NULL,
            confidence INTEGER NOT NULL,
            is_open INTEGER NOT NULL,
            content TEXT NOT NULL,
            PRIMARY KEY (run, ordinal)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE idle_suppression (
            run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            path TEXT NOT NULL,
            line INTEGER NOT NULL,
            problem TEXT NOT NULL,
            PRIMARY KEY (run, ordinal)
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

        -- What the analyzer said of a file, under the digest of all that shaped its answer.
        CREATE TABLE analysis (
            key BLOB PRIMARY KEY,
            content TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """
}
