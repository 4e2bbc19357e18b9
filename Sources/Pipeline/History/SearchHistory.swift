import Detection
import Ingestion
package import OrchestratorCore
import Store

/// Looks in the commits behind the tree for secrets that are gone from it. Versions of files that an earlier run searched
/// with the same rules cost a look-up; those that are in the tree were searched there.
package struct SearchHistory: Stage {
    let library: DetectionLibrary
    let target: Target
    let policy: Inspector.Policy
    /// Makes the marks by which a secret is known again.
    let key: StateKey
    let store: RunStore
    let run: String
    let jobs: Int
    let honoursSuppressions: Bool
    let progress: any ProgressListener

    package let name = StageName.history
    package let version = 1
    package var settings: Digest { Digest(parts: [library.digest.hex, String(honoursSuppressions)]) }

    /// Versions of files that are looked at, at most; the newest.
    private static let limit = 1_000_000
    /// Versions one task takes at a time, and bytes of them that it has in memory.
    private static let batchSize = 256
    private static let batchBytes = 16 * 1024 * 1024

    package func run(_ input: DetectionManifest) async throws -> HistorySearch {
        progress.began(.history, total: nil)
        let head = target.repository.revision?.commit
        let history = try await GitHistory(target.root, head: head, limit: Self.limit)
        let book = try library.book.secrets
        let tree = try await TreeSecrets(self, head: head, search: search(book))
        let work = work(history, tree)
        progress.began(.history, total: work.count)
        let outcomes = try await searched(work, history, book)
        let secrets = PastSecrets(zip(work, outcomes).map { ($0.version, $1) }, tree: tree.marks).findings
        try record(secrets)
        progress.ended(.history)
        return summary(history, work, outcomes, secrets)
    }

    /// A version, what keeps it from being searched, and the key its result is kept under.
    private struct Work: Sendable {
        let version: GitHistory.Version
        let obstacle: String?
        let key: Digest
    }

    /// What became of a version.
    enum Outcome: Sendable {
        case searched(SearchedVersion)
        case unsearched(String)
    }

    private func search(_ book: RuleBook) -> SecretSearch {
        SecretSearch(book: book, redactor: library.redactor, key: key)
    }

    private func work(_ history: GitHistory, _ tree: TreeSecrets) -> [Work] {
        let inspector = Inspector(root: target.root, policy: policy, paths: history.versions.map(\.path))
        let flags = "\(policy.includeGenerated) \(policy.includeMinified)"
        return history.versions.map { version in
            let obstacle =
                tree.objects.contains(version.object)
                ? Self.inTree : inspector.exclusion(ofPath: version.path)?.reason.rawValue
            let key = Digest(parts: ["version", library.digest.hex, flags, version.path.text, version.object])
            return Work(version: version, obstacle: obstacle, key: key)
        }
    }

    private static let inTree = "in the tree"

    // MARK: Searching

    /// In the order of the work.
    private func searched(_ work: [Work], _ history: GitHistory, _ book: RuleBook) async throws -> [Outcome] {
        let inspector = Inspector(root: target.root, policy: policy, paths: [])
        var results: [Int: [Outcome]] = [:]
        var done = 0
        try await withThrowingTaskGroup(of: (Int, [Outcome], [(key: Digest, version: SearchedVersion)]).self) { group in
            var starts = stride(from: 0, to: work.count, by: Self.batchSize).makeIterator()
            func addNext() {
                guard let start = starts.next() else { return }
                let batch = work[start..<min(start + Self.batchSize, work.count)]
                group.addTask {
                    let (outcomes, fresh) = try await examine(Array(batch), history, inspector, search(book))
                    return (start, outcomes, fresh)
                }
            }
            for _ in 0..<jobs { addNext() }
            while let (start, outcomes, fresh) = try await group.next() {
                try store.record(fresh)
                results[start] = outcomes
                done += outcomes.count
                progress.advanced(.history, done: done)
                addNext()
            }
        }
        return results.sorted { $0.key < $1.key }.flatMap(\.value)
    }

    private func examine(
        _ batch: [Work], _ history: GitHistory, _ inspector: Inspector, _ search: SecretSearch
    ) async throws -> (outcomes: [Outcome], fresh: [(key: Digest, version: SearchedVersion)]) {
        let known = try store.searchedVersions(batch.filter { $0.obstacle == nil }.map(\.key))
        var outcomes = batch.map { entry -> Outcome? in
            entry.obstacle.map(Outcome.unsearched) ?? known[entry.key].map(Outcome.searched)
        }
        var fresh: [(key: Digest, version: SearchedVersion)] = []
        let open = batch.indices.filter { outcomes[$0] == nil }
        let sizes = open.isEmpty ? [] : try await history.sizes(of: open.map { batch[$0].version.object }[...])
        var waiting: [(index: Int, size: Int)] = []
        func searchWaiting() async throws {
            let objects = waiting.map { batch[$0.index].version.object }
            let bytes = waiting.reduce(0) { $0 + $1.size }
            let contents = objects.isEmpty ? [] : try await history.contents(of: objects, bytes: bytes)
            for (entry, content) in zip(waiting, contents) {
                guard let content else { continue }
                let version = look(at: content, batch[entry.index].version.path, inspector, search)
                outcomes[entry.index] = .searched(version)
                fresh.append((batch[entry.index].key, version))
            }
            waiting.removeAll()
        }
        for (index, size) in zip(open, sizes) {
            guard let size else { continue }
            guard size <= policy.largestFile else {
                outcomes[index] = .unsearched(CoverageReason.tooLarge.rawValue)
                continue
            }
            if waiting.reduce(size, { $0 + $1.size }) > Self.batchBytes { try await searchWaiting() }
            waiting.append((index, size))
        }
        try await searchWaiting()
        return (outcomes.map { $0 ?? .unsearched(HistorySearch.missing) }, fresh)
    }

    private func look(
        at content: ArraySlice<UInt8>, _ path: RepositoryPath, _ inspector: Inspector, _ search: SecretSearch
    ) -> SearchedVersion {
        content.withUnsafeBufferPointer { bytes in
            let (language, coverage) = inspector.identify(path, bytes)
            guard coverage.state == .analysed else { return SearchedVersion(reason: coverage.reason, secrets: []) }
            let text = TextEncoding.utf8(of: Array(bytes))
            guard let text else { return search.secrets(in: bytes, path: path, language: language) }
            return text.withUnsafeBufferPointer { search.secrets(in: $0, path: path, language: language) }
        }
    }

    // MARK: Recording

    private func record(_ secrets: [(finding: Finding, commit: PastCommit)]) throws {
        let cache = AnalysisCache(store)
        let rows = try secrets.map { secret in
            let row = try cache.row(of: [secret.finding], in: secret.finding.location.path, kind: "history")
            return (analysis: row, commit: secret.commit)
        }
        try store.recordPast(rows, run: run)
        _ = try store.orderFindings(run: run, honouringSuppressions: honoursSuppressions)
    }

    private func summary(
        _ history: GitHistory, _ work: [Work], _ outcomes: [Outcome],
        _ secrets: [(finding: Finding, commit: PastCommit)]
    ) -> HistorySearch {
        var summary = HistorySearch(head: target.repository.revision?.commit)
        (summary.commits, summary.versions) = (history.commits, work.count)
        (summary.isShallow, summary.isCut) = (history.isShallow, history.isCut)
        for outcome in outcomes {
            switch outcome {
            case .unsearched(Self.inTree): summary.inTree += 1
            case .unsearched(let reason): summary.unsearched[reason, default: 0] += 1
            case .searched(let version) where [.complete, .empty].contains(version.reason): summary.searched += 1
            case .searched(let version):
                let reason = version.reason == .ruleLimit ? HistorySearch.gaveUp : version.reason.rawValue
                summary.unsearched[reason, default: 0] += 1
            }
        }
        summary.secrets = secrets.count
        summary.digest = Digest(parts: ["past"] + secrets.map { "\($0.finding.id) \($0.commit.id)" })
        return summary
    }
}

