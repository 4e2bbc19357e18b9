package import OrchestratorCore

/// The known weaknesses by number.
package struct WeaknessCatalogue: Sendable {
    private let byID: [Int: Weakness]

    /// Throws `duplicateId`.
    package init(_ weaknesses: [Weakness]) throws(RulesError) {
        var table: [Int: Weakness] = [:]
        for weakness in weaknesses {
            guard table.updateValue(weakness, forKey: weakness.id) == nil else {
                throw RulesError(.duplicateId, "CWE-\(weakness.id) is defined twice")
            }
        }
        byID = table
    }

    /// Knows nothing.
    package static let empty = WeaknessCatalogue(byID: [:])

    private init(byID: [Int: Weakness]) { self.byID = byID }

    package subscript(id: Int) -> Weakness? { byID[id] }

    /// Throws `unknownWeakness` for the first mapping of a rule set to a weakness that is not in the catalogue.
    package func check(_ ruleSet: RuleSet) throws(RulesError) {
        for control in ruleSet.controls {
            for mapping in control.mappings where byID[mapping.weakness] == nil {
                throw RulesError(
                    .unknownWeakness,
                    "\(ruleSet.id), control \(control.id): CWE-\(mapping.weakness) is not in rulesets/weaknesses.yaml")
            }
        }
    }

    package var all: [Weakness] { byID.values.sorted { $0.id < $1.id } }
}
