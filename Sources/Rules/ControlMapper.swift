package import OrchestratorCore

/// Turns findings and coverage into a status per control. Pure: the same facts give the same statuses.
package struct ControlMapper: Sendable {
    /// What a run knows when it judges controls.
    package struct Facts: Sendable {
        /// CWE number -> its findings.
        package let findings: [Int: Tally]
        /// The languages in scope whose files can execute or run something, and whether all their files were examined.
        package let languages: [Language: Bool]
        /// CWE number -> the languages some enabled rule covers.
        package let rules: [Int: Set<Language>]
        package let personalData: PersonalData

        package init(
            findings: [Int: Tally], languages: [Language: Bool], rules: [Int: Set<Language>], personalData: PersonalData
        ) {
            self.findings = findings
            self.languages = languages
            self.rules = rules
            self.personalData = personalData
        }
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
        case yes, no, undeclared
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
                weaknessesMapped: evidence.firmlyMapped.count,
                weaknessesCovered: evidence.firmlyMapped.count - evidence.uncovered.count,
                weaknessesUncovered: evidence.uncovered, evidence: evidence.items)
        }
    }

    private func status(of control: Control, _ evidence: ControlEvidence) -> (ControlStatus, String) {
        if control.needsPersonalData {
            switch facts.personalData {
            case .no: return (.notApplicable, "The configuration declares that no personal data is processed.")
            case .undeclared where evidence.open > 0:
                return (
                    .needsReview,
                    "\(count(evidence.open, "open finding")) would bear on it if personal data is processed, which the "
                        + "configuration does not say."
                )
            default: break
            }
        }
        if evidence.failing > 0 {
            return (
                .notSatisfied,
                "\(count(evidence.failing, "open finding")) with a mapping of more than weak strength: "
                    + "\(list(evidence.failingWeaknesses))."
            )
        }
        if evidence.open > 0 {
            return (
                .needsReview,
                "\(count(evidence.open, "open finding")), but only of low confidence or by weak mappings; a person "
                    + "must decide."
            )
        }
        return statusWithoutFindings(control, evidence)
    }

    private func statusWithoutFindings(_ control: Control, _ evidence: ControlEvidence) -> (ControlStatus, String) {
        if control.evidencedByScan {
            return (
                .partlySatisfied,
                "This scan is itself part of what the control asks for; triage and correction are not shown by it."
            )
        }
        switch control.assessable {
        case .process: return (.notAssessed, "Evidence lies in processes and records, not in code.")
        case .physical: return (.notAssessed, "Evidence is physical, not in code.")
        case .config: return (.notAssessed, "Evidence lies in the deployed configuration; no finding is no proof.")
        case .code: return statusByCoverage(evidence)
        }
    }

    private func statusByCoverage(_ evidence: ControlEvidence) -> (ControlStatus, String) {
        let total = evidence.firmlyMapped.count
        if total == 0 { return (.notAssessed, "No weakness maps to it with more than weak strength.") }
        if facts.languages.isEmpty { return (.notAssessed, "No program is in scope.") }
        let incomplete = facts.languages.filter { !$0.value }.keys.map(\.title).sorted()
        if !incomplete.isEmpty {
            return (.notAssessed, "Some files could not be examined: \(incomplete.joined(separator: ", ")).")
        }
        guard evidence.uncovered.isEmpty else {
            return (
                .notAssessed,
                "\(total - evidence.uncovered.count) of \(total) mapped weaknesses have a rule in every language in "
                    + "scope; nothing was found for those. Not looked for everywhere: \(list(evidence.uncovered))."
            )
        }
        return (
            .satisfied,
            "All \(total) mapped weaknesses have a rule in every language in scope, all of them ran, and none was found."
        )
    }

    private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    /// The first few of a list of weaknesses, and how many more there are.
    private func list(_ weaknesses: [Int]) -> String {
        let shown = weaknesses.prefix(8).map { "CWE-\($0)" }.joined(separator: ", ")
        return weaknesses.count > 8 ? "\(shown) and \(weaknesses.count - 8) more" : shown
    }
}

/// What the facts say about one control.
private struct ControlEvidence {
    private(set) var items: [MappedEvidence] = []
    private(set) var open = 0
    private(set) var suppressed = 0
    /// Open findings that fail the control, and their weaknesses.
    private(set) var failing = 0
    private(set) var failingWeaknesses: [Int] = []
    /// Weaknesses mapped with more than weak strength, and those of them without a rule in some language in scope.
    private(set) var firmlyMapped: [Int] = []
    private(set) var uncovered: [Int] = []

    init(_ control: Control, _ facts: ControlMapper.Facts) {
        // Several sources may map one weakness: the firmest counts.
        var best: [Int: Mapping] = [:]
        for mapping in control.mappings {
            if let known = best[mapping.weakness], known.strength >= mapping.strength { continue }
            best[mapping.weakness] = mapping
        }
        for (weakness, mapping) in best.sorted(by: { $0.key < $1.key }) {
            let tally = facts.findings[weakness] ?? ControlMapper.Tally()
            let found = tally.confirmed + tally.doubtful
            open += found
            suppressed += tally.suppressed
            if found > 0 {
                items.append(
                    MappedEvidence(
                        weakness: weakness, strength: mapping.strength, source: mapping.source, openFindings: found))
            }
            guard mapping.strength > .weak else { continue }
            firmlyMapped.append(weakness)
            if tally.confirmed > 0 {
                failing += tally.confirmed
                failingWeaknesses.append(weakness)
            }
            let covered = facts.rules[weakness] ?? []
            if !facts.languages.keys.allSatisfy(covered.contains) { uncovered.append(weakness) }
        }
    }
}
