import Foundation
import GRDB
package import OrchestratorCore

/// What the analyzer said of files before, by a digest of all that shapes its answer.
///
/// Results are handed over in batches: a crash loses at most the last one, which is then computed again.
package struct AnalysisCache: Sendable {
    private let store: RunStore

    package init(_ store: RunStore) { self.store = store }

    /// The known results among some keys.
    package func results(_ keys: [Digest]) throws(StoreError) -> [Digest: FileAnalysis] {
        try store.file.read { database in
            let select = try database.cachedStatement(sql: "SELECT content FROM analysis WHERE key = ?")
            var found: [Digest: FileAnalysis] = [:]
            for key in keys {
                select.setUncheckedArguments([key.data])
                if let text = try String.fetchOne(select) {
                    found[key] = text.isEmpty ? .clean : try JSONText.decode(FileAnalysis.self, from: text)
                }
            }
            return found
        }
    }

    package func record(_ results: [(key: Digest, analysis: FileAnalysis)]) throws(StoreError) {
        guard !results.isEmpty else { return }
        try store.file.write { database in
            let insert = try database.cachedStatement(sql: "INSERT OR REPLACE INTO analysis VALUES (?, ?)")
            for (key, analysis) in results {
                // Most files have nothing to say; an empty text says so.
                insert.setUncheckedArguments([key.data, analysis == .clean ? "" : try JSONText.encode(analysis)])
                try insert.execute()
            }
        }
    }
}

extension FileAnalysis {
    /// Examined in full, nothing found.
    fileprivate static let clean = FileAnalysis(findings: [], coverage: Coverage(.complete), idleSuppressions: [])
}

extension Digest {
    fileprivate var data: Data { Data(bytes) }
}
