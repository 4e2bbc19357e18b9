import Glibc
import OrchestratorCore

extension RootFolder {
    /// Why a link is not followed. What it leads to is examined under its own path, if it is in scope.
    func coverage(ofLink path: RepositoryPath) -> Coverage {
        let target = target(of: path).map { RepositoryPath(bytes: $0).text } ?? ""
        let full = Array(self.path.utf8) + [UInt8(ascii: "/")] + path.bytes + [0]
        let resolved = full.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { realpath($0.baseAddress!, nil) }
        }
        guard let resolved else { return Coverage(errno == ELOOP ? .symbolicLinkLoop : .brokenLink, "to \(target)") }
        defer { free(resolved) }
        let end = Array(UnsafeBufferPointer(start: resolved, count: strlen(resolved)).map { UInt8(bitPattern: $0) })
        let root = Array(self.path.utf8)
        guard Self.contains(root, end) else { return Coverage(.linkOutsideRoot, "to \(target)") }
        // A link to a folder around it would be walked for ever.
        let folder = full.dropLast()
        return Coverage(Self.contains(end, Array(folder)) ? .symbolicLinkLoop : .symbolicLink, "to \(target)")
    }

    /// True where `path` is `folder` or lies in it.
    private static func contains(_ folder: [UInt8], _ path: [UInt8]) -> Bool {
        path.starts(with: folder)
            && (path.count == folder.count || folder.last == UInt8(ascii: "/")
                || path[folder.count] == UInt8(ascii: "/"))
    }
}
