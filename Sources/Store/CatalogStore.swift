import GRDB
package import OrchestratorCore

/// The rule sets this state knows, in SQLite, each under the digest of its content.
package final class CatalogStore: Sendable {
    let file: DatabaseFile

    /// Throws the errors of opening a database.
    package init(state: StateFolder) throws(StoreError) {
        file = try DatabaseFile(path: state.path + "/catalog.sqlite", migrations: CatalogMigrations.all)
    }

    /// The rule set that a file of these bytes was imported as before.
    package func ruleSet(importedFrom digest: Digest) throws(StoreError) -> RuleSet? {
        let known = try file.read { database in
            try String.fetchOne(
                database, sql: "SELECT rule_set FROM imported_file WHERE digest = ?", arguments: [digest.description])
        }
        guard let known, let content = Digest(known) else { return nil }
        return try ruleSet(content)
    }

    /// Keeps a rule set read from a file; an equal one that is already there stays as it is.
    package func record(_ ruleSet: RuleSet, importedFrom digest: Digest) throws(StoreError) {
        try file.write { database in
            try Self.insert(ruleSet, database)
            try database.execute(
                sql: "INSERT OR REPLACE INTO imported_file VALUES (?, ?)",
                arguments: [digest.description, ruleSet.digest.description])
        }
    }

    static func insert(_ ruleSet: RuleSet, _ database: Database) throws {
        try database.execute(
            sql: "INSERT OR IGNORE INTO rule_set VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                ruleSet.digest.description, ruleSet.id, ruleSet.title, ruleSet.shortTitle, ruleSet.version,
                ruleSet.publisher, ruleSet.licence, ruleSet.url, ruleSet.base?.id, ruleSet.base?.digest.description,
            ])
        if database.changesCount == 1 { try insertControls(of: ruleSet, database) }
    }

    private static func insertControls(of ruleSet: RuleSet, _ database: Database) throws {
        let insertControl = try database.makeStatement(
            sql: "INSERT INTO control VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        let insertMapping = try database.makeStatement(sql: "INSERT INTO mapping VALUES (?, ?, ?, ?, ?, ?, ?)")
        let digest = ruleSet.digest.description
        for (ordinal, control) in ruleSet.controls.enumerated() {
            try insertControl.execute(arguments: [
                digest, ordinal, control.id, control.title, control.group, control.assessable.rawValue,
                control.checkType.rawValue, control.summary, control.evidencedByScan, control.needsPersonalData,
                control.applicability?.isApplicable, control.applicability?.justification,
            ])
            for (number, mapping) in control.mappings.enumerated() {
                try insertMapping.execute(arguments: [
                    digest, ordinal, number, mapping.weakness, mapping.source, mapping.strength.rawValue,
                    mapping.rationale,
                ])
            }
        }
    }

    /// The rule set with a digest.
    package func ruleSet(_ digest: Digest) throws(StoreError) -> RuleSet? {
        try file.read { database in
            guard
                let row = try Row.fetchOne(
                    database, sql: "SELECT * FROM rule_set WHERE digest = ?", arguments: [digest.description])
            else { return nil }
            return RuleSet(
                id: row["id"], title: row["title"], shortTitle: row["short_title"], version: row["version"],
                publisher: row["publisher"], licence: row["licence"], url: row["url"], digest: digest,
                base: (row["base_digest"] as String?).flatMap(Digest.init).map {
                    .init(id: row["base_id"], digest: $0)
                },
                controls: try Self.controls(digest.description, database))
        }
    }

    private static func controls(_ ruleSet: String, _ database: Database) throws -> [Control] {
        var mappings: [Int: [Mapping]] = [:]
        let mappingRows = try Row.fetchCursor(
            database,
            sql:
                "SELECT control, weakness, source, strength, rationale FROM mapping WHERE rule_set = ? ORDER BY control, ordinal",
            arguments: [ruleSet])
        while let row = try mappingRows.next() {
            mappings[row[0], default: []].append(
                Mapping(
                    weakness: row[1], source: row[2], strength: Mapping.Strength(rawValue: row[3]) ?? .weak,
                    rationale: row[4]))
        }
        return try Row.fetchAll(
            database, sql: "SELECT * FROM control WHERE rule_set = ? ORDER BY ordinal", arguments: [ruleSet]
        ).map { row in
            Control(
                id: row["id"], title: row["title"], group: row["group_title"],
                assessable: Control.Assessable(rawValue: row["assessable"]) ?? .process,
                checkType: CheckType(rawValue: row["check_type"]) ?? .codeCompliance, summary: row["summary"],
                evidencedByScan: row["evidenced_by_scan"], needsPersonalData: row["needs_personal_data"],
                mappings: mappings[row["ordinal"]] ?? [],
                applicability: (row["is_applicable"] as Bool?).map {
                    .init(isApplicable: $0, justification: row["justification"] ?? "")
                })
        }
    }

    // MARK: Weaknesses

    /// True where the catalogue was imported from a file with these bytes.
    package func hasWeaknesses(importedFrom digest: Digest) throws(StoreError) -> Bool {
        try file.read { database in
            try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM imported_file WHERE digest = ? AND rule_set IS NULL)",
                arguments: [digest.description]) ?? false
        }
    }

    /// Replaces the catalogue of weaknesses.
    package func record(_ weaknesses: [Weakness], importedFrom digest: Digest) throws(StoreError) {
        try file.write { database in
            try database.execute(sql: "DELETE FROM weakness")
            try database.execute(sql: "DELETE FROM imported_file WHERE rule_set IS NULL")
            let insert = try database.makeStatement(sql: "INSERT INTO weakness VALUES (?, ?, ?, ?, ?, ?)")
            for weakness in weaknesses {
                try insert.execute(arguments: [
                    weakness.id, weakness.name, weakness.checkType.rawValue, weakness.parent, weakness.isGeneral,
                    weakness.languages.map { $0.map(\.rawValue).sorted().joined(separator: ",") },
                ])
            }
            try database.execute(sql: "INSERT INTO imported_file VALUES (?, NULL)", arguments: [digest.description])
        }
    }

    package func weaknesses() throws(StoreError) -> [Weakness] {
        try file.read { database in
            // Few groups, many weaknesses.
            var groups: [String: Set<Language>] = [:]
            return try Row.fetchAll(database, sql: "SELECT * FROM weakness ORDER BY id").map { row in
                let languages = (row["languages"] as String?).map { text in
                    if let known = groups[text] { return known }
                    let group = Set(text.split(separator: ",").map { Language(rawValue: String($0)) })
                    groups[text] = group
                    return group
                }
                return Weakness(
                    id: row["id"], name: row["name"],
                    checkType: CheckType(rawValue: row["check_type"]) ?? .codeCompliance, parent: row["parent"],
                    isGeneral: row["is_general"], languages: languages)
            }
        }
    }
}
