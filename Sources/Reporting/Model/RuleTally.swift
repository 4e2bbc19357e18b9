import OrchestratorCore

/// The findings of one rule and one severity, which stand together in a report's order. A rule has several tallies where
/// somebody changed the severity of some of its findings.
struct RuleTally {
    struct Key: Hashable {
        let rule: String
        let severity: Severity

        init(_ finding: Finding) {
            rule = finding.rule
            severity = finding.severity
        }
    }

    let key: Key
    let weakness: Int
    /// False where another tally of the rule stands before.
    let isFirst: Bool
    private(set) var open = 0
    private(set) var suppressed = 0
    /// Files with open ones.
    private(set) var files = 0
    /// Percent; the highest of all.
    private(set) var confidence = 0
    /// The earliest deadline of the open ones, and how many are past theirs.
    private(set) var due: Timestamp?
    private(set) var overdue = 0
    /// Suppressed ones that a second person has not approved.
    private(set) var unapproved = 0
    private var lastPath: RepositoryPath?

    /// The rule, and the severity where an earlier tally has the name.
    var name: String { isFirst ? key.rule : "\(key.rule) (\(key.severity.rawValue))" }

    private init(_ finding: Finding, isFirst: Bool) {
        key = Key(finding)
        weakness = finding.weakness
        self.isFirst = isFirst
    }

    private mutating func add(_ finding: Finding) {
        confidence = max(confidence, finding.confidence)
        guard finding.isOpen else {
            suppressed += 1
            if finding.suppression?.approver == nil { unapproved += 1 }
            return
        }
        open += 1
        due = [due, finding.track?.due].compactMap { $0 }.min()
        if finding.track?.isOverdue == true { overdue += 1 }
        if lastPath != finding.location.path { files += 1 }
        lastPath = finding.location.path
    }

    /// Every tally in the report's order, by one pass over the findings.
    static func all(_ source: any ReportSource) throws -> [RuleTally] {
        var tallies: [RuleTally] = []
        var places: [Key: Int] = [:]
        var rules: Set<String> = []
        try source.forEachFinding { finding in
            let key = Key(finding)
            let place = places[key] ?? tallies.count
            if place == tallies.count {
                tallies.append(RuleTally(finding, isFirst: rules.insert(finding.rule).inserted))
                places[key] = place
            }
            tallies[place].add(finding)
        }
        return tallies
    }
}
