package import OrchestratorCore
import SyntaxTree

/// Finds and reads other files of the repository, so that data can be followed into them.
package protocol SourceLookup: Sendable {
    /// The files whose names (without extension) are this, or with `*` before it hold it; in a fixed order.
    func paths(named name: String, _ language: Language) -> [RepositoryPath]
    /// The content as UTF-8; nil where it cannot be had.
    func content(of path: RepositoryPath) -> [UInt8]?
}

/// Lowers the files that the examined one refers to; keeps them for the next files. Serves one task at a time.
final class FlowLinker {
    let lookup: any SourceLookup
    private let parser = SyntaxParser()
    private var known: [RepositoryPath: Unit] = [:]
    private(set) var language = Language.unknown
    private var grammar: Grammar?
    private(set) var examined = RepositoryPath("")
    /// The files taken in for the examined one: its result depends on them.
    var used: Set<RepositoryPath> = []
    /// What is known of Go's packages.
    var packages: [String: GoPackage] = [:]
    var importFolders: [String: String?] = [:]
    var moduleNames: [(name: String, folder: String)]?

    /// Larger files are not followed into, and no more are kept than this.
    static let largest = 256 * 1024
    private static let mostKept = 400

    init(_ lookup: any SourceLookup) { self.lookup = lookup }

    struct Unit {
        let path: RepositoryPath
        let program: Program
        /// Starts of the nodes, as lines and columns are asked for.
        let bytes: [UInt8]
        let tree: FlatTree
    }

    /// Forgets what the last file was followed into.
    func reset() { used = [] }

    /// Names the file examined next.
    func begin(_ path: RepositoryPath, _ language: Language, _ grammar: Grammar) {
        examined = path
        self.grammar = grammar
        if language != self.language { known = [:] }
        self.language = language
    }

    /// The file that a dotted name refers to, seen from another.
    func source(of name: String, near: RepositoryPath?) -> Unit? {
        if name.hasPrefix("=") {
            return RepositoryPath(text: String(name.dropFirst()).replacing(":", with: ".")).flatMap(unit)
        }
        let parts = name.split(separator: ".", omittingEmptySubsequences: true).map(String.init)
        guard let last = parts.last else { return nil }
        let origin = near ?? examined
        let suffix = parts.joined(separator: "/")
        let candidates = lookup.paths(named: last, language).filter { $0 != origin }
        let fitting = candidates.filter { path in
            let stem = Self.stem(path.text)
            if parts.count > 1 { return stem == suffix || stem.hasSuffix("/" + suffix) }
            return Self.folder(path.text) == Self.folder(origin.text)
        }
        guard let path = fitting.first, fitting.count == 1 || parts.count > 1 else { return nil }
        return unit(path)
    }

    /// The file that holds a class, `Foo\Bar\Baz`: of several of its name the one whose folders fit best.
    func classSource(of name: String, near: RepositoryPath?) -> Unit? {
        let parts = name.split(separator: "\\").map(String.init)
        guard let last = parts.last else { return nil }
        let origin = near ?? examined
        let candidates = lookup.paths(named: last, language).filter { $0 != origin }
        if parts.count == 1 {
            let beside = candidates.first { Self.folder($0.text) == Self.folder(origin.text) }
            return (beside ?? (candidates.count == 1 ? candidates[0] : nil)).flatMap(unit)
        }
        let ranked = candidates.map { path -> (path: RepositoryPath, fit: Int) in
            let folders = Self.stem(path.text).split(separator: "/").map { $0.lowercased() }
            return (path, zip(folders.reversed(), parts.reversed()).prefix { $0 == $1.lowercased() }.count)
        }
        guard let most = ranked.map(\.fit).max() else { return nil }
        let best = ranked.filter { $0.fit == most }
        return best.count == 1 && (most > 1 || candidates.count == 1) ? unit(best[0].path) : nil
    }

    /// The files with a class that names this one as its supertype, as far as their names show it: of `IUserStore`
    /// `SQLUserStore`, of `UserService` `UserServiceImpl`.
    func implementing(_ type: String, near: RepositoryPath?) -> [Unit] {
        let isMarked = type.hasPrefix("I") && type.dropFirst().first?.isUppercase ?? false
        let stem = isMarked ? String(type.dropFirst()) : type
        guard stem.count >= Self.shortestStem else { return [] }
        let candidates = lookup.paths(named: "*" + stem, language).filter {
            $0 != near && $0 != examined && PathContext($0, language) != .test
        }
        guard candidates.count <= Self.mostCandidates else { return [] }
        return candidates.compactMap(unit).filter { $0.program.classes.contains { $0.extends(type) } }
    }

    /// A name that many others hold says little.
    private static let shortestStem = 5
    private static let mostCandidates = 12

    /// Adds the fields that other files declare for the partial classes of the examined one.
    func complete(_ program: inout Program) {
        let stem = examined.text.split(separator: "/").last?.prefix { $0 != "." } ?? ""
        for index in program.classes.indices where program.classes[index].isPartial {
            for path in lookup.paths(named: String(stem), language) where path != examined {
                guard Self.folder(path.text) == Self.folder(examined.text), let other = unit(path) else { continue }
                for part in other.program.classes where part.name == program.classes[index].name && part.isPartial {
                    program.classes[index].take(part.fields)
                }
            }
        }
    }

