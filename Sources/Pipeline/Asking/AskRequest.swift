package import Settings

/// A question about a scanned repository.
package struct AskRequest: Sendable {
    package let question: String
    /// A run's id, a prefix of it, or `latest`.
    package let run: String
    package let state: String
    package let configuration: ScanConfiguration

    package init(question: String, run: String, state: String, configuration: ScanConfiguration) {
        self.question = question
        self.run = run
        self.state = state
        self.configuration = configuration
    }
}
