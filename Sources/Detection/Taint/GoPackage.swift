import OrchestratorCore

/// What the files of one folder declare together: Go's packages.
struct GoPackage {
    /// Functions, types, variables, constants, and methods as `Type.method`, with the files they are in.
    private(set) var declarations: [String: RepositoryPath] = [:]
    private var types: [String: Set<String>] = [:]
    let files: [RepositoryPath]

    init(_ files: [(path: RepositoryPath, text: [UInt8])]) {
        self.files = files.map(\.path)
        for file in files { read(file.text, file.path) }
    }

    /// The type that has a method of this name, if only one has.
    func onlyType(with method: String) -> String? {
        guard let types = types[method], types.count == 1 else { return nil }
        return types.first
    }

    /// Declarations begin their lines; those in parentheses are one tab in.
    private mutating func read(_ text: [UInt8], _ path: RepositoryPath) {
        var isInGroup = false
        for line in text.split(separator: UInt8(ascii: "\n")) {
            if line.first == UInt8(ascii: ")") { isInGroup = false }
            if isInGroup {
                guard line.first == UInt8(ascii: "\t"), let name = Self.name(line.dropFirst()) else { continue }
                add(name, path)
            } else if let rest = Self.after("func ", line) {
                function(rest, path)
            } else if let rest = Self.after("type ", line) ?? Self.after("var ", line) ?? Self.after("const ", line) {
                if rest.first == UInt8(ascii: "(") {
                    isInGroup = true
                } else if let name = Self.name(rest) {
                    add(name, path)
                }
            }
        }
    }

    private mutating func function(_ line: ArraySlice<UInt8>, _ path: RepositoryPath) {
        guard line.first == UInt8(ascii: "(") else {
            if let name = Self.name(line) { add(name, path) }
            return
        }
        guard let close = line.firstIndex(of: UInt8(ascii: ")")) else { return }
        let receiver = line[line.startIndex..<close].dropFirst()
        let words = receiver.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "*") }
        guard let type = words.last.flatMap({ Self.name($0) }),
            let method = Self.name(line[(close + 1)...].drop { $0 == UInt8(ascii: " ") })
        else { return }
        add(type + "." + method, path)
        types[method, default: []].insert(type)
    }

    private mutating func add(_ name: String, _ path: RepositoryPath) {
        if declarations[name] == nil { declarations[name] = path }
    }

    private static func after(_ word: StaticString, _ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let start = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        return line.starts(with: start) ? line.dropFirst(start.count) : nil
    }

    private static func name(_ text: ArraySlice<UInt8>) -> String? {
        let name = text.prefix { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
                true
            default: false
            }
        }
        return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
    }
}

/// Finds the folders of Go's packages.
extension FlowLinker {
    /// The folder of a file, `a/b/`; that of the examined one if nil. Empty at the root.
    func folder(of path: RepositoryPath?) -> String {
        let text = (path ?? examined).text
        return text.lastIndex(of: "/").map { String(text[...$0]) } ?? ""
    }

    func isExamined(_ path: RepositoryPath) -> Bool { path == examined }

    /// The folder of this repository that an import leads to; nil for packages from elsewhere.
    func folder(ofImport path: String) -> String? {
        let first = path.prefix { $0 != "/" }
        guard !Self.standard.contains(String(first)) else { return nil }
        if let known = importFolders[path] { return known }
        let found = freshFolder(ofImport: path)
        importFolders[path] = .some(found)
        return found
    }

    private func freshFolder(ofImport path: String) -> String? {
        let modules = self.modules()
        for module in modules where path == module.name || path.hasPrefix(module.name + "/") {
            let rest = path.dropFirst(module.name.count).drop { $0 == "/" }
            return module.folder + (rest.isEmpty ? "" : rest + "/")
        }
        guard modules.isEmpty, let last = path.split(separator: "/").last else { return nil }
        // Without modules, the folder whose path the import ends with.
        let folders = Set(lookup.paths(named: last + "/", language).map { folder(of: $0) })
        return folders.filter { !$0.isEmpty && ("/" + path + "/").hasSuffix("/" + $0) }.max {
            ($0.count, $1) < ($1.count, $0)
        }
    }

    /// The modules of the repository, innermost first.
    private func modules() -> [(name: String, folder: String)] {
        if let known = moduleNames { return known }
        let files = lookup.paths(named: "go", Language(rawValue: "text")).filter {
            ("/" + $0.text).hasSuffix("/go.mod")
        }
        let found = files.compactMap { path -> (name: String, folder: String)? in
            guard let bytes = lookup.content(of: path) else { return nil }
            let text = String(decoding: bytes.prefix(4096), as: UTF8.self)
            let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("module ") }
            guard let name = line?.dropFirst(7).split(separator: " ").first else { return nil }
            return (String(name.filter { $0 != "\"" }), folder(of: path))
        }
        let sorted = found.sorted { ($1.name.count, $0.name) < ($0.name.count, $1.name) }
        moduleNames = sorted
        return sorted
    }

    /// What the files of a folder declare.
    func package(_ folder: String) -> GoPackage {
        if let known = packages[folder] {
            used.formUnion(known.files)
            return known
        }
        let key = (folder.split(separator: "/").last.map(String.init) ?? "") + "/"
        let files = lookup.paths(named: key, language).filter {
            self.folder(of: $0) == folder && !$0.text.hasSuffix("_test.go")
        }
        let package = GoPackage(
            files.compactMap { path in
                lookup.content(of: path).flatMap { $0.count <= Self.largest ? (path, $0) : nil }
            })
        packages[folder] = package
        used.formUnion(package.files)
        return package
    }

    /// What the first parts of the standard library's paths are.
    private static let standard: Set<String> = [
        "archive", "bufio", "bytes", "cmp", "compress", "container", "context", "crypto", "database", "debug", "embed",
        "encoding", "errors", "expvar", "flag", "fmt", "go", "hash", "html", "image", "index", "io", "iter", "log",
        "maps", "math", "mime", "net", "os", "path", "plugin", "reflect", "regexp", "runtime", "slices", "sort",
        "strconv", "strings", "structs", "sync", "syscall", "testing", "text", "time", "unicode", "unique", "unsafe",
        "weak", "C",
    ]
}
