package import OrchestratorCore

/// What files serve instead of production, as far as their paths tell.
package enum PathPurpose {
    /// `a test`, or `a sample or documentation`; nil where nothing says so.
    package static func words(_ path: RepositoryPath) -> String? {
        switch PathContext(path, .unknown) {
        case .production: nil
        case .test: "a test"
        case .sample: "a sample or documentation"
        }
    }
}
