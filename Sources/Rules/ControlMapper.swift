package import OrchestratorCore

/// Turns findings and coverage into a status per control. Pure: the same facts give the same statuses.
package struct ControlMapper: Sendable {
    /// What a run knows when it judges controls.
    package struct Facts: Sendable {
        /// CWE number -> its findings.
        package let findings: [Int: Tally]
        /// The languages in scope whose files can execute or run something, and whether all their files were examined.
        package let languages: [Language: Bool]
        /// CWE number -> the enabled rules that look for it.
        package let rules: [Int: [CoveringRule]]
        /// Which weaknesses are general, and where the others can occur.
        package let weaknesses: WeaknessCatalogue
        package let personalData: PersonalData

        package init(
            findings: [Int: Tally], languages: [Language: Bool], rules: [Int: [CoveringRule]],
            weaknesses: WeaknessCatalogue, personalData: PersonalData
        ) {
            self.findings = findings
            self.languages = languages
            self.rules = rules
            self.weaknesses = weaknesses
            self.personalData = personalData
        }
    }

    /// A rule sure enough to fail a control, so that its silence means something.
    package struct CoveringRule: Sendable, Hashable {
        package let id: String
        /// Empty for a rule that reads every text.
        private let languages: Set<Language>

        package init(id: String, languages: Set<Language>) {
            self.id = id
            self.languages = languages
        }

        func covers(_ language: Language) -> Bool { languages.isEmpty || languages.contains(language) }
    }

    /// The findings of one weakness.
    package struct Tally: Sendable, Hashable {
        /// Open and as probable as `confirmation` asks, open but less sure, and suppressed.
        package var confirmed = 0
        package var doubtful = 0
        package var suppressed = 0

        package init() {}

        package mutating func add(_ finding: Finding) {
            if !finding.isOpen {
                suppressed += 1
            } else if finding.confidence >= ControlMapper.confirmation {
                confirmed += 1
            } else {
                doubtful += 1
            }
        }
    }

    /// Whether the target processes personal data: decides if data-protection controls bind.
    package enum PersonalData: String, Sendable, Codable, CaseIterable {
        case yes, no
        /// Nobody declared it, but the source names personal data.
        case detected
        case undeclared
    }

    /// Confidence in percent from which an open finding fails a control; below, it asks for a review.
    package static let confirmation = 40

    private let facts: Facts

    package init(_ facts: Facts) { self.facts = facts }

    package func assess(_ ruleSet: RuleSet) -> [ControlAssessment] {
        ruleSet.controls.map { control in
            let evidence = ControlEvidence(control, facts)
            let (status, reason) = status(of: control, evidence)
            return ControlAssessment(
                ruleSet: ruleSet.id, control: control.id, status: status, reason: reason,
                openFindings: evidence.open, suppressedFindings: evidence.suppressed,
                weaknessesMapped: evidence.counted.count,
                weaknessesCovered: evidence.counted.count - evidence.uncovered.count,
                weaknessesUncovered: evidence.uncovered, evidence: evidence.items,
                basis: AssessmentBasis(
                    general: evidence.general, elsewhere: evidence.elsewhere, rules: evidence.rules))
        }
    }

    private func status(of control: Control, _ evidence: ControlEvidence) -> (ControlStatus, String) {
        if let statement = control.applicability, !statement.isApplicable {
            return (.notApplicable, "Declared not applicable: \(statement.justification)" + contradiction(evidence))
        }
        guard control.needsPersonalData else { return statusWhereItBinds(control, evidence) }
        switch facts.personalData {
        case .no: return (.notApplicable, "The configuration declares that no personal data is processed.")
        case .undeclared where evidence.open > 0:
            return (
                .needsReview,
                "\(count(evidence.open, "open finding")) would bear on it if personal data is processed, which the "
                    + "configuration does not say."
            )
        case .detected:
            let (status, reason) = statusWhereItBinds(control, evidence)
            return (status, reason + " It binds because the source names personal data; nobody declared it.")
        case .yes, .undeclared: return statusWhereItBinds(control, evidence)
        }
    }

    /// A statement stands, but not unseen beside findings that speak against it.
    private func contradiction(_ evidence: ControlEvidence) -> String {
        evidence.open == 0 ? "" : " Yet \(count(evidence.open, "open finding")) would bear on it."
    }

    private func statusWhereItBinds(_ control: Control, _ evidence: ControlEvidence) -> (ControlStatus, String) {
        if evidence.failing > 0 {
            return (
                .notSatisfied,
                "\(count(evidence.failing, "open finding")) with a mapping of more than weak strength: "
                    + "\(list(evidence.failingWeaknesses))."
            )
        }
        if control.evidencedByScan { return (.partlySatisfied, credit(evidence)) }
        if evidence.open > 0 {
            return (
                .needsReview,
                "\(count(evidence.open, "open finding")), but only of low confidence or by weak mappings; a person "
                    + "must decide."
            )
        }
        return statusWithoutFindings(control, evidence)
    }

    /// Weak mappings do not take away what the running of the scan shows.
    private func credit(_ evidence: ControlEvidence) -> String {
        let weak =
            evidence.open == 0
            ? "" : " \(count(evidence.open, "open finding")) of low confidence or by weak mappings wait for triage."
        return "This scan is itself part of what the control asks for: its run record is the evidence. Triage and "
            + "correction are not shown by it." + weak
    }

    private func statusWithoutFindings(_ control: Control, _ evidence: ControlEvidence) -> (ControlStatus, String) {
        switch control.assessable {
        case .process: (.notAssessed, "Evidence lies in processes and records, not in code.")
        case .physical: (.notAssessed, "Evidence is physical, not in code.")
        case .config: (.notAssessed, "Evidence lies in the deployed configuration; no finding is no proof.")
        case .code: statusByCoverage(evidence)
        }
    }

    private func statusByCoverage(_ evidence: ControlEvidence) -> (ControlStatus, String) {
        if facts.languages.isEmpty { return (.notAssessed, "No program is in scope.") }
        let total = evidence.counted.count
        if total == 0 { return (.notAssessed, nothingCounts(evidence)) }
        let incomplete = facts.languages.filter { !$0.value }.keys.map(\.title).sorted()
        if !incomplete.isEmpty {
            return (.notAssessed, "Some files could not be examined: \(incomplete.joined(separator: ", ")).")
        }
        guard evidence.uncovered.isEmpty else {
            return (
                .notAssessed,
                "\(covered(total, evidence)) Not looked for everywhere: \(list(evidence.uncovered)); rules are missing in "
                    + "\(names(evidence.gaps)).\(leftOut(evidence))"
            )
        }
        return (
            .satisfied,
            "\(total) of \(total) mapped weaknesses have a rule in every language in scope they can occur in, all of "
                + "them ran, and none was found. Rules: \(names(evidence.rules)).\(leftOut(evidence))"
        )
    }

    private func covered(_ total: Int, _ evidence: ControlEvidence) -> String {
        let count = total - evidence.uncovered.count
        guard count > 0 else { return "No mapped weakness has a rule in every language in scope." }
        return
            "\(count) of \(total) mapped weaknesses have a rule in every language in scope they can occur in; nothing "
            + "was found for those."
    }

    /// Why no absence of findings could show anything.
    private func nothingCounts(_ evidence: ControlEvidence) -> String {
        if evidence.general.isEmpty, evidence.elsewhere.isEmpty {
            return "No weakness maps to it with more than weak strength."
        }
        return "No mapped weakness can be shown to be absent.\(leftOut(evidence))"
    }

    private func leftOut(_ evidence: ControlEvidence) -> String {
        var parts: [String] = []
        if !evidence.general.isEmpty { parts.append("general entries (\(list(evidence.general)))") }
        if !evidence.elsewhere.isEmpty {
            parts.append("what cannot occur in the languages in scope (\(list(evidence.elsewhere)))")
        }
        return parts.isEmpty ? "" : " Not counted: \(parts.joined(separator: ", and "))."
    }

    /// The first few of a list of names, and how many more there are.
    private func names(_ names: [String]) -> String {
        let shown = names.prefix(8).joined(separator: ", ")
        return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
    }

    private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    /// The first few of a list of weaknesses, and how many more there are.
    private func list(_ weaknesses: [Int]) -> String {
        let shown = weaknesses.prefix(8).map { "CWE-\($0)" }.joined(separator: ", ")
        return weaknesses.count > 8 ? "\(shown) and \(weaknesses.count - 8) more" : shown
    }
}