    /// The file that an include names: beside the one that includes it, else the only one whose path ends so.
    func included(_ end: String, near: RepositoryPath?) -> Unit? {
        let origin = near ?? examined
        var folders = Self.folder(origin.text).split(separator: "/").map(String.init)
        var parts: [String] = []
        for part in end.split(separator: "/").map(String.init) where part != "." {
            if part != ".." {
                parts.append(part)
            } else if parts.popLast() == nil {
                _ = folders.popLast()
            }
        }
        guard let name = parts.last?.split(separator: ".").first.map(String.init) else { return nil }
        let candidates = lookup.paths(named: name, language).filter { $0 != origin }
        let exact = (folders + parts).joined(separator: "/")
        if let path = candidates.first(where: { $0.text == exact }) { return unit(path) }
        let suffix = "/" + parts.joined(separator: "/")
        let fitting = candidates.filter { ("/" + $0.text).hasSuffix(suffix) }
        return fitting.count == 1 ? unit(fitting[0]) : nil
    }

    /// The file a module's specifier leads to: relative (`:/a` is `./a`), or from the root of the sources (`@/a`).
    func path(ofModule name: String, near: RepositoryPath?) -> RepositoryPath? {
        let parts = name.replacing(":", with: ".").split(separator: "/", omittingEmptySubsequences: true).map(
            String.init)
        var stem =
            parts[0].hasPrefix(".") ? Self.folder((near ?? examined).text).split(separator: "/").map(String.init) : []
        for part in parts.dropFirst(parts[0].hasPrefix(".") ? 0 : 1) where part != "." {
            if part != ".." { stem.append(part) } else if stem.popLast() == nil { return nil }
        }
        let whole = stem.joined(separator: "/")
        let isFromRoot = !parts[0].hasPrefix(".")
        for wanted in [whole, whole.isEmpty ? "index" : whole + "/index"] {
            let last = wanted.split(separator: "/").last?.prefix { $0 != "." } ?? ""
            let found = Self.moduleLanguages(language).flatMap { lookup.paths(named: String(last), $0) }.filter {
                let stem = Self.stem($0.text)
                return stem == wanted || (isFromRoot && stem.hasSuffix("/" + wanted))
            }
            if let path = found.first, found.count == 1 || !isFromRoot, !path.text.contains(":") { return path }
        }
        return nil
    }

    /// TypeScript imports JavaScript, but not the other way round: its grammar reads both.
    private static func moduleLanguages(_ language: Language) -> [Language] {
        let names = language.rawValue == "javascript" ? ["javascript"] : ["typescript", "tsx", "javascript"]
        return names.map { Language(rawValue: $0) }
    }

    /// The entries of the properties file of that name; nil unless there is exactly one.
    func properties(named name: String) -> [(String, String)]? {
        let stem = Self.stem(name.split(separator: "/").last.map(String.init) ?? name)
        let found = lookup.paths(named: stem, Language(rawValue: "properties"))
        guard name.hasSuffix(".properties"), found.count == 1, let bytes = lookup.content(of: found[0]),
            bytes.count <= Self.largest
        else { return nil }
        used.insert(found[0])
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
            guard let first = line.first, first != "#", first != "!" else { return nil }
            guard let sign = line.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return nil }
            let value = line[sign...].dropFirst()
            return (TextOperation.trimmed(String(line[..<sign])), TextOperation.trimmed(String(value)))
        }
    }

    /// Where a node of a file taken in stands.
    func location(of node: Int, in path: RepositoryPath) -> Location? {
        guard let unit = known[path], node < unit.tree.count else { return nil }
        return unit.bytes.withUnsafeBufferPointer { buffer in
            let lines = LineTable(buffer)
            let range = unit.tree.bytes(node)
            return Location(
                path: path, startLine: lines.line(at: range.lowerBound),
                startColumn: lines.column(at: range.lowerBound),
                endLine: lines.line(at: range.upperBound), endColumn: lines.column(at: range.upperBound))
        }
    }

    func unit(_ path: RepositoryPath) -> Unit? {
        if let unit = known[path] {
            used.insert(path)
            return unit
        }
        guard let grammar, let form = FlowLanguage.all[language], let bytes = lookup.content(of: path),
            bytes.count <= Self.largest
        else { return nil }
        let unit = bytes.withUnsafeBufferPointer { buffer -> Unit? in
            guard let tree = try? parser.parse(buffer, grammar: grammar) else { return nil }
            let source = ParsedSource(bytes: buffer, tree: tree.flat, scratch: PatternScratch())
            return Unit(path: path, program: form.lower(source), bytes: bytes, tree: tree.flat)
        }
        guard let unit else { return nil }
        if known.count >= Self.mostKept { known = [:] }
        known[path] = unit
        used.insert(path)
        return unit
    }

    static func stem(_ path: String) -> String {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        guard let dot = path[slash...].lastIndex(of: ".") else { return path }
        let stem = String(path[..<dot])
        return stem.hasSuffix("/__init__") ? String(stem.dropLast("/__init__".count)) : stem
    }

    static func folder(_ path: String) -> Substring { path[..<(path.lastIndex(of: "/") ?? path.startIndex)] }
}
