import Foundation

/// An evidence bundle as it is read: forwards, in pieces, nothing unpacked.
final class BundleReader {
    /// What is wrong with the archive's structure: what follows cannot be told any more.
    struct Problem: Error {
        let text: String

        init(_ text: String) { self.text = text }
    }

    private let handle: FileHandle
    private static let pieceSize = 1 << 18

    /// Throws `badBundle` where the file cannot be opened.
    init(_ path: String) throws(PipelineError) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            let handle = FileHandle(forReadingAtPath: path)
        else { throw PipelineError(.badBundle, "cannot read \(path): expected a file that is an evidence bundle") }
        self.handle = handle
    }

    /// The next header, whatever it is about.
    func header() throws -> TarHeader {
        guard let header = TarHeader(try take(TarHeader.blockSize, of: "a header")) else {
            throw Problem("no evidence bundle: its first block is not the header of a plain file")
        }
        return header
    }

    /// Throws where the next header is any other.
    func expect(_ header: TarHeader) throws {
        guard try take(TarHeader.blockSize, of: "the header of \(header.name)") == header.bytes else {
            throw Problem(
                "\(header.name): the archive holds something else here; it was changed, moved, left out or added to")
        }
    }

    /// The content after a header, with its padding. Only for members whose size was checked.
    func content(_ header: TarHeader) throws -> [UInt8] {
        let bytes = try take(header.byteCount, of: header.name)
        try padding(header)
        return bytes
    }

    /// The content of the member that must come next.
    func content(_ name: String, _ byteCount: Int, _ seconds: Int64) throws -> [UInt8] {
        let header = TarHeader(name: name, byteCount: byteCount, seconds: seconds)
        try expect(header)
        return try content(header)
    }

    func forEachPiece(_ byteCount: Int, _ body: ([UInt8]) -> Void) throws {
        var rest = byteCount
        while rest > 0 {
            let piece = try take(min(rest, Self.pieceSize), of: "a member")
            body(piece)
            rest -= piece.count
        }
    }

    func padding(_ header: TarHeader) throws {
        let size = TarHeader.padding(after: header.byteCount)
        guard try take(size, of: header.name).allSatisfy({ $0 == 0 }) else {
            throw Problem("\(header.name): bytes other than zero after its content")
        }
    }

    /// Throws where anything but the closing blocks is left.
    func close() throws {
        guard try take(TarHeader.closingSize, of: "its end").allSatisfy({ $0 == 0 }) else {
            throw Problem("members that the manifest does not list, or other bytes, after the last member")
        }
        guard try handle.read(upToCount: 1)?.isEmpty ?? true else { throw Problem("bytes after the archive's end") }
    }

    private func take(_ count: Int, of what: String) throws -> [UInt8] {
        guard count > 0 else { return [] }
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard let piece = try handle.read(upToCount: count - bytes.count), !piece.isEmpty else {
                throw Problem("the file ends within \(what)")
            }
            bytes.append(contentsOf: piece)
        }
        return bytes
    }
}
