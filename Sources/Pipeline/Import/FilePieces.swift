import Foundation
import OrchestratorCore

/// Reads a file from its start in pieces, as often as asked.
struct FilePieces: Sendable {
    private let path: String
    private static let size = 1 << 20

    /// Throws `badImport` where it is no regular file that can be read.
    init(_ path: String) throws(PipelineError) {
        self.path = path
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw PipelineError(.badImport, "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw PipelineError(.badImport, "\(path) is not a file; expected a SARIF file")
        }
    }

    /// What gives the next bytes, none at the end.
    func open() throws -> () throws -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw PipelineError(.badImport, "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        return {
            try Task.checkCancellation()
            do {
                return try handle.read(upToCount: Self.size).map(Array.init) ?? []
            } catch {
                throw PipelineError(.badImport, "cannot read \(path): \(error.localizedDescription)")
            }
        }
    }
}
