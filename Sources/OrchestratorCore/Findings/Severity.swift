/// How bad a weakness is if it is real, by the scheme the report prints: the rule's author sets it from impact and
/// ease of attack; it is not a CVSS score.
package enum Severity: String, Codable, Sendable, CaseIterable, Comparable {
    case info, low, medium, high, critical

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

    /// Worst first, as tables list them.
    package static let descending: [Severity] = allCases.reversed()
}