/// What is in the tree: the objects of unchanged files, which were searched there, and the marks of its secrets.
private struct TreeSecrets {
    let objects: Set<String>
    let marks: Set<String>

    init(_ stage: SearchHistory, head: String?, search: SecretSearch) async throws {
        let (target, library) = (stage.target, stage.library)
        guard let head else {
            (objects, marks) = ([], [])
            return
        }
        let revision = try await SinceRevision(head, root: target.root)
        let rules = Set(library.book.rules.filter(\.findsSecrets).map(\.description.id))
        var paths: Set<RepositoryPath> = []
        try stage.store.forEachFinding(run: stage.run, honouringSuppressions: false) { finding in
            if finding.past == nil, rules.contains(finding.rule) { paths.insert(finding.location.path) }
        }
        var objects: Set<String> = []
        var marks: Set<String> = []
        var buffer: [UInt8] = []
        for entry in target.files where entry.isListed && entry.file.digest != nil {
            try Task.checkCancellation()
            let file = entry.file
            guard (try? target.root.read(file.path, into: &buffer, limit: stage.policy.largestFile)) != nil,
                Digest(of: buffer) == file.digest
            else { continue }
            let isUnchanged = buffer.withUnsafeBufferPointer { revision.isUnchanged(file.path, $0) }
            if isUnchanged, let object = revision.object(at: file.path) { objects.insert(object) }
            // What a limited scan did not examine may hold secrets nevertheless.
            guard paths.contains(file.path) || file.coverage.reason == .unchangedSince else { continue }
            let text = TextEncoding.utf8(of: buffer) ?? buffer
            marks.formUnion(text.withUnsafeBufferPointer { search.marks(in: $0, language: file.language) })
        }
        self.objects = objects
        self.marks = marks
    }
}
