package import OrchestratorCore
import Store

/// Writes the walked files into the run, so that every later stage and report starts from the same list.
package struct RecordFiles: Stage {
    let target: Target
    let store: RunStore
    let run: String

    package let name = StageName.walk
    package let version = 1
    package var settings: Digest { target.digest }

    package func run(_ input: Repository) async throws -> FileManifest {
        try store.recordFiles(target.files, run: run)
        return FileManifest(count: target.files.count, digest: target.digest)
    }
}
