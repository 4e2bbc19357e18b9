import OrchestratorCore
import Settings

extension ScanConfiguration {
    /// What shapes the result, as `key: value`, without keys, addresses and budgets: those change neither findings nor
    /// statuses, and addresses may hold secrets.
    var statements: [String] {
        var statements = exclude.map { "exclude: \($0)" } + targetExclude.map { "exclude (the target's own): \($0)" }
        statements += include.map(\.rawValue).sorted().map { "include: \($0)" }
        if let largestFile { statements.append("largest_file_mb: \(largestFile >> 20)") }
        statements += disabledRules.sorted().map { "disable_rules: \($0)" }
        if let personalData { statements.append("personal_data: \(personalData)") }
        if let honoursSuppressions { statements.append("suppressions: \(honoursSuppressions)") }
        if let failOn { statements.append("fail_on: \(failOn.rawValue)") }
        if searchesHistory { statements.append("history: true") }
        if selection.scope != .all { statements.append("selection scope: \(selection.scope.rawValue)") }
        if isLocalOnly { statements.append("local_only: true") }
        return statements
    }
}
