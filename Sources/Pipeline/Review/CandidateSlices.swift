import Ingestion
import OrchestratorCore
import Rules
import Store

/// Cuts the files that candidates of the analyzer lead through down to what is needed to judge them. Files that a value
/// goes through one after the other come one after the other, so that they stand in one prompt where they fit.
struct CandidateSlices {
    let review: ReviewParts
    let budget: TokenBudget

    private struct Slice {
        let ordinal: Int
        let source: SourceFile
        var chunk: Chunk
        let text: String
    }

    /// Calls `body` with every slice. Returns the files that are no longer what the walk saw.
    func forEach(
        of files: [(Int, SourceFile)], _ progress: any ProgressListener,
        _ body: (Int, ReviewedFile, Chunk) throws -> Void
    ) throws -> [ReviewBatch.Part] {
        var unreadable: [ReviewBatch.Part] = []
        let (lines, links) = review.hints.candidates
        let slicer = Slicer(budget: budget, counter: review.counter, grammars: review.library.grammars)
        let reader = review.reader()
        var done = 0
        for group in Self.groups(files.filter { lines[$0.1.path] != nil }, links) {
            var slices: [Slice] = []
            for (ordinal, source) in group {
                try Task.checkCancellation()
                done += 1
                progress.advanced(.plan, done: done)
                guard let content = reader.content(of: source) else {
                    unreadable.append(.whole(source, ordinal))
                    continue
                }
                let chunks = content.withUnsafeBufferPointer {
                    slicer.slices(
                        of: $0, path: source.path, language: source.language, around: lines[source.path] ?? [])
                }
                for chunk in chunks {
                    guard let text = reader.redacted(chunk, of: content) else { continue }
                    slices.append(Slice(ordinal: ordinal, source: source, chunk: chunk, text: text))
                }
            }
            for slice in linked(slices) {
                let file = review.file(named: "F1", slice.source, slice.chunk, slice.text)
                if file.hasCode { try body(slice.ordinal, file, slice.chunk) }
            }
        }
        return unreadable
    }

    /// With a digest over what is shown of the others, so that an answer holds only as long as those are the same.
    private func linked(_ slices: [Slice]) -> [Slice] {
        guard slices.count > 1 else { return slices }
        let shown = slices.map { slice in
            Digest(parts: review.file(named: "F1", slice.source, slice.chunk, slice.text).quotable).hex
        }
        return slices.enumerated().map { index, slice in
            var slice = slice
            slice.chunk.slice?.context = Digest(parts: ["context"] + shown[..<index] + shown[(index + 1)...])
            return slice
        }
    }

    /// The files in groups that links join, by the first of each.
    private static func groups(
        _ files: [(Int, SourceFile)], _ links: [[RepositoryPath]]
    ) -> [[(Int, SourceFile)]] {
        var leader: [RepositoryPath: RepositoryPath] = [:]
        func root(_ path: RepositoryPath) -> RepositoryPath {
            var path = path
            while let next = leader[path], next != path { path = next }
            return path
        }
        for link in links {
            let roots = Set(link.map(root)).sorted()
            for other in roots { leader[other] = roots[0] }
        }
        var order: [RepositoryPath] = []
        var groups: [RepositoryPath: [(Int, SourceFile)]] = [:]
        for file in files {
            let first = root(file.1.path)
            if groups[first] == nil { order.append(first) }
            groups[first, default: []].append(file)
        }
        return order.compactMap { groups[$0] }
    }
}
