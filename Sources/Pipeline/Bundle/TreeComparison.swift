import Foundation
import Ingestion
package import OrchestratorCore

/// What became of the files that a bundle's run saw, in a tree of today.
package struct TreeComparison: Sendable {
    /// Files with the content that the run saw.
    package private(set) var same = 0
    /// Paths that the run saw without content: links, or files it could not read.
    package private(set) var uncompared = 0
    package private(set) var changed: [RepositoryPath] = []
    /// What is gone, or cannot be read.
    package private(set) var missing: [RepositoryPath] = []
    /// What a scan would see now and the run did not.
    package private(set) var added: [RepositoryPath] = []

    package var isSame: Bool { changed.isEmpty && missing.isEmpty && added.isEmpty }

    /// Compares an intact bundle with a folder.
    /// - Throws: `badBundle` where the bundle holds no list of files, `IngestionError`, `CancellationError`.
    package init(bundle path: String, folder: String) async throws {
        let root = try RootFolder(folder)
        let listing = try await Walker(root: root).list(jobs: 1)
        var seen: Set<RepositoryPath> = []
        var bytes: [UInt8] = []
        for line in try Self.lines(path) {
            try Task.checkCancellation()
            guard let entry = try? JSONParser.parse(Array(line)), let text = entry["path"]?.text,
                let path = RepositoryPath(text: text)
            else { throw PipelineError(.badBundle, "\(Bundler.filesName): a line without a path") }
            guard entry["listed"]?.bool == true else { continue }
            seen.insert(path)
            guard let digest = entry["digest"]?.text.flatMap({ Digest($0) }), let count = entry["bytes"]?.int else {
                uncompared += 1
                continue
            }
            do throws(FileReadFailure) {
                try root.read(path, into: &bytes, limit: count)
                if Digest(of: bytes) == digest { same += 1 } else { changed.append(path) }
            } catch {
                if case .unreadable = error { missing.append(path) } else { changed.append(path) }
            }
        }
        added = listing.entries.map(\.path).filter { !seen.contains($0) }
    }

    /// The lines of the list of files, read from the archive.
    private static func lines(_ path: String) throws -> [ArraySlice<UInt8>] {
        let archive = try BundleReader(path)
        do {
            while true {
                let header = try archive.header()
                if header.name == Bundler.filesName {
                    return try archive.content(header).split(separator: UInt8(ascii: "\n"))
                }
                try archive.forEachPiece(header.byteCount) { _ in }
                try archive.padding(header)
            }
        } catch let problem as BundleReader.Problem {
            throw PipelineError(.badBundle, "no \(Bundler.filesName) in \(path): \(problem.text)")
        }
    }
}
