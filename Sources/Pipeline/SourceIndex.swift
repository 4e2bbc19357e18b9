import Detection
import Ingestion
import OrchestratorCore
import Synchronization

/// The files of a target that data can be followed into, by name.
final class SourceIndex: Sendable {
    private let root: RootFolder
    private let byName: [String: [SourceFile]]
    private let digests: [RepositoryPath: Digest]
    /// The C and C++ files that define a name; found when somebody first asks.
    private let definers = Mutex<[String: [RepositoryPath]]?>(nil)
    /// What `*Part` stood for: many files ask the same.
    private let holders = Mutex<[String: [SourceFile]]>([:])
    private let settings: [String: ProjectSetting]
    /// The files that make a setting, by its name; found when somebody first asks.
    private let makers = Mutex<[String: [RepositoryPath]]>([:])
    private static let largestFile = 1024 * 1024

    /// - Parameter settings: what files may be asked for that say something for a project, by name.
    init(_ target: Target, settings: [String: ProjectSetting]) {
        root = target.root
        self.settings = settings
        var byName: [String: [SourceFile]] = [:]
        var digests: [RepositoryPath: Digest] = [:]
        let extra: Set<CoverageReason> = [.complete, .unchangedSince, .generated]
        for entry in target.files where entry.isListed && extra.contains(entry.file.coverage.reason) {
            guard let digest = entry.file.digest else { continue }
            digests[entry.file.path] = digest
            for name in Self.names(entry.file.path) { byName[name, default: []].append(entry.file) }
        }
        self.byName = byName
        self.digests = digests
    }

    /// The name without its extension; a Python package also goes by its folder's name, a Go file by its package's
    /// folder with a slash.
    private static func names(_ path: RepositoryPath) -> [String] {
        let name = String(decoding: path.name.prefix { $0 != UInt8(ascii: ".") }, as: UTF8.self)
        if path.text.hasSuffix(".go") {
            let folder = path.parent.map { String(decoding: $0.name, as: UTF8.self) } ?? ""
            return [name, folder + "/"]
        }
        guard name == "__init__", let folder = path.parent else { return [name] }
        return [name, String(decoding: folder.name, as: UTF8.self)]
    }

    /// Ascending by path; `*Part` stands for every name that holds the part.
    func paths(named name: String, _ language: Language) -> [RepositoryPath] {
        if language == .cDefinitions { return definers(of: name) }
        if language == .projectSettings { return makers(of: name) }
        if name.hasPrefix("*") { return paths(holding: String(name.dropFirst()), language) }
        return (byName[name] ?? []).filter { $0.language == language }.map(\.path)
    }

    private func paths(holding part: String, _ language: Language) -> [RepositoryPath] {
        let files = holders.withLock { known in
            if let files = known[part] { return files }
            let files = byName.filter { $0.key.contains(part) }.flatMap(\.value).sorted { $0.path.text < $1.path.text }
            known[part] = files
            return files
        }
        return files.filter { $0.language == language }.map(\.path)
    }

    private func definers(of name: String) -> [RepositoryPath] {
        definers.withLock { table in
            if let table { return table[name] ?? [] }
            var fresh: [String: [RepositoryPath]] = [:]
            let files = byName.values.joined().filter { ["c", "cpp"].contains($0.language.rawValue) }.map(\.path)
            for path in files.sorted(by: { $0.text < $1.text }) {
                guard let bytes = content(of: path) else { continue }
                for name in Set(CDefinitions(bytes).names) { fresh[name, default: []].append(path) }
            }
            table = fresh
            return fresh[name] ?? []
        }
    }

    private func makers(of name: String) -> [RepositoryPath] {
        guard let setting = settings[name] else { return [] }
        return makers.withLock { table in
            if let known = table[name] { return known }
            let files = Set(byName.values.joined().filter { setting.languages.contains($0.language) }.map(\.path))
            let found = files.sorted { $0.text < $1.text }
                .filter { content(of: $0)?.withUnsafeBufferPointer(setting.isMade) ?? false }
            table[name] = found
            return found
        }
    }

    func digest(of path: RepositoryPath) -> Digest? { digests[path] }

    /// The content as the walk saw it, as UTF-8; nil where it is not that any more.
    func content(of path: RepositoryPath) -> [UInt8]? {
        var bytes: [UInt8] = []
        guard let digest = digests[path], (try? root.read(path, into: &bytes, limit: Self.largestFile)) != nil,
            Digest(of: bytes) == digest
        else { return nil }
        return TextEncoding.utf8(of: bytes) ?? bytes
    }
}

/// What one analyzer asked of the index for the file at hand: its result holds as long as the answers stay the same.
final class RecordingLookup: SourceLookup {
    private let index: SourceIndex
    private let asked = Mutex<Set<String>>([])

    init(_ index: SourceIndex) { self.index = index }

    func paths(named name: String, _ language: Language) -> [RepositoryPath] {
        asked.withLock { _ = $0.insert(language.rawValue + "\n" + name) }
        return index.paths(named: name, language)
    }

    func content(of path: RepositoryPath) -> [UInt8]? { index.content(of: path) }

    /// What was asked since the last call.
    func take() -> [String] {
        asked.withLock { asked in
            defer { asked = [] }
            return asked.sorted()
        }
    }
}

/// What a result depends on besides its own file, as text: kept with it, and compared before it is used again.
struct SourceLinks {
    private let questions: [String]
    private let files: [RepositoryPath]

    init(questions: [String], files: [RepositoryPath]) {
        self.questions = questions
        self.files = files
    }

    /// Reads what `text` wrote; nil for the empty text, which depends on nothing.
    init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        let lines = text.split(separator: "\u{1E}", omittingEmptySubsequences: false)
        questions = lines.first?.split(separator: "\u{1F}").map(String.init) ?? []
        files =
            lines.dropFirst().first?.split(separator: "\u{1F}").compactMap { RepositoryPath(text: String($0)) } ?? []
    }

    /// Questions, files, and a digest of the answers.
    func text(_ index: SourceIndex) -> String {
        guard !questions.isEmpty || !files.isEmpty else { return "" }
        return [
            questions.joined(separator: "\u{1F}"), files.map(\.text).joined(separator: "\u{1F}"), digest(index).hex,
        ].joined(separator: "\u{1E}")
    }

    private func digest(_ index: SourceIndex) -> Digest {
        var builder = Digest.Builder()
        for question in questions {
            let parts = question.split(separator: "\n", maxSplits: 1).map(String.init)
            builder.append(question)
            for path in index.paths(named: parts.last ?? "", Language(rawValue: parts.first ?? "")) {
                builder.append(path.text)
            }
        }
        for file in files { builder.append(index.digest(of: file)?.hex ?? "") }
        return builder.finish()
    }

    /// True where a kept result still holds.
    static func hold(_ text: String, _ index: SourceIndex) -> Bool {
        guard let links = SourceLinks(text) else { return true }
        return links.text(index) == text
    }
}
