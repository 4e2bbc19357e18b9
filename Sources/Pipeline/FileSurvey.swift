import Detection
import Ingestion
package import OrchestratorCore
package import Settings

/// Every path of a folder and what a scan would do with it, without examining any.
package struct FileSurvey: Sendable {
    /// Exactly the paths git lists (outside git: all), ascending.
    package let files: [SourceFile]

    /// Throws `IngestionError`, `PipelineError` and the errors of reading rules; `CancellationError`.
    package init(
        _ path: String, _ configuration: ScanConfiguration, _ installation: Installation, ownFolders: [String],
        jobs: Int
    ) async throws {
        guard !path.isEmpty else { throw PipelineError(.badTarget, "the path to list is empty") }
        let root = try RootFolder(path)
        let narrowed = configuration.narrowed(by: root)
        let library = try DetectionLibrary(installation, disabled: narrowed.disabledRules)
        let target = try await Target(
            root, policy: Inspector.Policy(narrowed), since: nil, ownFolders: ownFolders, jobs: jobs,
            progress: NoProgress())
        files = target.files.filter(\.isListed).map { entry in
            guard entry.file.coverage.state == .analysed else { return entry.file }
            let rules = library.book.rules(for: entry.file.language)
            if !rules.hasOwnRules { return entry.file.with(Coverage(.noRules, entry.file.language.title)) }
            guard library.grammars == nil, entry.file.language.grammar != nil else { return entry.file }
            return entry.file.with(Coverage(.lexicalOnly, "grammars not installed"))
        }
    }
}
