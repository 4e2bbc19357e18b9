import Foundation
package import Ingestion
package import OrchestratorCore
package import Settings

/// A walked target: every path with what is known about it before anything is examined.
package struct Target: Sendable {
    package let root: RootFolder
    package let repository: Repository
    /// Ascending by path; paths that git does not list are among them.
    package let files: [RunFile]
    /// Over the paths, digests and coverage of all files: equal targets have equal digests.
    package let digest: Digest
    package let notices: [String]

    /// Lists the target and opens every file once.
    /// - Throws: `IngestionError`; `CancellationError`.
    package init(
        _ root: RootFolder, policy: Inspector.Policy, since: String?, ownFolders: [String], jobs: Int,
        progress: any ProgressListener
    ) async throws {
        progress.began(.walk, total: nil)
        let listing = try await Walker(root: root, ownFolders: ownFolders).list(jobs: jobs)
        let revision: SinceRevision?
        if let since { revision = try await SinceRevision(since, root: root) } else { revision = nil }
        progress.began(.walk, total: listing.entries.count)
        let inspector = Inspector(root: root, policy: policy, listing: listing, since: revision)
        let listed = try await inspector.inspect(listing.entries, jobs: jobs) { done in
            progress.advanced(.walk, done: done)
        }
        progress.ended(.walk)
        self.root = root
        repository = listing.repository
        files = Self.merged(listed, listing.ignored + listing.unlisted)
        digest = Self.digest(files)
        notices = listing.notices
    }

    private static func merged(
        _ listed: [SourceFile], _ others: [(path: RepositoryPath, coverage: Coverage)]
    ) -> [RunFile] {
        let unlisted = others.map { path, coverage in
            RunFile(
                file: SourceFile(
                    path: path, byteCount: 0, digest: nil, language: .unknown, lineCount: 0, coverage: coverage),
                isListed: false)
        }
        return (listed.map { RunFile(file: $0, isListed: true) } + unlisted).sorted { $0.file.path < $1.file.path }
    }

    private static func digest(_ files: [RunFile]) -> Digest {
        var builder = Digest.Builder()
        builder.append("target")
        for entry in files {
            builder.append(entry.file.path.bytes)
            builder.append(entry.file.digest?.description ?? "")
            builder.append(entry.file.coverage.explanation)
        }
        return builder.finish()
    }
}

extension Inspector.Policy {
    /// The policy that a configuration asks for.
    package init(_ configuration: ScanConfiguration) {
        self.init(
            includeGenerated: configuration.include.contains(.generated),
            includeVendored: configuration.include.contains(.vendored),
            includeMinified: configuration.include.contains(.minified), exclude: configuration.exclude,
            targetExclude: configuration.targetExclude)
        if let limit = configuration.largestFile { largestFile = limit }
    }
}

extension ScanConfiguration {
    /// This configuration with what the target's own file may take away.
    func narrowed(by root: RootFolder) -> ScanConfiguration {
        var bytes: [UInt8] = []
        let file = RepositoryPath(ConfigurationLoader.fileName)
        guard (try? root.read(file, into: &bytes, limit: 1024 * 1024)) != nil else { return self }
        var narrowed = self
        ConfigurationLoader(reader: YAMLReader()).narrow(&narrowed, byTarget: String(decoding: bytes, as: UTF8.self))
        return narrowed
    }
}
