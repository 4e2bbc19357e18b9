import GRDB

/// The schema of the catalogue of rule sets. Migrations are never changed once released; new ones are added.
enum CatalogMigrations {
    static var all: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("rule sets") { try $0.execute(sql: ruleSets) }
        migrator.registerMigration("own rule sets") { try $0.execute(sql: ownRuleSets) }
        migrator.registerMigration("detection rules") { try $0.execute(sql: detectionRules) }
        return migrator
    }

    private static let ruleSets = """
        -- Versions live side by side: a rule set is known by the digest of its content.
        CREATE TABLE rule_set (
            digest TEXT PRIMARY KEY,
            id TEXT NOT NULL,
            title TEXT NOT NULL,
            short_title TEXT NOT NULL,
            version TEXT NOT NULL,
            publisher TEXT NOT NULL,
            licence TEXT NOT NULL,
            url TEXT NOT NULL
        ) STRICT;

        CREATE TABLE control (
            rule_set TEXT NOT NULL REFERENCES rule_set (digest) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            id TEXT NOT NULL,
            title TEXT NOT NULL,
            group_title TEXT NOT NULL,
            assessable TEXT NOT NULL CHECK (assessable IN ('code', 'config', 'process', 'physical')),
            check_type TEXT NOT NULL,
            summary TEXT NOT NULL,
            evidenced_by_scan INTEGER NOT NULL CHECK (evidenced_by_scan IN (0, 1)),
            needs_personal_data INTEGER NOT NULL CHECK (needs_personal_data IN (0, 1)),
            PRIMARY KEY (rule_set, ordinal),
            UNIQUE (rule_set, id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE mapping (
            rule_set TEXT NOT NULL,
            control INTEGER NOT NULL,
            ordinal INTEGER NOT NULL,
            weakness INTEGER NOT NULL,
            source TEXT NOT NULL,
            strength TEXT NOT NULL CHECK (strength IN ('weak', 'moderate', 'strong', 'official')),
            rationale TEXT NOT NULL,
            PRIMARY KEY (rule_set, control, ordinal),
            FOREIGN KEY (rule_set, control) REFERENCES control (rule_set, ordinal) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX mapping_by_weakness ON mapping (weakness);

        CREATE TABLE weakness (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            check_type TEXT NOT NULL,
            parent INTEGER
        ) STRICT;

        -- Report templates as runs used them, so that an old run can be rendered again to the same bytes.
        CREATE TABLE template_set (
            digest TEXT PRIMARY KEY,
            content TEXT NOT NULL
        ) STRICT;

        -- Files already imported, by the digest of their bytes, so that they need not be read again.
        CREATE TABLE imported_file (
            digest TEXT PRIMARY KEY,
            rule_set TEXT REFERENCES rule_set (digest)
        ) STRICT;
        """

    private static let ownRuleSets = """
        -- What an overlay was made from; NULL for a framework of its own.
        ALTER TABLE rule_set ADD COLUMN base_id TEXT;
        ALTER TABLE rule_set ADD COLUMN base_digest TEXT;
        -- What an organisation states about a control; NULL where it states nothing.
        ALTER TABLE control ADD COLUMN is_applicable INTEGER CHECK (is_applicable IN (0, 1));
        ALTER TABLE control ADD COLUMN justification TEXT;

        -- The rule sets a user imported. The newest row of an id is the one the id stands for.
        CREATE TABLE own_rule_set (
            ordinal INTEGER PRIMARY KEY,
            id TEXT NOT NULL,
            digest TEXT NOT NULL UNIQUE REFERENCES rule_set (digest)
        ) STRICT;
        CREATE INDEX own_rule_set_by_id ON own_rule_set (id, ordinal);

        -- Weaknesses are read again for what is new about them.
        ALTER TABLE weakness ADD COLUMN is_general INTEGER NOT NULL DEFAULT 0 CHECK (is_general IN (0, 1));
        -- Languages it can occur in, separated by commas; NULL for all.
        ALTER TABLE weakness ADD COLUMN languages TEXT;
        DELETE FROM imported_file WHERE rule_set IS NULL;
        """

    private static let detectionRules = """
        -- The files of detection rules that runs used, as a JSON object, by the digest that their settings name.
        CREATE TABLE detection_rule_set (
            digest TEXT PRIMARY KEY,
            content TEXT NOT NULL
        ) STRICT;
        """
}
