import Detection
import Ingestion
import OrchestratorCore
import Rules

/// Reads chunks of the target as a model may see them. One reader serves one task at a time.
final class ChunkReader {
    private let root: RootFolder
    private let redactor: Redactor
    private let scratch = PatternScratch()
    private var buffer: [UInt8] = []
    private var loaded: RepositoryPath?
    private var secrets: [Range<Int>] = []
    private let largestFile: Int

    init(root: RootFolder, redactor: Redactor, largestFile: Int) {
        self.root = root
        self.redactor = redactor
        self.largestFile = largestFile
    }

    /// The content of a file as UTF-8; nil where it cannot be read or is not what the walk saw.
    func content(of file: SourceFile) -> [UInt8]? {
        if loaded == file.path { return buffer }
        loaded = nil
        guard (try? root.read(file.path, into: &buffer, limit: largestFile)) != nil, Digest(of: buffer) == file.digest
        else { return nil }
        if let text = TextEncoding.utf8(of: buffer) { buffer = text }
        loaded = file.path
        secrets = buffer.withUnsafeBufferPointer { redactor.secrets(in: $0, scratch: scratch) }
        return buffer
    }

    /// The text of a chunk, secrets and personal data replaced; lines keep their numbers.
    func redacted(_ chunk: Chunk, of content: [UInt8]) -> String? {
        guard chunk.bytes.upperBound <= content.count else { return nil }
        return content.withUnsafeBufferPointer { bytes in
            let stretch = UnsafeBufferPointer(rebasing: bytes[chunk.bytes])
            guard Digest(of: UnsafeRawBufferPointer(stretch)) == chunk.digest else { return nil }
            let known = secrets.filter { $0.overlaps(chunk.bytes) }.map { secret in
                let inside = secret.clamped(to: chunk.bytes)
                return (inside.lowerBound - chunk.bytes.lowerBound)..<(inside.upperBound - chunk.bytes.lowerBound)
            }
            return redactor.redact(stretch, known: known, scratch: scratch)
        }
    }
}
