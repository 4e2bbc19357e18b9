import OrchestratorCore

/// Folders of other people's code, copied in by a package manager or by hand.
///
/// `vendor` is also an ordinary word, so it counts only where a package manager left its mark in it.
struct VendoredFolders: Sendable {
    private static let always: Set<String> = [
        "node_modules", "bower_components", "jspm_packages", "site-packages", "third_party", "third-party",
        "thirdparty", "Godeps", "Carthage", "Pods", ".bundle", ".yarn", ".pnpm", "elm-stuff", "deps/_build",
    ]

    /// Files or folders that a package manager puts into its `vendor`.
    private static let marks: [[UInt8]] = [
        "vendor/modules.txt", "vendor/autoload.php", "vendor/bundle/", "vendor/cache/",
    ]
    .map { Array($0.utf8) }

    /// The `vendor` folders of package managers, each ending in `/`.
    private let managed: Set<[UInt8]>

    init(_ paths: [RepositoryPath]) {
        var managed: Set<[UInt8]> = []
        let word = Array("vendor/".utf8)
        for path in paths {
            guard let start = path.bytes.withUnsafeBufferPointer({ ByteSearch.find(word, in: $0) }),
                start == 0 || path.bytes[start - 1] == UInt8(ascii: "/"),
                Self.marks.contains(where: { path.bytes[start...].starts(with: $0) })
            else { continue }
            managed.insert(Array(path.bytes[..<(start + word.count)]))
        }
        self.managed = managed
    }

    /// The vendored folder a path lies in, as text ending in `/`; nil where it lies in none.
    func folder(of path: RepositoryPath) -> String? {
        var end = path.bytes.startIndex
        while let slash = path.bytes[end...].firstIndex(of: UInt8(ascii: "/")) {
            let component = String(decoding: path.bytes[end..<slash], as: UTF8.self)
            let folder = path.bytes[...slash]
            if Self.always.contains(component) || (component == "vendor" && managed.contains(Array(folder))) {
                return RepositoryPath(bytes: Array(folder)).text
            }
            end = slash + 1
        }
        return nil
    }
}
