import Foundation
import OrchestratorCore

/// Where runs, caches and rule sets are kept: `--state`, else `$XDG_STATE_HOME/secorch`.
package struct StateFolder: Sendable {
    package let path: String

    /// Creates the folder, readable by its owner only. Throws `unwritable`.
    package init(_ path: String) throws(StoreError) {
        self.path = path
        try Self.create(path)
    }

    static func create(_ path: String) throws(StoreError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StoreError(.unwritable, "cannot create the state folder \(path): \(error.localizedDescription)")
        }
    }

    package static var standard: String {
        let environment = ProcessInfo.processInfo.environment
        let base =
            environment["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
            ?? (environment["HOME"] ?? "/tmp") + "/.local/state"
        return base + "/secorch"
    }

    /// The folder of one repository, by its absolute path.
    func folder(ofRepository root: String) -> String {
        let name = root.split(separator: "/").last.map(String.init) ?? "root"
        let plain = String(name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" }.prefix(40))
        return "\(path)/repositories/\(plain)-\(Digest(of: root).hex.prefix(12))"
    }

    /// The folders of all repositories that have state here, sorted.
    package var repositories: [String] {
        let folder = path + "/repositories"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().map { "\(folder)/\($0)" }
            .filter { FileManager.default.fileExists(atPath: $0 + "/runs.sqlite") }
    }
}
