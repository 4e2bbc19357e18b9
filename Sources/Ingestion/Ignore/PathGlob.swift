package import OrchestratorCore

/// A pattern for whole paths below the root: `*` and `?` stay within a folder, `**` is any number of folders, a trailing
/// slash stands for all below.
package struct PathGlob: Sendable {
    private let pattern: [UInt8]

    package init(_ pattern: String) {
        self.pattern = Array(pattern.utf8) + (pattern.hasSuffix("/") ? Array("**".utf8) : [])
    }

    package func matches(_ path: RepositoryPath) -> Bool {
        pattern.withUnsafeBufferPointer { pattern in
            path.bytes.withUnsafeBufferPointer { Wildmatch.matches(pattern, $0, pathname: true, ignoreCase: false) }
        }
    }
}
