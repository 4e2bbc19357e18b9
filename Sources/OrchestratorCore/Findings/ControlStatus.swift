/// What a scan can say about a control.
package enum ControlStatus: String, Sendable, Codable, CaseIterable {
    case notSatisfied = "not satisfied"
    case needsReview = "needs review"
    case partlySatisfied = "partly satisfied"
    case satisfied
    case notAssessed = "not assessed"
    case notApplicable = "not applicable"
}

/// A control with its status, why it has it, and what the status rests on.
package struct ControlAssessment: Hashable, Sendable, Codable {
    package let ruleSet: String
    package let control: String
    package let status: ControlStatus
    /// One or two sentences an auditor can check.
    package let reason: String
    /// Open findings that map to the control, at any strength.
    package let openFindings: Int
    /// Findings that map to it and are suppressed.
    package let suppressedFindings: Int
    /// Weaknesses that count (m): mapped with more than weak strength, no general entries, and able to occur in a language
    /// in scope; and those of them that rules covered in every language in scope they can occur in (n).
    package let weaknessesMapped: Int
    package let weaknessesCovered: Int
    /// CWE numbers of the m - n that nothing looked for, ascending.
    package let weaknessesUncovered: [Int]
    /// The mappings that carried findings: CWE number, best strength, its source, open findings.
    package let evidence: [MappedEvidence]
    /// Nil in records of earlier versions.
    package let basis: AssessmentBasis?

    package init(
        ruleSet: String, control: String, status: ControlStatus, reason: String, openFindings: Int,
        suppressedFindings: Int, weaknessesMapped: Int, weaknessesCovered: Int, weaknessesUncovered: [Int],
        evidence: [MappedEvidence], basis: AssessmentBasis? = nil
    ) {
        self.ruleSet = ruleSet
        self.control = control
        self.status = status
        self.reason = reason
        self.openFindings = openFindings
        self.suppressedFindings = suppressedFindings
        self.weaknessesMapped = weaknessesMapped
        self.weaknessesCovered = weaknessesCovered
        self.weaknessesUncovered = weaknessesUncovered
        self.evidence = evidence
        self.basis = basis
    }
}

/// What stands behind "n of m".
package struct AssessmentBasis: Hashable, Sendable, Codable {
    /// CWE numbers mapped with more than weak strength that do not count: general entries, and those that cannot occur in
    /// any language in scope. Ascending.
    package let general: [Int]
    package let elsewhere: [Int]
    /// The detection rules that looked for what counts, by id.
    package let rules: [String]

    package init(general: [Int], elsewhere: [Int], rules: [String]) {
        self.general = general
        self.elsewhere = elsewhere
        self.rules = rules
    }
}

/// Findings of one weakness under one control.
package struct MappedEvidence: Hashable, Sendable, Codable {
    package let weakness: Int
    package let strength: Mapping.Strength
    package let source: String
    package let openFindings: Int

    package init(weakness: Int, strength: Mapping.Strength, source: String, openFindings: Int) {
        self.weakness = weakness
        self.strength = strength
        self.source = source
        self.openFindings = openFindings
    }
}
