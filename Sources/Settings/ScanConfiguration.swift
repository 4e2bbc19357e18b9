package import OrchestratorCore

/// What a configuration file says. Nil and empty mean "not said".
package struct ScanConfiguration: Sendable, Hashable {
    /// Framework ids, in the order of the report; nil for all.
    package var ruleSets: [String]?
    /// Patterns in the manner of .gitignore.
    package var exclude: [String] = []
    /// Patterns from the target's own file: they can leave out more, never bring back anything.
    package var targetExclude: [String] = []
    /// Files that a scan would skip and this one should not.
    package var include: Set<Inclusion> = []
    /// Bytes above which a file is not read; nil for the default.
    package var largestFile: Int?
    /// Whether the target processes personal data; nil where nobody declared it.
    package var personalData: Bool?
    /// Ids of detection rules that do not run.
    package var disabledRules: [String] = []
    package var failOn: Severity?
    /// Whether the commits behind the tree are searched for secrets.
    package var searchesHistory = false
    /// A folder with templates in place of the program's; nil for the program's alone.
    package var templates: String?
    /// False where findings are shown as if no comment suppressed any.
    package var honoursSuppressions: Bool?
    /// The user's exceptions file.
    package var exceptions: String?
    /// Whether an exception counts only where somebody else approved it.
    package var requiresSecondPerson = false
    /// Days after which a finding of a severity should be mended.
    package var deadlines: [Severity: Int] = [:]
    /// The providers and models that may be asked; empty for a scan without a model.
    package var providers: [ProviderDescriptor] = []
    package var models: [ModelDescriptor] = []
    package var selection = SelectionSettings()
    package var budgets = Budgets()
    /// Refuses whatever could leave this machine.
    package var isLocalOnly = false
    /// Whether work whose last attempt may have been charged is sent again: consent to pay twice.
    package var retriesUncertain = false
    /// Whether prompts go out in batches to every provider that has them, not only to those configured so.
    package var usesBatches = false
    /// Seconds that a run waits for its batches.
    package var batchWait = 86_400
    /// What a reader of the report must know about how the configuration came about.
    package var notices: [String] = []

    package enum Inclusion: String, Sendable, CaseIterable {
        case generated, vendored, minified
    }

    package init() {}
}
