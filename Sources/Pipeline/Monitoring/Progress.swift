package import OrchestratorCore

/// Hears how a run gets on. Calls come from any task, in order per stage.
package protocol ProgressListener: Sendable {
    /// - Parameter total: files to be done; nil where that is not known yet.
    func began(_ stage: StageName, total: Int?)
    /// - Parameter done: files done so far.
    func advanced(_ stage: StageName, done: Int)
    func ended(_ stage: StageName)
    /// Something a person may want to act on before the run is over.
    func warned(_ text: String)
}

/// For those who do not want to know.
package struct NoProgress: ProgressListener {
    package init() {}
    package func began(_ stage: StageName, total: Int?) {}
    package func advanced(_ stage: StageName, done: Int) {}
    package func ended(_ stage: StageName) {}
    package func warned(_ text: String) {}
}
