import Foundation
import OrchestratorCore

/// Writes an evidence bundle: a tar archive in which order, times, owners and padding are fixed, so that the same members
/// under the same key are the same bytes.
struct BundleWriter {
    /// What a member is made of.
    enum Content {
        case bytes([UInt8])
        /// Absolute path of a file.
        case file(String)
    }

    /// By name.
    private(set) var members: [String: Content] = [:]

    mutating func add(_ name: String, _ content: Content) { members[name] = content }

    /// Writes the archive; it appears under its name only when it is complete.
    /// - Parameter manifest: from the members' sizes and digests, ascending by name.
    /// - Throws: `badOutput`, `badKey`.
    func write(
        to path: String, signingWith key: SigningKey?, manifest: ([BundleManifest.Member]) -> BundleManifest
    ) throws {
        let manifest = manifest(try described())
        let text = manifest.bytes
        let output = try BundleFile(creating: path, seconds: manifest.finishedAt.seconds)
        do {
            try output.add(BundleManifest.name, text)
            try output.add(BundleManifest.digestName, BundleManifest.digestFile(of: text))
            if let key {
                guard let signature = key.signature(for: text) else {
                    throw PipelineError(.badKey, "the key \(key.publicKey) cannot sign")
                }
                try output.add(BundleManifest.signatureName, signature)
            }
            for member in manifest.members { try add(member, to: output) }
            try output.finish()
        } catch {
            output.abandon()
            throw error
        }
    }

    private func add(_ member: BundleManifest.Member, to output: BundleFile) throws {
        switch members[member.name] {
        case .bytes(let bytes)?: try output.add(member.name, bytes)
        case .file(let path)?: try output.add(member.name, fromFile: path, byteCount: member.byteCount)
        case nil: break
        }
    }

    private func described() throws -> [BundleManifest.Member] {
        try members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { name, content in
            var digest = Digest.Running()
            var byteCount = 0
            switch content {
            case .bytes(let bytes):
                bytes.withUnsafeBytes { digest.append($0) }
                byteCount = bytes.count
            case .file(let path):
                try BundleFile.forEachPiece(of: path) { piece in
                    piece.withUnsafeBytes { digest.append($0) }
                    byteCount += piece.count
                }
            }
            guard TarHeader.isPlain(name), byteCount <= BundleManifest.memberByteLimit else {
                throw PipelineError(.badOutput, "'\(name)' with \(byteCount) bytes does not fit into a bundle")
            }
            return BundleManifest.Member(name: name, byteCount: byteCount, digest: digest.finish())
        }
    }
}

/// A tar archive as it is written.
final class BundleFile {
    private let path: String
    private let handle: FileHandle
    private let seconds: Int64
    private static let pieceSize = 1 << 18

    init(creating path: String, seconds: Int64) throws(PipelineError) {
        (self.path, self.seconds) = (path, seconds)
        let unfinished = path + ".unfinished"
        guard FileManager.default.createFile(atPath: unfinished, contents: nil, attributes: [.posixPermissions: 0o644]),
            let handle = FileHandle(forWritingAtPath: unfinished)
        else { throw PipelineError(.badOutput, "cannot write \(path): \(String(cString: strerror(errno)))") }
        self.handle = handle
    }

    /// Hands over a file piece by piece. Throws `badOutput` where it cannot be read.
    static func forEachPiece(of path: String, _ body: ([UInt8]) throws -> Void) throws {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw PipelineError(.badOutput, "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { try? handle.close() }
        while let piece = try handle.read(upToCount: pieceSize), !piece.isEmpty { try body(Array(piece)) }
    }

    func add(_ name: String, _ bytes: [UInt8]) throws {
        let header = TarHeader(name: name, byteCount: bytes.count, seconds: seconds)
        try write(header.bytes + bytes + zeros(TarHeader.padding(after: bytes.count)))
    }

    /// - Parameter byteCount: as it was when the file was digested; another size now is an error.
    func add(_ name: String, fromFile path: String, byteCount: Int) throws {
        try write(TarHeader(name: name, byteCount: byteCount, seconds: seconds).bytes)
        var written = 0
        try Self.forEachPiece(of: path) { piece in
            written += piece.count
            try write(piece)
        }
        guard written == byteCount else { throw PipelineError(.badOutput, "\(path) changed while it was bundled") }
        try write(zeros(TarHeader.padding(after: byteCount)))
    }

    /// Puts the complete archive in place of any before it.
    func finish() throws {
        try write(zeros(TarHeader.closingSize))
        try? handle.synchronize()
        try? handle.close()
        guard rename(path + ".unfinished", path) == 0 else {
            throw PipelineError(.badOutput, "cannot put \(path) in place: \(String(cString: strerror(errno)))")
        }
    }

    func abandon() {
        try? handle.close()
        unlink(path + ".unfinished")
    }

    private func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

    private func write(_ bytes: [UInt8]) throws {
        do { try handle.write(contentsOf: bytes) } catch {
            throw PipelineError(.badOutput, "cannot write \(path): \(error.localizedDescription)")
        }
    }
}
