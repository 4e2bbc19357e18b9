import Detection
import Ingestion
import OrchestratorCore
import Rules
import Settings

/// Runs the analyzer over the files of labelled cases.
struct SuiteScan: Sendable {
    /// What was found in the files of a case that has to do with what the case is about.
    struct Result: Sendable {
        let entry: LabelledSuite.Case
        /// The languages of its program files; pages and data that belong to a case are no cases of their own.
        private(set) var languages: Set<Language>
        /// Rule -> the highest confidence it had there, in percent.
        private(set) var confidences: [String: Int]

        mutating func merge(_ other: Result) {
            languages.formUnion(other.languages)
            confidences.merge(other.confidences, uniquingKeysWith: max)
        }
    }

    let library: DetectionLibrary
    let suite: LabelledSuite
    let weaknesses: WeaknessCatalogue

    /// By case. Throws `IngestionError`; `badTarget` where no file belongs to a case; `CancellationError`.
    func run(_ folder: String, jobs: Int, progress: any ProgressListener) async throws -> [Result] {
        let target = try await Target(
            try RootFolder(folder), policy: Inspector.Policy(ScanConfiguration()), since: nil, ownFolders: [],
            jobs: jobs,
            progress: progress)
        let work = target.files.map(\.file).filter { $0.digest != nil && suite.entry(for: $0.path) != nil }
        guard !work.isEmpty else {
            throw PipelineError(.badTarget, "no file in \(folder) is named after a case of the list")
        }
        let index = SourceIndex(target, settings: library.book.settings)
        let share = (work.count + jobs - 1) / jobs
        return try await withThrowingTaskGroup(of: [Result].self) { group in
            for start in stride(from: 0, to: work.count, by: share) {
                group.addTask { try examine(work[start..<min(start + share, work.count)], target.root, index) }
            }
            var cases: [String: Result] = [:]
            for try await results in group {
                for result in results { cases[result.entry.name, default: result].merge(result) }
            }
            return cases.values.sorted { $0.entry.name < $1.entry.name }
        }
    }

    private func examine(_ files: ArraySlice<SourceFile>, _ root: RootFolder, _ index: SourceIndex) throws -> [Result] {
        let analyzer = library.analyzer(RecordingLookup(index))
        var buffer: [UInt8] = []
        return try files.compactMap { file in
            try Task.checkCancellation()
            guard let entry = suite.entry(for: file.path),
                (try? root.read(file.path, into: &buffer, limit: Analyzer.parseLimit)) != nil
            else { return nil }
            let findings = buffer.withUnsafeBufferPointer {
                analyzer.analyse($0, path: file.path, language: file.language).findings
            }
            let related = findings.filter { weaknesses.isRelated($0.weakness, entry.weakness) }
            return Result(
                entry: entry, languages: file.language.kind == .program ? [file.language] : [],
                confidences: Dictionary(related.map { ($0.rule, $0.confidence) }, uniquingKeysWith: max))
        }
    }
}

extension WeaknessCatalogue {
    /// True for equal weaknesses and for one above the other in the list: what a case calls by a wider name.
    func isRelated(_ one: Int, _ two: Int) -> Bool { isAbove(one, two) || isAbove(two, one) }

    private func isAbove(_ ancestor: Int, _ weakness: Int) -> Bool {
        var current: Int? = weakness
        while let id = current {
            if id == ancestor { return true }
            current = self[id]?.parent
        }
        return false
    }
}
