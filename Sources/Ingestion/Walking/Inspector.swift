import Crypto
package import OrchestratorCore

/// Opens the listed files and tells what each is: its digest, language, size, and whether there is something in it to
/// examine. Keeps no text.
package struct Inspector: Sendable {
    /// Limits and choices, all of which the report states.
    package struct Policy: Sendable, Hashable, Codable {
        /// Bytes above which a file is not read.
        package var largestFile: Int
        /// Examine these although they would be skipped.
        package var includeGenerated: Bool
        package var includeVendored: Bool
        package var includeMinified: Bool
        /// Patterns in the manner of .gitignore, from the user's configuration.
        package var exclude: [String]
        /// The same from the target's own configuration: these can leave out more, never bring back anything.
        package var targetExclude: [String]

        package init(
            largestFile: Int = 32 * 1024 * 1024, includeGenerated: Bool = false, includeVendored: Bool = false,
            includeMinified: Bool = false, exclude: [String] = [], targetExclude: [String] = []
        ) {
            self.largestFile = largestFile
            self.includeGenerated = includeGenerated
            self.includeVendored = includeVendored
            self.includeMinified = includeMinified
            self.exclude = exclude
            self.targetExclude = targetExclude
        }
    }

    private let root: RootFolder
    private let policy: Policy
    private let configured: IgnoreStack?
    private let vendored: VendoredFolders
    /// Path -> blob of the revision to compare with; nil for a full scan.
    private let since: SinceRevision?

    package init(root: RootFolder, policy: Policy, listing: Listing, since: SinceRevision? = nil) {
        self.root = root
        self.policy = policy
        self.since = since
        vendored = VendoredFolders(listing.entries.map(\.path))
        // The user's list lies on top, so the target's cannot overrule it.
        configured = (nil as IgnoreStack?)
            .adding(Self.list(policy.targetExclude, source: "the target's secorch.yaml 'exclude'"))
            .adding(Self.list(policy.exclude, source: "configuration 'exclude'"))
    }

    /// For files that are not in the tree; nothing is read.
    package init(root: RootFolder, policy: Policy, paths: [RepositoryPath]) {
        let listing = Listing(
            repository: Repository(root: "", name: "", revision: nil),
            entries: paths.map { Listing.Entry(path: $0, kind: .file, coverage: nil) }, ignored: [], unlisted: [],
            notices: [])
        self.init(root: root, policy: policy, listing: listing)
    }

    /// Why a path would not be examined whatever it holds; nil where it would.
    package func exclusion(ofPath path: RepositoryPath) -> Coverage? {
        if let coverage = exclusion(of: path) { return coverage }
        guard !policy.includeVendored, let folder = vendored.folder(of: path) else { return nil }
        return Coverage(.vendored, folder)
    }

    /// What a file is that holds some bytes, and whether there is something in it to examine.
    package func identify(
        _ path: RepositoryPath, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> (language: Language, coverage: Coverage) {
        let language = LanguageID.identify(path, bytes)
        return (language, coverage(path, bytes, language))
    }

    private static func list(_ patterns: [String], source: String) -> IgnoreList? {
        IgnoreList(Array(patterns.joined(separator: "\n").utf8), source: source, base: [], ignoreCase: false)
    }

    /// Files one task takes at a time.
    private static let batch = 64

    /// Calls `progress` with the number of files done as batches end.
    /// - Returns: the files in the order of the entries.
    /// - Throws: `CancellationError`.
    package func inspect(
        _ entries: [Listing.Entry], jobs: Int, progress: @Sendable (Int) -> Void = { _ in }
    ) async throws -> [SourceFile] {
        let batches = stride(from: 0, to: entries.count, by: Self.batch).map {
            $0..<min($0 + Self.batch, entries.count)
        }
        var results = [[SourceFile]](repeating: [], count: batches.count)
        var done = 0
        try await withThrowingTaskGroup(of: (Int, [SourceFile]).self) { group in
            var next = 0
            func addNext() {
                guard next < batches.count else { return }
                let number = next
                next += 1
                group.addTask {
                    try Task.checkCancellation()
                    var buffer: [UInt8] = []
                    return (number, entries[batches[number]].map { file($0, &buffer) })
                }
            }
            for _ in 0..<(2 * max(1, jobs)) { addNext() }
            while let (number, files) = try await group.next() {
                results[number] = files
                done += files.count
                progress(done)
                addNext()
            }
        }
        return results.flatMap { $0 }
    }

    private func file(_ entry: Listing.Entry, _ buffer: inout [UInt8]) -> SourceFile {
        if let coverage = entry.coverage ?? exclusion(of: entry.path) { return unread(entry.path, coverage) }
        switch entry.kind {
        case .link: return unread(entry.path, root.coverage(ofLink: entry.path))
        case .other: return unread(entry.path, Coverage(.specialFile))
        case .file: break
        }
        do {
            try root.read(entry.path, into: &buffer, limit: policy.largestFile)
        } catch .tooLarge(let size) {
            let limit = Coverage(.tooLarge, "\(size) bytes exceed the limit of \(policy.largestFile)")
            return SourceFile(
                path: entry.path, byteCount: size, digest: nil, language: LanguageID.byName(entry.path) ?? .unknown,
                lineCount: 0, coverage: limit)
        } catch {
            return unread(entry.path, Self.coverage(of: error))
        }
        return buffer.withUnsafeBufferPointer { content(entry.path, $0) }
    }

    private static func coverage(of failure: FileReadFailure) -> Coverage {
        switch failure {
        case .unreadable(let reason): Coverage(.unreadable, reason)
        case .notAFile: Coverage(.changedDuringScan, "no longer a regular file")
        case .tooLarge(let size): Coverage(.tooLarge, "\(size) bytes")
        }
    }

    private func exclusion(of path: RepositoryPath) -> Coverage? {
        guard let configured else { return nil }
        var end = path.bytes.startIndex
        while let slash = path.bytes[end...].firstIndex(of: UInt8(ascii: "/")) {
            if let verdict = configured.verdict(Array(path.bytes[..<slash]), isFolder: true), verdict.isIgnored {
                return Coverage(.ignoreRule, verdict.place)
            }
            end = slash + 1
        }
        guard let verdict = configured.verdict(path.bytes, isFolder: false), verdict.isIgnored else { return nil }
        return Coverage(.ignoreRule, verdict.place)
    }

    private func unread(_ path: RepositoryPath, _ coverage: Coverage) -> SourceFile {
        SourceFile(
            path: path, byteCount: 0, digest: nil, language: LanguageID.byName(path) ?? .unknown, lineCount: 0,
            coverage: coverage)
    }

    private func content(_ path: RepositoryPath, _ bytes: UnsafeBufferPointer<UInt8>) -> SourceFile {
        let language = LanguageID.identify(path, bytes)
        return SourceFile(
            path: path, byteCount: bytes.count, digest: Digest(of: UnsafeRawBufferPointer(bytes)), language: language,
            lineCount: Self.lineCount(bytes), coverage: coverage(path, bytes, language))
    }

    private func coverage(
        _ path: RepositoryPath, _ bytes: UnsafeBufferPointer<UInt8>, _ language: Language
    ) -> Coverage {
        if bytes.isEmpty { return Coverage(.empty) }
        if let since, since.isUnchanged(path, bytes) { return Coverage(.unchangedSince, since.revision) }
        if ContentKind.isBinary(bytes) { return Coverage(.binary, ContentKind.binaryName(bytes)) }
        if !policy.includeVendored, let folder = vendored.folder(of: path) { return Coverage(.vendored, folder) }
        if !policy.includeMinified, ContentKind.isMinified(path, bytes, language) { return Coverage(.minified) }
        if !policy.includeGenerated, let sign = ContentKind.generatedSign(path, bytes) {
            return Coverage(.generated, sign)
        }
        return Coverage(.complete, path.utf8 == nil ? "the name is not UTF-8; shown in git's quoting" : "")
    }

    private static func lineCount(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let count = ByteSearch.count(UInt8(ascii: "\n"), in: bytes)
        return bytes.isEmpty || bytes.last == UInt8(ascii: "\n") ? count : count + 1
    }
}

/// The blobs of a revision, to tell what changed since: by our own digests of the work tree, without git reading it.
package struct SinceRevision: Sendable {
    let revision: String
    private let blobs: [RepositoryPath: String]

    /// Throws `unknownRevision`, also outside git.
    package init(_ revision: String, root: RootFolder) async throws(IngestionError) {
        guard let workTree = await GitWorkTree(root) else {
            throw IngestionError(
                .unknownRevision, "\(root.path) is not a git work tree; '\(revision)' cannot be compared")
        }
        self.revision = revision
        blobs = try await workTree.blobs(at: revision)
    }

    /// The object that the revision holds at a path, as git names it; nil for none.
    package func object(at path: RepositoryPath) -> String? { blobs[path] }

    /// True where the revision held the same bytes at the same path.
    package func isUnchanged(_ path: RepositoryPath, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let blob = blobs[path] else { return false }
        let header = Array("blob \(bytes.count)\0".utf8)
        let digest: [UInt8]
        if blob.utf8.count == 64 {
            var hasher = SHA256()
            hasher.update(data: header)
            hasher.update(bufferPointer: UnsafeRawBufferPointer(bytes))
            digest = Array(hasher.finalize())
        } else {
            var hasher = Insecure.SHA1()
            hasher.update(data: header)
            hasher.update(bufferPointer: UnsafeRawBufferPointer(bytes))
            digest = Array(hasher.finalize())
        }
        return digest.elementsEqual(Self.bytes(ofHex: blob))
    }

    private static func bytes(ofHex text: String) -> [UInt8] {
        let digits = Array(text.utf8).map { $0 < 58 ? $0 - 48 : ($0 | 0x20) &- 87 }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
