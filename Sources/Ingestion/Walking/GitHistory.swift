import Foundation
package import OrchestratorCore

/// Every version of every file in the commits reachable from one, under the scanned folder.
package struct GitHistory: Sendable {
    /// A version of a file, where it first appeared: in the earliest commit that brought it, by that commit's own time.
    package struct Version: Sendable {
        /// As git names it, hexadecimal.
        package let object: String
        package let path: RepositoryPath
        package let commit: PastCommit
    }

    package let commits: Int
    /// True where the clone lacks its older commits.
    package let isShallow: Bool
    /// True where there were more versions than asked for: the oldest are missing.
    package let isCut: Bool
    /// By commit time, commit, path and object.
    package let versions: [Version]
    private let git: GitCommand

    /// - Parameters:
    ///   - head: the commit to begin at, in full; nil before the first.
    ///   - limit: versions, at most.
    /// - Throws: `gitFailed`; `CancellationError`.
    package init(_ root: RootFolder, head: String?, limit: Int) async throws {
        git = GitCommand(folder: root.path)
        isShallow = await git.lines("rev-parse", ["--is-shallow-repository"])?.first == "true"
        var reader = GitLogReader(limit: limit)
        if let head {
            let isWhole = try await git.stream("log", Self.options + [head]) { reader.read($0) }
            guard isWhole else {
                throw IngestionError(
                    .gitFailed, "git log failed in \(root.path): its history is damaged, or git is missing")
            }
        }
        commits = reader.commits.count
        isCut = reader.isCut
        versions = reader.versions
    }

    /// Merges show what differs from all parents; whatever the repository's own settings say.
    private static let options = [
        "-z", "--raw", "--no-abbrev", "-c", "--no-renames", "--relative", "--no-ext-diff", "--no-textconv",
        "--no-color",
        "--format=%x01%H %at %ct",
    ]

    // MARK: Content

    /// The sizes of objects, in their order; nil for one that this clone lacks.
    package func sizes(of objects: ArraySlice<String>) async throws -> [Int?] {
        let lines = await git.run("cat-file", ["--batch-check"], input: Self.list(objects)).map { output in
            output.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
        }
        try Task.checkCancellation()
        guard let lines, lines.count == objects.count else { return objects.map { _ in nil } }
        return lines.map { line in
            let fields = line.split(separator: " ")
            return fields.count == 3 && fields[1] == "blob" ? Int(fields[2]) : nil
        }
    }

    /// The contents of objects, in their order; nil for one that cannot be read.
    /// - Parameter bytes: of all of them together.
    package func contents(of objects: [String], bytes: Int) async throws -> [ArraySlice<UInt8>?] {
        // A line of at most 100 bytes stands before each, and a line feed after it.
        let output = await git.run(
            "cat-file", ["--batch"], input: Self.list(objects[...]), limit: bytes + 128 * objects.count)
        try Task.checkCancellation()
        guard var rest = output?[...] else { return objects.map { _ in nil } }
        return objects.map { _ in
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            let fields = rest[..<end].split(separator: UInt8(ascii: " "))
            rest = rest[(end + 1)...]
            guard fields.count == 3, let size = Int(String(decoding: fields[2], as: UTF8.self)), size < rest.count
            else { return nil }
            let content = rest.prefix(size)
            rest = rest.dropFirst(size + 1)
            return content
        }
    }

    private static func list(_ objects: ArraySlice<String>) -> String { objects.map { $0 + "\n" }.joined() }
}

/// Reads `git log -z --raw --format=%x01...` piece by piece: fields that end in NUL, of which one that begins with U+0001
/// is a commit, and one that begins with colons is followed by a path.
private struct GitLogReader {
    /// The time is the committer's.
    private struct Commit {
        let past: PastCommit
        let time: Int64
    }

    private struct Place {
        let path: Int
        let commit: Int
    }

    private let limit: Int
    private var logged: [Commit] = []
    private var paths: [RepositoryPath] = []
    private var pathNumbers: [RepositoryPath: Int] = [:]
    private var places: [GitObject: Place] = [:]
    private(set) var isCut = false
    private var rest: [UInt8] = []
    private var pending: GitObject?
    private var awaitsPath = false

    init(limit: Int) { self.limit = limit }

