import GRDB
package import OrchestratorCore

/// Remembers which stages of a run are done, so that a resumed run begins where it stopped.
///
/// A checkpoint counts only under the same key: stage, version, settings and input. The rows a stage writes belong to
/// the run; a stage that did not reach its checkpoint begins by removing its own.
package struct Journal: Sendable {
    private let store: RunStore
    private let run: String

    package init(_ store: RunStore, run: RunRecord) {
        self.store = store
        self.run = run.id
    }

    /// The stage's output: from the journal, else by running it.
    package func checkpoint<S: Stage>(_ stage: S, _ input: S.Input) async throws -> S.Output {
        let key = try key(stage, input)
        if let known = try recorded(S.Output.self, stage.name, key) { return known }
        let output = try await stage.run(input)
        try record(output, stage.name, key)
        return output
    }

    /// What a finished stage of a run gave; nil where it never finished.
    package func output<Output: Decodable>(_ type: Output.Type, of stage: StageName) throws -> Output? {
        let text = try store.file.read { database in
            try String.fetchOne(
                database, sql: "SELECT output FROM checkpoint WHERE run = ? AND stage = ?",
                arguments: [run, stage.rawValue])
        }
        return try text.map { try JSONText.decode(type, from: $0) }
    }

    private func key<S: Stage>(_ stage: S, _ input: S.Input) throws -> String {
        Digest(parts: [
            stage.name.rawValue, String(stage.version), stage.settings.description, try JSONText.encode(input),
        ]).description
    }

    private func recorded<Output: Decodable>(_ type: Output.Type, _ stage: StageName, _ key: String) throws -> Output? {
        let text = try store.file.read { database in
            try String.fetchOne(
                database, sql: "SELECT output FROM checkpoint WHERE run = ? AND stage = ? AND key = ?",
                arguments: [run, stage.rawValue, key])
        }
        return try text.map { try JSONText.decode(type, from: $0) }
    }

    private func record(_ output: some Encodable, _ stage: StageName, _ key: String) throws {
        let text = try JSONText.encode(output)
        try store.file.write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO checkpoint (run, stage, key, output) VALUES (?, ?, ?, ?)",
                arguments: [run, stage.rawValue, key, text])
        }
    }
}
