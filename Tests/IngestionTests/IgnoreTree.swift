import Foundation
import TestSupport

/// A random repository whose ignore files use every feature of git's syntax, and some it does not have.
struct IgnoreTree {
    private var generator: SeededGenerator
    private let folder: TemporaryFolder
    /// A folder inside to list from, if there is one.
    private(set) var subfolder: String?

    init(seed: UInt64, folder: TemporaryFolder) {
        generator = SeededGenerator(seed: seed)
        self.folder = folder
    }

    private static let names = [
        "a", "b", "foo", "bar", "build", "src", "lib", "x.o", "y.o", "main.c", "test.log", "A", "foo bar", "trail ",
        "#hash", "!bang", "back\\slash", "[x]", "star*", "q?", "é", "deep", "a.b.c", ".hidden", "foo.tar.gz", "-dash",
    ]

    private static let patterns = [
        "*.o", "*.log", "foo", "/foo", "foo/", "/build/", "build", "**/foo", "foo/**", "a/**/b", "a/*/b", "**/bar/",
        "*",
        "/*", "!foo", "!*.c", "!/src", "!src/", "\\#hash", "\\!bang", "#comment", "", "  ", "trail\\ ", "trail ",
        "foo bar",
        "[ab]", "[!a]", "[^b]*", "[a-f]oo", "[[:upper:]]", "[[:alpha:]]*", "x.[oc]", "*.tar.gz", "src/*.o", "/src/lib",
        "lib/main.c", "**", "**/", "/**", "a**", "a**/b", "fo?", "?", "*a*", "*.?", ".hidden", ".*", "!.gitignore",
        "back\\\\slash", "star\\*", "q\\?", "[[]x]", "\\[x\\]", "é", "[é]", "deep/*/deep", "foo/../bar", "./foo",
        "//foo",
        "foo//bar", "[", "[a", "a[]b]", "[]-]", "[a-", "\\", "foo\\", "/", "!", "!/", "***", "***/foo", "/a/*", "!/a/b",
        "[[:foo:]]", "[[:digit:]", "src/**/x.o", "*/foo", "*/", "!*/", "f[[:lower:]]o", "a.b.*", "-dash",
    ]

    mutating func build() throws {
        try git("init", "-q")
        try fill("", depth: 0)
        if generator.chance(40) { try folder.write(patternFile(), to: ".git/info/exclude") }
        if generator.chance(25) {
            try folder.write(patternFile(), to: ".git/own-excludes")
            try git("config", "core.excludesFile", folder.path + "/.git/own-excludes")
        }
        if generator.chance(10) { try git("config", "core.ignoreCase", "true") }
        if generator.chance(60) { try trackSome() }
    }

    private mutating func fill(_ prefix: String, depth: Int) throws {
        for name in Self.names.shuffled(using: &generator).prefix(Int.random(in: 1...6, using: &generator)) {
            let path = prefix + name
            if depth < 4, generator.chance(45) {
                try FileManager.default.createDirectory(
                    at: folder.url.appending(path: path), withIntermediateDirectories: true)
                if generator.chance(3) {
                    try git("init", "-q", folder.path + "/" + path)
                } else if generator.chance(3) {
                    // Looks like a repository and is none.
                    try folder.write("not a repository", to: path + "/.git")
                }
                if subfolder == nil, generator.chance(20) { subfolder = path }
                try fill(path + "/", depth: depth + 1)
            } else if generator.chance(6) {
                try? FileManager.default.createSymbolicLink(
                    atPath: folder.path + "/" + path, withDestinationPath: generator.pick(Self.names))
            } else {
                try folder.write("content", to: path)
            }
        }
        if generator.chance(45) { try folder.write(patternFile(), to: prefix + ".gitignore") }
    }

    private mutating func patternFile() -> String {
        let lines = (0..<Int.random(in: 1...6, using: &generator)).map { _ in generator.pick(Self.patterns) }
        let end = generator.pick(["\n", "\n", "\n", "\r\n"])
        let start = generator.chance(5) ? "\u{FEFF}" : ""
        return start + lines.joined(separator: end) + (generator.chance(80) ? end : "")
    }

    /// Tracks some files, ignored ones among them, and removes one of those from the work tree.
    private mutating func trackSome() throws {
        let all = try runProcess("/usr/bin/git", ["-C", folder.path, "ls-files", "-z", "-o"]).output.split(separator: 0)
            .map { String(decoding: $0, as: UTF8.self) }.filter { !$0.hasSuffix("/") }
        let some = all.filter { _ in generator.chance(30) }
        for path in some { _ = try runProcess("/usr/bin/git", literal + ["add", "-f", "--", path]) }
        if let gone = some.first, generator.chance(30) {
            try? FileManager.default.removeItem(atPath: folder.path + "/" + gone)
        }
    }

    private var literal: [String] { ["--literal-pathspecs", "-C", folder.path] }

    private func git(_ arguments: String...) throws {
        let result = try runProcess("/usr/bin/git", ["-C", folder.path] + arguments)
        if result.status != 0 { throw GitFailure(text: result.errorText) }
    }

    struct GitFailure: Error { let text: String }
}
