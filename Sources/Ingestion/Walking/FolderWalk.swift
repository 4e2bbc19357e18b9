import Glibc
import OrchestratorCore

/// Walks folders, many at once, under git's ignore rules and `.secorchignore`.
struct FolderWalk: Sendable {
    let root: RootFolder
    /// Nil outside git: then `.gitignore` files say nothing, for nobody knows what was tracked.
    let workTree: GitWorkTree?
    /// Folders of our own inside the root, relative to it: where reports and state go.
    let ownFolders: [RepositoryPath]
    private let ignoreCase: Bool

    init(root: RootFolder, workTree: GitWorkTree?, ownFolders: [RepositoryPath]) {
        self.root = root
        self.workTree = workTree
        self.ownFolders = ownFolders
        ignoreCase = workTree?.ignoreCase ?? false
    }

    /// A folder to read, with the rules in force in it.
    struct Folder: Sendable {
        let path: RepositoryPath
        let gitRules: IgnoreStack?
        let ownRules: IgnoreStack?
    }

    /// What one folder held.
    struct Content: Sendable {
        var entries: [Listing.Entry] = []
        var ignored: [(path: RepositoryPath, coverage: Coverage)] = []
        var unlisted: [(path: RepositoryPath, coverage: Coverage)] = []
        var folders: [Folder] = []
    }

    /// Reads every folder. Cancellation stops between folders.
    func run(jobs: Int) async throws -> Content {
        var all = Content()
        guard let start = startingFolder() else { return all }
        try await withThrowingTaskGroup(of: Content.self) { group in
            group.addTask { read(start) }
            while let content = try await group.next() {
                for folder in content.folders { group.addTask { read(folder) } }
                all.entries += content.entries
                all.ignored += content.ignored
                all.unlisted += content.unlisted
            }
        }
        return all
    }

    /// The root with the rules of the folders above it, or nil where those ignore the whole of it.
    private func startingFolder() -> Folder? {
        guard let workTree else { return Folder(path: RepositoryPath(""), gitRules: nil, ownRules: nil) }
        var rules = workTree.globalIgnoreRules()
        var above: [UInt8] = []
        for component in workTree.prefix.split(separator: UInt8(ascii: "/")) {
            let file = workTree.top + "/" + String(decoding: above, as: UTF8.self) + ".gitignore"
            rules = rules.adding(
                IgnoreList(
                    UserFolders.content(of: file), source: String(decoding: above, as: UTF8.self) + ".gitignore",
                    base: above, ignoreCase: ignoreCase))
            above += component
            if rules?.verdict(above, isFolder: true)?.isIgnored == true { return nil }
            above.append(UInt8(ascii: "/"))
        }
        return Folder(path: RepositoryPath(""), gitRules: rules, ownRules: nil)
    }

    private static let dotGit = Array(".git".utf8)
    private static let gitIgnore = Array(".gitignore".utf8)
    private static let ownIgnore = Array(".secorchignore".utf8)

    private func read(_ folder: Folder) -> Content {
        var content = Content()
        guard let entries = root.entries(of: folder.path) else {
            let path = RepositoryPath(bytes: folder.path.bytes + [UInt8(ascii: "/")])
            content.unlisted.append((path, Coverage(.unreadable, RootFolder.errorText)))
            return content
        }
        if !folder.path.bytes.isEmpty, entries.contains(where: { $0.name == Self.dotGit }), isRepository(folder.path) {
            let path = RepositoryPath(bytes: folder.path.bytes + [UInt8(ascii: "/")])
            content.entries.append(.init(path: path, kind: .other, coverage: Coverage(.nestedRepository)))
            return content
        }
        let gitRules = workTree == nil ? nil : rules(Self.gitIgnore, of: folder, among: entries, over: folder.gitRules)
        let ownRules = rules(Self.ownIgnore, of: folder, among: entries, over: folder.ownRules)
        for entry in entries where entry.name != Self.dotGit {
            place(entry, in: Folder(path: folder.path, gitRules: gitRules, ownRules: ownRules), &content)
        }
        return content
    }

    private func place(_ entry: FolderEntry, in folder: Folder, _ content: inout Content) {
        let path = folder.path.appending(entry.name)
        let isFolder = entry.kind == .folder
        if let rules = folder.gitRules, let verdict = rules.verdict(prefix + path.bytes, isFolder: isFolder),
            verdict.isIgnored
        {
            let shown = isFolder ? RepositoryPath(bytes: path.bytes + [UInt8(ascii: "/")]) : path
            content.ignored.append((shown, Coverage(.ignoreRule, verdict.place)))
            return
        }
        switch entry.kind {
        case .folder:
            content.folders.append(Folder(path: path, gitRules: folder.gitRules, ownRules: folder.ownRules))
        case .file, .link:
            content.entries.append(
                .init(
                    path: path, kind: entry.kind == .link ? .link : .file,
                    coverage: exclusion(of: path, by: folder.ownRules)))
        case .special: content.unlisted.append((path, Coverage(.specialFile)))
        }
    }

