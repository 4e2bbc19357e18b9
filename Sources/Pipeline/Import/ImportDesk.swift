import Foundation
import Ingestion
package import OrchestratorCore
import Rules
import Settings
import Store

/// What other scanners found in a repository: takes it, lists it, removes it.
package struct ImportDesk: Sendable {
    private let installation: Installation
    private let root: RootFolder
    private let state: StateFolder

    /// Throws where the target or the state folder cannot be used.
    package init(_ installation: Installation, target: String, state: String) throws {
        self.installation = installation
        root = try RootFolder(target)
        self.state = try StateFolder(state)
    }

    /// Takes the results of a SARIF file whose places exist in the target, in place of an earlier import of that name.
    /// - Parameter name: nil for the names of the tools.
    /// - Throws: `notSARIF` with the place of the first error; then nothing was taken.
    package func take(_ file: String, named name: String?) throws -> ImportRecord {
        try SARIFImport(
            file: file, root: root, library: try DetectionLibrary(installation),
            known: try installation.toolWeaknesses, store: try RunStore(state: state, workingOn: root.path)
        ).run(named: name)
    }

    /// By name.
    package func imports() throws -> [ImportRecord] { try RunStore(state: state, reading: root.path).imports() }

    /// Later scans do without it; runs that used it keep their findings. Throws `notFound`.
    package func remove(_ name: String) throws {
        try RunStore(state: state, workingOn: root.path).removeImport(named: name)
    }
}

extension Installation {
    private static let toolWeaknessesFile = "rulesets/imports.yaml"

    /// The weaknesses of rules whose tool names none. Throws with the place of the first error.
    var toolWeaknesses: ToolWeaknesses {
        get throws {
            let file = Self.toolWeaknessesFile
            return try ToolWeaknesses(try text(file), file: file, reader: YAMLReader())
        }
    }
}
