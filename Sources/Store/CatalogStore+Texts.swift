import GRDB
package import OrchestratorCore

/// Texts of the installation that a run rests on, kept by their digest so that the run can be told and rendered later.
package enum PinnedTexts: String, Sendable {
    /// Parts of the reports' templates.
    case templates = "template_set"
    /// Files of detection rules, of observations and of forms that are redacted.
    case detectionRules = "detection_rule_set"
}

extension CatalogStore {
    /// Keeps texts by their names under the digest that a run's settings name.
    package func record(_ texts: [String: String], as kind: PinnedTexts, digest: Digest) throws(StoreError) {
        // Most runs use what one before used: no megabyte of text is encoded, and nothing written, for them.
        guard try !has(kind, digest) else { return }
        try file.write { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO \(kind.rawValue) VALUES (?, ?)",
                arguments: [digest.description, try JSONText.encode(texts)])
        }
    }

    private func has(_ kind: PinnedTexts, _ digest: Digest) throws(StoreError) -> Bool {
        try file.read { database in
            try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM \(kind.rawValue) WHERE digest = ?)",
                arguments: [digest.description]) ?? false
        }
    }

    /// The texts with a digest; nil where this state has never seen them.
    package func texts(_ kind: PinnedTexts, _ digest: Digest) throws(StoreError) -> [String: String]? {
        try file.read { database in
            try String.fetchOne(
                database, sql: "SELECT content FROM \(kind.rawValue) WHERE digest = ?",
                arguments: [digest.description]
            ).map { try JSONText.decode([String: String].self, from: $0) }
        }
    }
}
