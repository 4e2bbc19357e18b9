import Foundation
import Ingestion
package import OrchestratorCore
import Settings

/// A file of exceptions that was read and found to be well-formed.
package struct ExceptionsFile: Sendable {
    package let entries: [FindingException]
    package let requiresSecondPerson: Bool
    /// Over the bytes of the file.
    package let digest: Digest

    static let limit = 4 * 1024 * 1024

    private init(_ bytes: [UInt8], file: String) throws(DocumentError) {
        let document = try ExceptionsReader(reader: YAMLReader()).read(
            String(decoding: bytes, as: UTF8.self), file: file)
        entries = document.entries
        requiresSecondPerson = document.requiresSecondPerson
        digest = Digest(of: bytes)
    }

    /// - Parameter root: the target; a file below it is not trusted.
    /// - Throws: `DocumentError` with the line, `badConfiguration` for what cannot be read or lies in the target.
    package init(path: String, outside root: String?) throws {
        let whole = OutputFolder.absolute(path)
        let real = URL(filePath: whole).resolvingSymlinksInPath().path
        if let root, [whole, real].contains(where: { $0.hasPrefix(root == "/" ? "/" : root + "/") }) {
            throw PipelineError(
                .badConfiguration,
                "the exceptions file \(path) lies inside the scanned folder, which is not trusted; keep a reviewed copy elsewhere"
            )
        }
        try self.init(try UserFile.read(path, "exceptions file", limit: Self.limit), file: path)
    }

    /// The target's own file, which is only ever offered; nil where there is none. Throws `DocumentError`.
    init?(offeredBy root: RootFolder) throws(DocumentError) {
        var bytes: [UInt8] = []
        let file = RepositoryPath(ExceptionsReader.fileName)
        guard (try? root.read(file, into: &bytes, limit: Self.limit)) != nil else { return nil }
        try self.init(bytes, file: ExceptionsReader.fileName)
    }

    /// The lines of the entries whose last day was before a day.
    func expired(on day: String) -> [Int] { entries.filter { $0.until < day }.map(\.line) }

    /// How each entry stands on a day.
    package func standings(
        on day: String, requiringSecondPerson: Bool, honoured: Bool = true
    ) -> [AppliedException.Standing] {
        entries.map { entry in
            if entry.until < day { return .expired }
            if requiringSecondPerson || requiresSecondPerson, !entry.hasSecondPerson { return .refused }
            return honoured ? .inForce : .switchedOff
        }
    }
}

/// Which entries speak of a finding.
package struct ExceptionMatcher {
    private var ids: [String: [Int]] = [:]
    private var rules: [String: [(entry: Int, paths: PathGlob)]] = [:]

    package init(_ entries: [FindingException]) {
        for (index, entry) in entries.enumerated() {
            switch entry.scope {
            case .finding(let id): ids[id, default: []].append(index)
            case .rule(let rule, let paths): rules[rule, default: []].append((index, PathGlob(paths)))
            }
        }
    }

    /// Their places, ascending.
    package func entries(for finding: Finding) -> [Int] {
        let byRule = (rules[finding.rule] ?? []).filter { $0.paths.matches(finding.location.path) }.map(\.entry)
        return ((ids[finding.id] ?? []) + byRule).sorted()
    }
}

/// A file that the user named.
enum UserFile {
    /// Throws `badConfiguration`.
    static func read(_ path: String, _ what: String, limit: Int) throws(PipelineError) -> [UInt8] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
            let file = FileHandle(forReadingAtPath: path)
        else { throw PipelineError(.badConfiguration, "cannot read the \(what) \(path)") }
        defer { try? file.close() }
        guard let data = try? file.read(upToCount: limit + 1), data.count <= limit else {
            throw PipelineError(
                .badConfiguration, "the \(what) \(path) cannot be read, or is larger than \(limit) bytes")
        }
        return Array(data)
    }
}
