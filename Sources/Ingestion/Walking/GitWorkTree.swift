import OrchestratorCore

/// What git knows about the scanned folder.
struct GitWorkTree: Sendable {
    private let git: GitCommand
    /// The top of the work tree, absolute.
    let top: String
    /// The scanned folder relative to `top`: empty, or a path ending in `/`.
    let prefix: [UInt8]
    private let excludeFile: String
    let ignoreCase: Bool
    private let globalExcludes: String?

    /// Nil where git is missing or the folder lies in no work tree.
    init?(_ root: RootFolder) async {
        let git = GitCommand(folder: root.path)
        let answers = await git.lines(
            "rev-parse", ["--is-inside-work-tree", "--show-toplevel", "--show-prefix", "--git-path", "info/exclude"])
        guard let answers, answers.count == 4, answers[0] == "true" else { return nil }
        self.git = git
        top = answers[1]
        prefix = Array(answers[2].utf8)
        excludeFile = answers[3].hasPrefix("/") ? answers[3] : root.path + "/" + answers[3]
        async let fold = git.lines("config", ["--type=bool", "--get", "core.ignoreCase"])
        async let excludes = git.lines("config", ["--type=path", "--get", "core.excludesFile"])
        ignoreCase = await fold == ["true"]
        globalExcludes = await excludes?.first
    }

    /// The ignore lists that hold everywhere: `info/exclude` over `core.excludesFile`.
    func globalIgnoreRules() -> IgnoreStack? {
        var stack: IgnoreStack?
        if let file = globalExcludes ?? UserFolders.gitIgnore {
            stack = stack.adding(
                IgnoreList(UserFolders.content(of: file), source: "core.excludesFile", base: [], ignoreCase: ignoreCase)
            )
        }
        return stack.adding(
            IgnoreList(
                UserFolders.content(of: excludeFile), source: ".git/info/exclude", base: [], ignoreCase: ignoreCase))
    }

    /// The commit the work tree stands on.
    func revision() async -> Revision {
        async let commit = git.lines("rev-parse", ["--verify", "-q", "HEAD"])
        async let branch = git.lines("rev-parse", ["--verify", "-q", "--abbrev-ref", "HEAD"])
        async let remote = git.lines("config", ["--get", "remote.origin.url"])
        let name = await branch?.first
        return Revision(
            commit: await commit?.first, branch: name == "HEAD" ? nil : name,
            remote: await remote?.first.flatMap(Self.publicForm))
    }

    /// `https://user:token@host/x` becomes `https://host/x`; a folder of this machine is nobody's business.
    private static func publicForm(_ url: String) -> String? {
        guard !["/", "file:", ".", "~"].contains(where: url.hasPrefix) else { return nil }
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        guard let at = authority.lastIndex(of: "@") else { return url }
        return String(url[..<scheme.upperBound]) + rest[rest.index(after: at)...]
    }

    /// The index: every tracked path under the scanned folder, relative to it, ascending and without repetition.
    /// Throws `gitFailed`.
    func trackedPaths() async throws(IngestionError) -> TrackedPaths {
        guard let output = await git.run("ls-files", ["-z", "--cached", "--stage"]) else {
            throw IngestionError(.gitFailed, "git ls-files failed in \(git.folder): the index cannot be read")
        }
        return TrackedPaths(stageListing: output)
    }

    /// The blobs of a revision under the scanned folder, by path.
    /// Throws `unknownRevision`.
    func blobs(at revision: String) async throws(IngestionError) -> [RepositoryPath: String] {
        // A revision is an argument from the user, never an option of git's.
        guard !revision.hasPrefix("-"),
            let commit = await git.lines("rev-parse", ["--verify", "-q", "--end-of-options", "\(revision)^{commit}"])?
                .first,
            let output = await git.run("ls-tree", ["-r", "-z", commit])
        else { throw IngestionError(.unknownRevision, "git knows no revision '\(revision)' in \(git.folder)") }
        var blobs: [RepositoryPath: String] = [:]
        for entry in output.split(separator: 0) {
            guard let tab = entry.firstIndex(of: UInt8(ascii: "\t")) else { continue }
            let fields = entry[..<tab].split(separator: UInt8(ascii: " "))
            guard fields.count == 3 else { continue }
            blobs[RepositoryPath(bytes: Array(entry[(tab + 1)...]))] = String(decoding: fields[2], as: UTF8.self)
        }
        return blobs
    }
}

/// The paths of git's index.
struct TrackedPaths: Sendable {
    /// Ascending, each once.
    let paths: [RepositoryPath]
    /// Those of them that are submodules.
    let submodules: Set<RepositoryPath>

    static let none = TrackedPaths(stageListing: [])

    /// Reads `git ls-files -z --stage`: `MODE OBJECT STAGE<TAB>PATH<NUL>`, sorted by path.
    init(stageListing output: [UInt8]) {
        var paths: [RepositoryPath] = []
        var submodules: Set<RepositoryPath> = []
        let submoduleMode = Array("160000".utf8)
        for entry in output.split(separator: 0) {
            guard let tab = entry.firstIndex(of: UInt8(ascii: "\t")) else { continue }
            let path = RepositoryPath(bytes: Array(entry[(tab + 1)...]))
            // An unmerged path stands there once per stage.
            if paths.last != path { paths.append(path) }
            if entry.starts(with: submoduleMode) { submodules.insert(path) }
        }
        self.paths = paths
        self.submodules = submodules
    }
}