    private var prefix: [UInt8] { workTree?.prefix ?? [] }

    /// The rules of an ignore file in a folder, on top of those from above. Links are not followed, as in git.
    private func rules(
        _ name: [UInt8], of folder: Folder, among entries: [FolderEntry], over above: IgnoreStack?
    ) -> IgnoreStack? {
        guard entries.contains(where: { $0.kind == .file && $0.name == name }) else { return above }
        return above.adding(ignoreList(folder.path.appending(name), in: folder.path))
    }

    private func ignoreList(_ file: RepositoryPath, in folder: RepositoryPath) -> IgnoreList? {
        var content: [UInt8] = []
        guard (try? root.read(file, into: &content, limit: 16 * 1024 * 1024)) != nil else { return nil }
        let base = folder.bytes.isEmpty ? [] : folder.bytes + [UInt8(ascii: "/")]
        let isOwn = file.name.elementsEqual(Self.ownIgnore)
        return IgnoreList(content, source: file.text, base: isOwn ? base : prefix + base, ignoreCase: ignoreCase)
    }

    // MARK: What git lists and we leave out

    /// Why a listed path is left out, if somebody wanted that.
    private func exclusion(of path: RepositoryPath, by rules: IgnoreStack?) -> Coverage? {
        if ownFolders.contains(where: { path.bytes.starts(with: $0.bytes + [UInt8(ascii: "/")]) }) {
            return Coverage(.outputFolder)
        }
        guard let rules else { return nil }
        // Unlike git's, these rules also bind tracked files, whose folders were not checked on the way down.
        var end = path.bytes.startIndex
        while let slash = path.bytes[end...].firstIndex(of: UInt8(ascii: "/")) {
            if let verdict = rules.verdict(Array(path.bytes[..<slash]), isFolder: true), verdict.isIgnored {
                return Coverage(.ignoreRule, verdict.place)
            }
            end = slash + 1
        }
        guard let verdict = rules.verdict(path.bytes, isFolder: false), verdict.isIgnored else { return nil }
        return Coverage(.ignoreRule, verdict.place)
    }

    /// The same for a tracked path that the walk did not meet.
    func exclusion(ofTracked path: RepositoryPath) -> Coverage? {
        var rules: IgnoreStack?
        var folders: [RepositoryPath] = []
        var folder = path.parent
        while let current = folder {
            folders.append(current)
            folder = current.parent
        }
        for folder in [RepositoryPath("")] + folders.reversed() {
            rules = rules.adding(ignoreList(folder.appending(Self.ownIgnore), in: folder))
        }
        return exclusion(of: path, by: rules)
    }

    // MARK: Repositories inside

    /// True where `.git` in a folder makes it a repository, by git's own signs.
    private func isRepository(_ folder: RepositoryPath) -> Bool {
        let git = folder.appending(Self.dotGit)
        switch root.kind(of: git) {
        case .folder: return isGitFolder(git)
        case .file:
            // A work tree or submodule: `gitdir: PATH`. What it points to may lie anywhere.
            var content: [UInt8] = []
            guard (try? root.read(git, into: &content, limit: 64 * 1024)) != nil else { return true }
            return pointsToRepository(content, from: folder)
        case .link: return access(root.path + "/" + git.text + "/HEAD", F_OK) == 0
        default: return false
        }
    }

    private func isGitFolder(_ git: RepositoryPath) -> Bool {
        func kind(_ name: String) -> FolderEntry.Kind? { root.kind(of: git.appending(name.utf8)) }
        guard kind("objects") == .folder, kind("refs") == .folder else { return false }
        return kind("HEAD") == .link || hasValidHead(git.appending("HEAD".utf8))
    }

    private func hasValidHead(_ head: RepositoryPath) -> Bool {
        var content: [UInt8] = []
        guard (try? root.read(head, into: &content, limit: 4096)) != nil else { return false }
        let text = String(decoding: content, as: UTF8.self)
        if text.hasPrefix("ref:") { return text.dropFirst(4).drop { $0 == " " || $0 == "\t" }.hasPrefix("refs/") }
        return text.prefix(40).count == 40 && text.prefix(40).allSatisfy(\.isHexDigit)
    }

    private func pointsToRepository(_ content: [UInt8], from folder: RepositoryPath) -> Bool {
        let text = String(decoding: content, as: UTF8.self)
        guard text.hasPrefix("gitdir: ") else { return false }
        let target = text.dropFirst(8).prefix { $0 != "\n" && $0 != "\r" }
        let place = target.hasPrefix("/") ? String(target) : root.path + "/" + folder.text + "/" + target
        return access(place + "/HEAD", F_OK) == 0
    }
}
