import Foundation

/// Takes text as it is made, so that a long report never stands in memory.
package protocol TextSink: AnyObject {
    func write(_ text: String) throws
}

/// Writes a file that appears under its name only when it is complete.
package final class FileSink: TextSink {
    private let path: String
    private let handle: FileHandle
    private var buffer: [UInt8] = []
    private static let bufferSize = 1 << 18

    /// Begins a file beside `path`. Throws `unwritable`.
    package init(path: String) throws(ReportingError) {
        self.path = path
        let unfinished = path + ".unfinished"
        guard FileManager.default.createFile(atPath: unfinished, contents: nil, attributes: [.posixPermissions: 0o644]),
            let handle = FileHandle(forWritingAtPath: unfinished)
        else { throw ReportingError(.unwritable, "cannot write \(path): \(String(cString: strerror(errno)))") }
        self.handle = handle
    }

    package func write(_ text: String) throws {
        buffer.append(contentsOf: text.utf8)
        if buffer.count >= Self.bufferSize { try flush() }
    }

    package func write(_ bytes: [UInt8]) throws {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferSize { try flush() }
    }

    private func flush() throws {
        do {
            try handle.write(contentsOf: buffer)
        } catch {
            throw ReportingError(.unwritable, "cannot write \(path): \(error.localizedDescription)")
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Puts the complete file in place of any before it.
    package func finish() throws {
        try flush()
        try? handle.synchronize()
        try? handle.close()
        guard rename(path + ".unfinished", path) == 0 else {
            throw ReportingError(.unwritable, "cannot put \(path) in place: \(String(cString: strerror(errno)))")
        }
    }

    /// Removes an unfinished file.
    package func abandon() {
        try? handle.close()
        unlink(path + ".unfinished")
    }
}
