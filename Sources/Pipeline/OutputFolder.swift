import Foundation
package import Ingestion

/// The folder that reports are written to.
package struct OutputFolder: Sendable {
    /// Absolute.
    package let path: String

    /// Creates the folder and tries to write in it, before any work is done.
    /// - Parameter root: the target; below it, no component may be a link that the target could have planted.
    /// - Throws: `badOutput`.
    package init(_ given: String, root: RootFolder?) throws(PipelineError) {
        guard !given.isEmpty else { throw PipelineError(.badOutput, "--out is empty; expected a folder") }
        path = Self.absolute(given)
        if let root { try Self.refuseLinks(path, below: root.path) }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw PipelineError(.badOutput, "cannot create the output folder \(path): \(error.localizedDescription)")
        }
        let probe = path + "/.secorch-\(getpid())"
        let descriptor = open(probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw PipelineError(
                .badOutput, "cannot write in the output folder \(path): \(String(cString: strerror(errno)))")
        }
        close(descriptor)
        unlink(probe)
    }

    /// Absolute, without `.` and `..`, links in it kept. A folder that does not exist yet keeps its place below the
    /// resolved path of the nearest one that does, so that it can be compared with the target's.
    package static func absolute(_ path: String) -> String {
        let base = FileManager.default.currentDirectoryPath
        let full = path.hasPrefix("/") ? path : base + "/" + path
        var components: [Substring] = []
        for component in full.split(separator: "/") where component != "." {
            if component == ".." { _ = components.popLast() } else { components.append(component) }
        }
        return "/" + components.joined(separator: "/")
    }

    private static func refuseLinks(_ path: String, below root: String) throws(PipelineError) {
        guard path == root || path.hasPrefix(root == "/" ? "/" : root + "/") else { return }
        var current = root == "/" ? "" : root
        for component in path.dropFirst(root.count).split(separator: "/") {
            current += "/" + component
            var status = stat()
            guard lstat(current, &status) == 0 else { return }
            guard status.st_mode & S_IFMT != S_IFLNK else {
                throw PipelineError(
                    .badOutput,
                    "\(current) is a symbolic link inside the scanned folder; reports are not written through it")
            }
        }
    }
}
