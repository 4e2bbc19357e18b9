import GRDB

/// The schema of the ledger: one for all repositories of a user. Migrations are never changed once released; new ones are
/// added. Amounts are nanodollars.
enum LedgerMigrations {
    static var all: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("attempts") { try $0.execute(sql: attempts) }
        migrator.registerMigration("answers") { try $0.execute(sql: answers) }
        migrator.registerMigration("provider batches") { try $0.execute(sql: providerBatches) }
        return migrator
    }

    private static let attempts = """
        -- Every send. A row is never deleted, and its amount only ever goes down from the worst case.
        CREATE TABLE attempt (
            id TEXT PRIMARY KEY,
            run TEXT NOT NULL,
            work TEXT NOT NULL,
            provider TEXT NOT NULL,
            model TEXT NOT NULL,
            purpose TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('reserved', 'settled', 'released', 'uncertain')),
            worst_case INTEGER NOT NULL CHECK (worst_case >= 0),
            -- What counts against the budgets now: the worst case until more is known, 0 once released.
            amount INTEGER NOT NULL CHECK (amount BETWEEN 0 AND worst_case),
            -- Charged beyond the worst case by a provider that broke its own price list. Counts as well.
            excess INTEGER NOT NULL DEFAULT 0 CHECK (excess >= 0),
            basis TEXT,
            price_source TEXT NOT NULL,
            input_bound INTEGER NOT NULL,
            max_output INTEGER NOT NULL,
            input_tokens INTEGER,
            cached_tokens INTEGER,
            output_tokens INTEGER,
            served_model TEXT,
            provider_request TEXT,
            failure TEXT,
            day TEXT NOT NULL,
            began_at INTEGER NOT NULL,
            ended_at INTEGER
        ) STRICT;
        CREATE INDEX attempt_by_run ON attempt (run, state);
        CREATE INDEX attempt_by_work ON attempt (work, state);
        CREATE INDEX attempt_by_day ON attempt (day, provider, model);

        -- Running totals per scope, kept by the same transactions that change attempts, so that a check costs a row.
        CREATE TABLE account (
            scope TEXT PRIMARY KEY,
            settled INTEGER NOT NULL DEFAULT 0 CHECK (settled >= 0),
            reserved INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0),
            uncertain INTEGER NOT NULL DEFAULT 0 CHECK (uncertain >= 0),
            requests INTEGER NOT NULL DEFAULT 0 CHECK (requests >= 0),
            tokens INTEGER NOT NULL DEFAULT 0 CHECK (tokens >= 0)
        ) STRICT, WITHOUT ROWID;

        -- A secret of this state, drawn once: nonces derive from it.
        CREATE TABLE state_key (bytes BLOB NOT NULL) STRICT;

        -- Answers that were paid for, by everything that shapes them.
        CREATE TABLE completion (
            key TEXT PRIMARY KEY,
            attempt TEXT NOT NULL REFERENCES attempt (id),
            content TEXT NOT NULL,
            stored_at INTEGER NOT NULL
        ) STRICT;
        """

    private static let answers = """
        -- What models said of chunks, taken from answers that were paid for.
        CREATE TABLE chunk_answer (
            key TEXT PRIMARY KEY,
            topic TEXT NOT NULL,
            proven INTEGER NOT NULL CHECK (proven IN (0, 1)),
            content TEXT NOT NULL,
            stored_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX chunk_answer_by_topic ON chunk_answer (topic, proven, stored_at);

        -- What a second model said of a claim.
        CREATE TABLE claim_verdict (
            key TEXT PRIMARY KEY,
            content TEXT NOT NULL,
            stored_at INTEGER NOT NULL
        ) STRICT;

        -- How models did on the labelled set, one row for each measurement.
        CREATE TABLE calibration (
            model TEXT NOT NULL,
            task TEXT NOT NULL,
            prompt TEXT NOT NULL,
            measured_at INTEGER NOT NULL,
            content TEXT NOT NULL,
            PRIMARY KEY (model, task, measured_at)
        ) STRICT;
        """

    private static let providerBatches = """
        -- What was, or may have been, submitted to a provider in one piece. Recorded before it leaves.
        CREATE TABLE provider_batch (
            -- Derives from the requests and the round: by it a lost submission is known again.
            marker TEXT PRIMARY KEY,
            run TEXT NOT NULL,
            provider TEXT NOT NULL,
            model TEXT NOT NULL,
            round INTEGER NOT NULL,
            prepared_at INTEGER NOT NULL,
            -- The provider's name for it, once it is known.
            batch_id TEXT,
            state TEXT NOT NULL CHECK (state IN ('prepared', 'submitted', 'closed', 'refused'))
        ) STRICT;
        CREATE INDEX provider_batch_by_state ON provider_batch (state);

        -- The batch an attempt went out in. While it is prepared or submitted, its attempts stay reserved.
        ALTER TABLE attempt ADD COLUMN batch TEXT REFERENCES provider_batch (marker);
        CREATE INDEX attempt_by_batch ON attempt (batch) WHERE batch IS NOT NULL;
        """
}