    var commits: [PastCommit] { logged.map(\.past) }

    var versions: [GitHistory.Version] {
        places.sorted { left, right in
            precedes(left.value, right.value, orElse: left.key.text < right.key.text)
        }.map { object, place in
            GitHistory.Version(object: object.text, path: paths[place.path], commit: logged[place.commit].past)
        }
    }

    mutating func read(_ piece: [UInt8]) {
        var start = 0
        while let end = piece[start...].firstIndex(of: 0) {
            rest += piece[start..<end]
            take(rest[...])
            rest.removeAll(keepingCapacity: true)
            start = end + 1
        }
        rest += piece[start...]
    }

    private mutating func take(_ field: ArraySlice<UInt8>) {
        if awaitsPath {
            awaitsPath = false
            if let object = pending { keep(object, RepositoryPath(bytes: Array(field))) }
            return
        }
        let field = field.drop { $0 == UInt8(ascii: "\n") }
        if field.first == 1 {
            begin(field.dropFirst())
        } else if field.first == UInt8(ascii: ":") {
            awaitsPath = true
            pending = Self.object(field)
        }
    }

    private mutating func begin(_ line: ArraySlice<UInt8>) {
        let fields = String(decoding: line, as: UTF8.self).split(separator: " ")
        guard fields.count == 3 else { return }
        logged.append(
            Commit(
                past: PastCommit(id: String(fields[0]), authored: Timestamp(seconds: Int64(fields[1]) ?? 0)),
                time: Int64(fields[2]) ?? 0))
    }

    /// What a line makes of a path: with one colon for each parent, then as many modes and one, as many objects and one.
    /// Nil for links, submodules and what was removed.
    private static func object(_ line: ArraySlice<UInt8>) -> GitObject? {
        let parents = line.prefix { $0 == UInt8(ascii: ":") }.count
        let fields = line.dropFirst(parents).split(separator: UInt8(ascii: " "))
        guard fields.count >= 2 * (parents + 1), fields[parents].starts(with: "100".utf8) else { return nil }
        return GitObject(fields[2 * parents + 1])
    }

    private mutating func keep(_ object: GitObject, _ path: RepositoryPath) {
        let number = number(of: path)
        let place = Place(path: number, commit: logged.count - 1)
        guard place.commit >= 0 else { return }
        if let known = places[object] {
            if precedes(place, known, orElse: false) { places[object] = place }
        } else if places.count < limit {
            places[object] = place
        } else {
            isCut = true
        }
    }

    private mutating func number(of path: RepositoryPath) -> Int {
        if let known = pathNumbers[path] { return known }
        paths.append(path)
        pathNumbers[path] = paths.count - 1
        return paths.count - 1
    }

    private func precedes(_ left: Place, _ right: Place, orElse equal: Bool) -> Bool {
        let (one, two) = (logged[left.commit], logged[right.commit])
        if one.time != two.time { return one.time < two.time }
        // Made in the same second, as scripts do: a log tells children before their parents.
        if left.commit != right.commit { return left.commit > right.commit }
        return left.path == right.path ? equal : paths[left.path] < paths[right.path]
    }
}

/// The name of an object of git, 20 or 32 bytes, in place: there may be a million of them.
private struct GitObject: Hashable {
    private let words: (UInt64, UInt64, UInt64, UInt64)
    private let isLong: Bool

    /// Nil for what is no name in hexadecimal digits.
    init?(_ text: ArraySlice<UInt8>) {
        guard text.count == 40 || text.count == 64 else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (index, digit) in text.enumerated() {
            guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
            words[index / 16] = words[index / 16] << 4 | UInt64(value)
        }
        self.words = (words[0], words[1], words[2], words[3])
        isLong = text.count == 64
    }

    var text: String {
        func digits(_ word: UInt64, _ count: Int) -> String {
            let text = String(word, radix: 16)
            return String(repeating: "0", count: count - text.count) + text
        }
        let start = digits(words.0, 16) + digits(words.1, 16)
        return isLong ? start + digits(words.2, 16) + digits(words.3, 16) : start + digits(words.2, 8)
    }

    static func == (left: GitObject, right: GitObject) -> Bool { left.words == right.words }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
    }
}
