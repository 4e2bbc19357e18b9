package import OrchestratorCore
import SyntaxTree

/// Finds what a C file refers to: in itself, in what it includes, in other files of the repository.
final class MemoryLinker {
    private let lookup: (any SourceLookup)?
    private let parser = SyntaxParser()
    private var codes: [MemoryCode] = [MemoryCode()]
    private var paths: [RepositoryPath] = [RepositoryPath("")]
    private var numbers: [RepositoryPath: Int] = [:]
    private var visible: [Int: [Int]] = [:]
    private var language = Language.unknown
    private var grammar: Grammar?
    /// The files taken in for the examined one.
    private(set) var used: Set<RepositoryPath> = []

    private static let largest = 512 * 1024
    private static let mostKept = 300
    private static let mostIncludes = 24

    init(_ lookup: (any SourceLookup)?) { self.lookup = lookup }

    /// Names the file examined next.
    func begin(_ path: RepositoryPath, _ language: Language, _ source: ParsedSource) {
        if language != self.language || codes.count > Self.mostKept {
            codes = [MemoryCode()]
            paths = [path]
            numbers = [:]
        }
        self.language = language
        grammar = source.tree.grammar
        visible = [:]
        used = []
        paths[0] = path
        codes[0] = CLowering.lower(source, file: 0)
    }

    var examined: MemoryCode { codes[0] }

    func reset() { used = [] }

    func code(_ file: Int) -> MemoryCode { codes[file] }

    // MARK: Names

    private func first<Found>(_ file: Int, _ find: (MemoryCode) -> Found?) -> Found? {
        if let found = find(codes[file]) { return found }
        for other in included(file) { if let found = find(codes[other]) { return found } }
        return nil
    }

    func macro(_ name: String, file: Int) -> CExpression? { first(file) { $0.macros[name] } }
    func alias(_ name: String, file: Int) -> String? { first(file) { $0.aliases[name] } }
    func enumerator(_ name: String, file: Int) -> Int? { first(file) { $0.enumerators[name] } }
    func record(_ name: String, file: Int) -> CRecord? { first(file) { $0.records[name] } }
    func isFunctionMacro(_ name: String, file: Int) -> Bool {
        first(file) { $0.functionMacros.contains(name) ? true : nil } ?? false
    }

    /// The type a name stands for.
    func resolved(_ type: CType, file: Int) -> CType {
        var type = type
        for _ in 0..<8 {
            guard type.scalarSize == nil || type.pointers > 0, !type.name.isEmpty else { break }
            guard let known = first(file, { $0.types[type.name] }), known.name != type.name else { break }
            type.name = known.name
            type.isUnsigned = known.isUnsigned
            type.pointers += known.pointers
            type.dimensions += known.dimensions
        }
        return type
    }

    /// The function of that name, seen from a file.
    func function(_ name: String, file: Int, near caller: String) -> CFunction? {
        var scope = caller.split(separator: ":", omittingEmptySubsequences: true).map(String.init)
        while !scope.isEmpty {
            scope.removeLast()
            let full = (scope + [name]).joined(separator: "::")
            if let found = first(file, { $0.functions[full] }) { return found }
            if let other = definer(full), let found = codes[other].functions[full], !found.isStatic { return found }
        }
        return nil
    }

    /// The variable outside functions of that name, and the file it belongs to.
    func global(_ name: String, file: Int) -> (global: CGlobal, file: Int)? {
        if let own = codes[file].globals[name], !own.isExtern { return (own, file) }
        for other in included(file) {
            if let found = codes[other].globals[name], !found.isExtern { return (found, other) }
        }
        guard let other = definer(name), let found = codes[other].globals[name] else {
            return first(file) { $0.globals[name] }.map { ($0, file) }
        }
        return (found, other)
    }

    // MARK: Files

    /// What a file includes, directly or not.
    private func included(_ file: Int) -> [Int] {
        if let known = visible[file] { return known }
        visible[file] = []
        var found: [Int] = []
        var waiting = [file]
        while let next = waiting.popLast(), found.count < Self.mostIncludes {
            for include in codes[next].includes where include.hasPrefix("\"") {
                guard let path = path(of: String(include.dropFirst().dropLast()), near: paths[next]),
                    let number = unit(path), number != file, !found.contains(number)
                else { continue }
                found.append(number)
                waiting.append(number)
            }
        }
        visible[file] = found
        return found
    }

    private func path(of include: String, near: RepositoryPath) -> RepositoryPath? {
        let parts = include.split(separator: "/").map(String.init).filter { $0 != "." && $0 != ".." }
        guard let lookup, let stem = parts.last?.split(separator: ".").first else { return nil }
        let suffix = "/" + parts.joined(separator: "/")
        let found = Self.languages.flatMap { lookup.paths(named: String(stem), $0) }
            .filter { ("/" + $0.text).hasSuffix(suffix) }
        return found.first { $0.parent == near.parent } ?? (found.count == 1 ? found[0] : nil)
    }

    private static let languages = [Language(rawValue: "c"), Language(rawValue: "cpp")]

    /// The one file that defines a function or variable of that name.
    private func definer(_ name: String) -> Int? {
        guard let lookup else { return nil }
        let found = lookup.paths(named: name, .cDefinitions)
        guard found.count == 1, found[0] != paths[0] else { return nil }
        return unit(found[0])
    }

    private func unit(_ path: RepositoryPath) -> Int? {
        if path == paths[0] { return 0 }
        if let known = numbers[path] {
            used.insert(path)
            return known
        }
        guard let lookup, let grammar, let bytes = lookup.content(of: path), bytes.count <= Self.largest else {
            return nil
        }
        let number = codes.count
        let code = bytes.withUnsafeBufferPointer { buffer -> MemoryCode? in
            guard let tree = try? parser.parse(buffer, grammar: grammar) else { return nil }
            let source = ParsedSource(bytes: buffer, tree: tree.flat, scratch: PatternScratch())
            return CLowering.lower(source, file: number)
        }
        guard let code else { return nil }
        codes.append(code)
        paths.append(path)
        numbers[path] = number
        used.insert(path)
        return number
    }
}

extension Language {
    /// Asks a lookup for the files that define a function or variable in C or C++, not for files of a name.
    package static let cDefinitions = Language(rawValue: "c definitions")
}
