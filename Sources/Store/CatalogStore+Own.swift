import GRDB
package import OrchestratorCore

/// The rule sets a user imported, and the versions of any rule set.
extension CatalogStore {
    /// Keeps imported rule sets, all or none. Each is from now on what its id stands for; versions from before stay.
    package func recordOwn(_ ruleSets: [RuleSet]) throws(StoreError) {
        try file.write { database in
            for ruleSet in ruleSets {
                try Self.insert(ruleSet, database)
                let digest = ruleSet.digest.description
                try database.execute(sql: "DELETE FROM own_rule_set WHERE digest = ?", arguments: [digest])
                try database.execute(
                    sql: """
                        INSERT INTO own_rule_set SELECT coalesce(max(ordinal), 0) + 1, ?, ? FROM own_rule_set
                        """, arguments: [ruleSet.id, digest])
            }
        }
    }

    /// An id stands for nothing from now on. Its versions stay under `id@digest`, since runs may rest on them.
    /// - Returns: how many versions were imported under it.
    package func withdrawOwn(_ id: String) throws(StoreError) -> Int {
        try file.write { database in
            try database.execute(sql: "DELETE FROM own_rule_set WHERE id = ?", arguments: [id])
            return database.changesCount
        }
    }

    /// The newest import of every id, by id.
    package func ownRuleSets() throws(StoreError) -> [RuleSet] {
        let digests = try file.read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT digest FROM own_rule_set o
                    WHERE ordinal = (SELECT max(ordinal) FROM own_rule_set WHERE id = o.id) ORDER BY id
                    """)
        }
        var ruleSets: [RuleSet] = []
        for text in digests {
            if let digest = Digest(text), let ruleSet = try ruleSet(digest) { ruleSets.append(ruleSet) }
        }
        return ruleSets
    }

    /// The digests of all versions of a rule set that this state has seen, imported or installed, ascending.
    package func versions(ofRuleSet id: String) throws(StoreError) -> [Digest] {
        try file.read { database in
            try String.fetchAll(
                database, sql: "SELECT digest FROM rule_set WHERE id = ? ORDER BY digest", arguments: [id]
            ).compactMap { Digest($0) }
        }
    }
}
