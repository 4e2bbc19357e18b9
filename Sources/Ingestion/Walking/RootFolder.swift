import CLinux
import Glibc
package import OrchestratorCore

/// The scanned folder. Everything is opened relative to it, and no component of a path is ever followed if it is a
/// symbolic link: a target that changes while it is read cannot lead outside.
///
/// Thread-safe: it holds one descriptor and no state.
package final class RootFolder: Sendable {
    /// Absolute, links resolved.
    package let path: String
    private let descriptor: Int32

    /// Throws `missing`, `notAFolder` or `unreadable`.
    package init(_ path: String) throws(IngestionError) {
        guard let resolved = realpath(path, nil) else {
            guard errno == ENOENT else {
                throw IngestionError(.unreadable, "cannot resolve \(path): \(Self.errorText)")
            }
            throw IngestionError(.missing, "no such folder: \(path)")
        }
        defer { free(resolved) }
        self.path = String(cString: resolved)
        descriptor = Glibc.open(resolved, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOTDIR { throw IngestionError(.notAFolder, "\(path) is not a folder; expected a repository") }
            throw IngestionError(.unreadable, "cannot open \(path): \(Self.errorText)")
        }
    }

    deinit { close(descriptor) }

    static var errorText: String { String(cString: strerror(errno)) }

    private func open(_ path: RepositoryPath, _ flags: Int32) -> Int32 {
        if path.bytes.isEmpty { return openat(descriptor, ".", flags | O_CLOEXEC) }
        return (path.bytes + [0]).withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { secorch_open_beneath(descriptor, $0.baseAddress!, flags) }
        }
    }
}

// MARK: - Folders

/// An entry of a folder.
struct FolderEntry {
    enum Kind { case file, folder, link, special }

    let name: [UInt8]
    let kind: Kind
}

extension RootFolder {
    /// The entries of a folder but `.` and `..`, in no particular order; nil with `errno` set where it cannot be read.
    func entries(of path: RepositoryPath) -> [FolderEntry]? {
        let folder = open(path, O_RDONLY | O_DIRECTORY)
        guard folder >= 0 else { return nil }
        guard let stream = fdopendir(folder) else {
            close(folder)
            return nil
        }
        defer { closedir(stream) }
        var entries: [FolderEntry] = []
        while let entry = readdir(stream) {
            let name = Self.name(of: entry)
            guard name != [Self.dot], name != [Self.dot, Self.dot] else { continue }
            entries.append(FolderEntry(name: name, kind: Self.kind(entry.pointee.d_type, name, in: folder)))
        }
        return entries
    }

    private static let dot = UInt8(ascii: ".")

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
        let offset = MemoryLayout<dirent>.offset(of: \.d_name)!
        let start = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: UInt8.self)
        return Array(UnsafeBufferPointer(start: start, count: strlen(UnsafePointer<CChar>(OpaquePointer(start)))))
    }

    private static func kind(_ type: UInt8, _ name: [UInt8], in folder: Int32) -> FolderEntry.Kind {
        switch Int(type) {
        case Int(DT_REG): return .file
        case Int(DT_DIR): return .folder
        case Int(DT_LNK): return .link
        case Int(DT_UNKNOWN):
            var status = stat()
            let found = (name + [0]).withUnsafeBufferPointer { bytes in
                bytes.withMemoryRebound(to: CChar.self) {
                    fstatat(folder, $0.baseAddress!, &status, AT_SYMLINK_NOFOLLOW)
                }
            }
            return found == 0 ? kind(status.st_mode) : .special
        default: return .special
        }
    }

    private static func kind(_ mode: mode_t) -> FolderEntry.Kind {
        switch mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .folder
        case S_IFLNK: .link
        default: .special
        }
    }

    /// What lies at a path, links not followed; nil where there is nothing.
    func kind(of path: RepositoryPath) -> FolderEntry.Kind? {
        var status = stat()
        let found = (path.bytes + [0]).withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                fstatat(descriptor, $0.baseAddress!, &status, AT_SYMLINK_NOFOLLOW)
            }
        }
        return found == 0 ? Self.kind(status.st_mode) : nil
    }
}

// MARK: - Files

/// Why a file's content is not to be had.
package enum FileReadFailure: Error, Sendable {
    case unreadable(String)
    case tooLarge(Int)
    case notAFile
}

extension RootFolder {
    /// Reads a whole regular file into a buffer that is reused from file to file.
    /// - Throws: `tooLarge` with the size above `limit`, in bytes.
    package func read(
        _ path: RepositoryPath, into buffer: inout [UInt8], limit: Int
    ) throws(FileReadFailure) {
        buffer.removeAll(keepingCapacity: true)
        // Without O_NONBLOCK, opening a FIFO that replaced a file would wait for ever.
        let file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        guard file >= 0 else { throw .unreadable(Self.errorText) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .unreadable(Self.errorText) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        guard status.st_size <= limit else { throw .tooLarge(Int(status.st_size)) }
        // One byte more than expected: a file that grew is noticed.
        var size = Int(status.st_size)
        var length = 0
        repeat {
            size = max(size, length) + 1
            let wanted = size - length
            var failed = false
            buffer.append(addingCapacity: wanted) { target in
                let count = Glibc.read(file, target.baseAddress, wanted)
                if count < 0 { failed = true }
                return max(0, count)
            }
            if failed { throw .unreadable(Self.errorText) }
            if buffer.count > limit { throw .tooLarge(buffer.count) }
            if buffer.count == length { return }
            length = buffer.count
        } while true
    }

    /// The target of a link, as written; nil where it is not a link.
    func target(of path: RepositoryPath) -> [UInt8]? {
        var target = [UInt8](repeating: 0, count: 4096)
        let count = (path.bytes + [0]).withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { name in
                target.withUnsafeMutableBytes { buffer in
                    readlinkat(
                        descriptor, name.baseAddress!, buffer.bindMemory(to: CChar.self).baseAddress!, buffer.count)
                }
            }
        }
        return count < 0 ? nil : Array(target.prefix(count))
    }
}

extension [UInt8] {
    /// Appends what `fill` writes into fresh memory; it returns how many bytes that were.
    fileprivate mutating func append(
        addingCapacity capacity: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Int
    ) {
        let start = count
        append(contentsOf: repeatElement(0, count: capacity))
        let written = withUnsafeMutableBufferPointer { fill(UnsafeMutableBufferPointer(rebasing: $0[start...])) }
        removeLast(capacity - written)
    }
}
