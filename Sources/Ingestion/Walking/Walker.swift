import OrchestratorCore

/// Finds every path of a target: what git would list, and what became of the rest.
package struct Walker: Sendable {
    private let root: RootFolder
    private let ownFolders: [RepositoryPath]

    /// - Parameter ownFolders: where reports and state go, absolute; if they lie inside the root, their files are excluded.
    package init(root: RootFolder, ownFolders: [String] = []) {
        self.root = root
        let base = root.path == "/" ? "/" : root.path + "/"
        self.ownFolders = ownFolders.compactMap { folder in
            folder.hasPrefix(base) ? RepositoryPath(String(folder.dropFirst(base.count))) : nil
        }
    }

    /// - Throws: `IngestionError.gitFailed` where git's index cannot be read; `CancellationError`.
    package func list(jobs: Int) async throws -> Listing {
        let workTree = await GitWorkTree(root)
        async let tracked = workTree?.trackedPaths() ?? .none
        async let revision = workTree?.revision()
        let walk = FolderWalk(root: root, workTree: workTree, ownFolders: ownFolders)
        let content = try await walk.run(jobs: jobs)
        let name = root.path.split(separator: "/").last.map(String.init) ?? "/"
        let entries = merge(content.entries, try await tracked, walk)
        return Listing(
            repository: Repository(root: RepositoryPath(root.path).text, name: name, revision: await revision),
            entries: entries,
            ignored: content.ignored.sorted { $0.path < $1.path },
            unlisted: content.unlisted.sorted { $0.path < $1.path },
            notices: workTree == nil ? [Self.notGit] : entries.isEmpty ? [Self.nothingListed] : [])
    }

    private static let nothingListed =
        "Nothing is in scope: git lists no file in this folder; it is empty, or the work tree around it ignores it."

    private static let notGit =
        "Not a git work tree: .gitignore files were not applied, and the report names no commit."

    /// The walked paths and the tracked ones, each once.
    private func merge(_ walked: [Listing.Entry], _ tracked: TrackedPaths, _ walk: FolderWalk) -> [Listing.Entry] {
        let sorted = walked.sorted { $0.path < $1.path }.filter { !isInside($0.path, tracked.submodules) }
        var merged: [Listing.Entry] = []
        merged.reserveCapacity(sorted.count + 64)
        var next = sorted[...]
        for path in tracked.paths {
            while let first = next.first, first.path < path { merged.append(next.removeFirst()) }
            if next.first?.path == path {
                merged.append(next.removeFirst())
            } else {
                merged.append(entry(tracked: path, tracked, walk))
            }
        }
        return merged + next
    }

    /// A tracked path that the walk did not meet: ignored but in scope all the same, a submodule, or gone.
    private func entry(tracked path: RepositoryPath, _ tracked: TrackedPaths, _ walk: FolderWalk) -> Listing.Entry {
        if tracked.submodules.contains(path) {
            return Listing.Entry(path: path, kind: .other, coverage: Coverage(.submodule))
        }
        switch root.kind(of: path) {
        case .file: return Listing.Entry(path: path, kind: .file, coverage: walk.exclusion(ofTracked: path))
        case .link: return Listing.Entry(path: path, kind: .link, coverage: walk.exclusion(ofTracked: path))
        case .special: return Listing.Entry(path: path, kind: .other, coverage: Coverage(.specialFile))
        case .folder, nil: return Listing.Entry(path: path, kind: .other, coverage: Coverage(.absent))
        }
    }

    /// True for what lies in a submodule, and for the submodule itself as a nested repository.
    private func isInside(_ path: RepositoryPath, _ submodules: Set<RepositoryPath>) -> Bool {
        guard !submodules.isEmpty else { return false }
        var end = path.bytes.endIndex
        while let slash = path.bytes[..<end].lastIndex(of: UInt8(ascii: "/")) {
            if submodules.contains(RepositoryPath(bytes: Array(path.bytes[..<slash]))) { return true }
            end = slash
        }
        return false
    }
}
