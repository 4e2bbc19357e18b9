package import Foundation

/// A fresh folder that goes away with the value.
package final class TemporaryFolder: Sendable {
    package let url: URL
    package var path: String { url.path(percentEncoded: false) }

    package init() throws {
        let base = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        url = base.appending(path: "secorch-test-\(UUID().uuidString)", directoryHint: .notDirectory)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        // Tests make folders unreadable; they must go all the same.
        _ = try? runProcess("/bin/chmod", ["-R", "u+rwX", path])
        try? FileManager.default.removeItem(at: url)
    }

    /// Writes a file, creating the folders above it.
    package func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

    package func write(_ bytes: [UInt8], to name: String) throws {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }
}
