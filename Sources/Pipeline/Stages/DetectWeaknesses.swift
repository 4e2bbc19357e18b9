import Detection
import Ingestion
package import OrchestratorCore
import Store

/// Examines every file that the walk left to be examined, many at once. Unchanged files cost one look-up; others are read
/// again, and their digest compared, so that what is reported is what was walked.
package struct DetectWeaknesses: Stage {
    let library: DetectionLibrary
    let target: Target
    /// Bytes above which a file is not read.
    let largestFile: Int
    let store: RunStore
    let run: String
    let jobs: Int
    let honoursSuppressions: Bool
    let progress: any ProgressListener

    package let name = StageName.detect
    package let version = 1
    package var settings: Digest { Digest(parts: [library.digest.hex, String(honoursSuppressions)]) }

    /// Files one task takes at a time: enough to make a transaction worth its flush, few enough to share the work evenly.
    private static let batchSize = 96
    /// Files whose results are recorded at a time.
    private static let recordSize = 4096

    package func run(_ input: FileManifest) async throws -> DetectionManifest {
        let work = try pending()
        let index = SourceIndex(target, settings: library.book.settings)
        progress.began(.detect, total: work.count)
        var done = 0
        var unrecorded: [RunStore.FileResult] = []
        try await withThrowingTaskGroup(of: [Outcome].self) { group in
            var batches = stride(from: 0, to: work.count, by: Self.batchSize)
                .map { work[$0..<min($0 + Self.batchSize, work.count)] }[...]
            func addNext() {
                guard let batch = batches.popFirst() else { return }
                group.addTask { try examine(batch, index) }
            }
            for _ in 0..<(jobs + 1) { addNext() }
            while let outcomes = try await group.next() {
                unrecorded += try results(of: outcomes)
                // Every commit waits for the disk; these could be had again from the cache.
                if unrecorded.count >= Self.recordSize { try record(&unrecorded) }
                done += outcomes.count
                progress.advanced(.detect, done: done)
                addNext()
            }
        }
        try record(&unrecorded)
        let findings = try store.orderFindings(run: run, honouringSuppressions: honoursSuppressions)
        progress.ended(.detect)
        return DetectionManifest(
            findings: findings, digest: Digest(parts: [library.digest.hex, try store.coverageDigest(run: run).hex]))
    }

    private struct Work: Sendable {
        let ordinal: Int
        let file: SourceFile
        let key: Digest
    }

    /// What was found out about one file, before it is recorded.
    private struct Outcome: Sendable {
        enum Result: Sendable {
            case known(AnalysisCache.Entry)
            case fresh(FileAnalysis, links: String)
            /// Could not be examined, or need not be.
            case none(Coverage)
        }

        let work: Work
        let result: Result
    }

    private func pending() throws -> [Work] {
        var work: [Work] = []
        try store.forEachFile(run: run) { ordinal, entry in
            let file = entry.file
            guard entry.isListed, let content = file.digest,
                file.coverage.state == .analysed || file.coverage.reason == .unchangedSince
            else { return }
            let key = Digest(parts: [
                "analysis", FindingFingerprint.scheme, library.digest.hex, file.language.rawValue, file.path.text,
                content.hex,
            ])
            work.append(Work(ordinal: ordinal, file: file, key: key))
        }
        return work
    }

    // MARK: One batch

    private func examine(_ batch: ArraySlice<Work>, _ index: SourceIndex) throws -> [Outcome] {
        let known = try AnalysisCache(store).entries(batch.map(\.key))
        let lookup = RecordingLookup(index)
        let analyzer = library.analyzer(lookup)
        let observer = library.observer()
        var buffer: [UInt8] = []
        return try batch.map { work in
            try Task.checkCancellation()
            if let entry = known[work.key], SourceLinks.hold(entry.links, index) {
                return Outcome(work: work, result: .known(entry))
            }
            // Out of this scan's scope, and nothing to carry over.
            if work.file.coverage.reason == .unchangedSince, known[work.key] == nil {
                return Outcome(work: work, result: .none(work.file.coverage))
            }
            let analysis = examine(work.file, analyzer, observer, &buffer)
            let links = SourceLinks(questions: lookup.take(), files: analyzer.linkedPaths).text(index)
            return Outcome(
                work: work, result: analysis.map { .fresh($0, links: links) } ?? .none(Coverage(.changedDuringScan)))
        }
    }

    /// Nil where the file is not what the walk saw.
    private func examine(
        _ file: SourceFile, _ analyzer: Analyzer, _ observer: Observer, _ buffer: inout [UInt8]
    ) -> FileAnalysis? {
        guard (try? target.root.read(file.path, into: &buffer, limit: largestFile)) != nil,
            Digest(of: buffer) == file.digest
        else { return nil }
        let text = TextEncoding.utf8(of: buffer) ?? buffer
        return text.withUnsafeBufferPointer { bytes in
            analyzer.analyse(bytes, path: file.path, language: file.language)
                .with(observer.observations(bytes, path: file.path, language: file.language))
        }
    }

    // MARK: Recording

    /// Keeps what the analyzer said for the first time, and says what became of each file.
    private func results(of outcomes: [Outcome]) throws -> [RunStore.FileResult] {
        let fresh = outcomes.compactMap { outcome -> (Digest, RepositoryPath, FileAnalysis, String)? in
            guard case .fresh(let analysis, let links) = outcome.result else { return nil }
            return (outcome.work.key, outcome.work.file.path, analysis, links)
        }
        var entries = try AnalysisCache(store).record(fresh)[...]
        return outcomes.map { outcome in
            let entry: AnalysisCache.Entry?
            switch outcome.result {
            case .known(let known): entry = known
            case .fresh: entry = entries.popFirst()
            case .none(let coverage):
                return RunStore.FileResult(ordinal: outcome.work.ordinal, coverage: coverage, analysis: nil)
            }
            let coverage = Self.coverage(of: outcome.work.file, entry?.coverage)
            return RunStore.FileResult(ordinal: outcome.work.ordinal, coverage: coverage, analysis: entry?.id)
        }
    }

    private func record(_ results: inout [RunStore.FileResult]) throws {
        try store.recordResults(results, run: run)
        results.removeAll(keepingCapacity: true)
    }

    /// The analyzer's word, unless the walk had something to add to a plain "complete".
    private static func coverage(of file: SourceFile, _ analysis: Coverage?) -> Coverage {
        guard let analysis else { return file.coverage }
        if analysis.state == .analysed, file.coverage.reason == .unchangedSince {
            return Coverage(.carriedOver, "unchanged since \(file.coverage.detail)")
        }
        return analysis == Coverage(.complete) ? file.coverage : analysis
    }
}
