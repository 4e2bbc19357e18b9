package import Store

/// The recorded runs of every repository in a state folder.
package struct RunLibrary: Sendable {
    private let state: StateFolder

    /// Throws `StoreError` where the state folder cannot be used.
    package init(state path: String) throws {
        state = try StateFolder(path)
    }

    package var ledger: Ledger { get throws { try Ledger(state: state) } }

    package var catalog: CatalogStore { get throws { try CatalogStore(state: state) } }

    /// Every run with the store it lies in, newest first; of those that began in the same second, the later recorded.
    package func runs() throws -> [(run: RunRecord, store: RunStore)] {
        var all: [(run: RunRecord, store: RunStore)] = []
        for folder in state.repositories {
            let store = try RunStore(reading: folder)
            all += try store.runs().map { ($0, store) }
        }
        return all.sorted {
            ($1.run.startedAt, $1.run.number, $1.run.id) < ($0.run.startedAt, $0.run.number, $0.run.id)
        }
    }

    /// Throws `unknownRun` where every run has ended.
    package func newestUnfinished() throws -> RunRecord {
        guard let run = try runs().first(where: { $0.run.state == .running }) else {
            throw PipelineError(.unknownRun, "no unfinished run in \(state.path)")
        }
        return run.run
    }

    /// The run whose id is a text, or alone begins with it; `latest` is the newest finished one.
    /// Throws `unknownRun`.
    package func run(_ text: String) throws -> (run: RunRecord, store: RunStore) {
        let all = try runs()
        if text == "latest" {
            guard let newest = all.first(where: { $0.run.state == .finished }) else {
                throw PipelineError(.unknownRun, "no finished run in \(state.path)")
            }
            return newest
        }
        if let exact = all.first(where: { $0.run.id == text }) { return exact }
        let matches = all.filter { $0.run.id.hasPrefix(text) && !text.isEmpty }
        guard let only = matches.first, matches.count == 1 else {
            let problem = matches.isEmpty ? "no run" : "\(matches.count) runs"
            throw PipelineError(
                .unknownRun, "\(problem) with an id that begins with '\(text)'; see 'secorch runs list'")
        }
        return only
    }
}
