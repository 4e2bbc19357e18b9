package import OrchestratorCore

/// Where writers take a report from. Every call begins anew and gives the same items in the same order.
package protocol ReportSource {
    var header: ReportHeader { get }
    /// In the order of the frameworks and their controls.
    var assessments: [ControlAssessment] { get }
    /// Suppression comments without effect.
    var idleSuppressions: [(path: RepositoryPath, comment: IdleSuppression)] { get }

    /// The entries of the user's exceptions file, in its order.
    var exceptions: [AppliedException] { get }

    /// Worst first, suppressed ones among them.
    func forEachFinding(_ body: (Finding) throws -> Void) throws
    /// What rules advise that look for no weakness, in the same order; no other list holds it.
    func forEachAdvice(_ body: (Finding) throws -> Void) throws
    /// Ascending by path; paths that git does not list are among them.
    func forEachFile(_ body: (RunFile) throws -> Void) throws
    /// What was open in the run compared with and is not here, worst first.
    func forEachGone(_ body: (GoneFinding) throws -> Void) throws
}
