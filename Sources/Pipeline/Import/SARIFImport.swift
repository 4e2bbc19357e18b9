import Foundation
import Ingestion
import OrchestratorCore
import Rules
import Store

/// Takes the results of a SARIF file, one after the other, as far as they point at places that exist in the target.
struct SARIFImport {
    let file: String
    let root: RootFolder
    let library: DetectionLibrary
    let known: ToolWeaknesses
    let store: RunStore

    /// Characters of a name.
    private static let nameLength = 120

    /// - Parameter given: nil for the names of the tools.
    func run(named given: String?) throws -> ImportRecord {
        let source = DigestedFile(try FilePieces(file))
        let reader = SARIFReader(name: file, known: known) { try source.open() }
        let outline = try reader.outline()
        let digest = source.digest
        let name = String((given ?? outline.name).prefix(Self.nameLength))
        guard !name.isEmpty else { throw PipelineError(.badImport, "\(file) holds no run; expected one of some tool") }
        return try store.recordImport(named: name) { writer in
            let intake = ImportIntake(outline, known: known, root: root, library: library, writer: writer)
            try reader.forEachResult { run, place, json in try intake.take(json, run: run, place: place) }
            guard source.digest == digest else {
                throw PipelineError(.badImport, "\(file) changed while it was read; nothing was taken")
            }
            return intake.record(name: name, file: URL(filePath: file).lastPathComponent, digest: digest)
        }
    }
}

/// A file and the digest of what was read of it since it was last opened.
private final class DigestedFile {
    private let pieces: FilePieces
    private var builder = Digest.Builder()

    init(_ pieces: FilePieces) { self.pieces = pieces }

    var digest: Digest { builder.finish() }

    func open() throws -> () throws -> [UInt8] {
        builder = Digest.Builder()
        let next = try pieces.open()
        return {
            let piece = try next()
            self.builder.appendPiece(piece)
            return piece
        }
    }
}
