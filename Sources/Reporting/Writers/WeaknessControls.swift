import OrchestratorCore

/// The controls that weaknesses bear on with more than weak strength.
struct WeaknessControls {
    private let controls: [Int: [(framework: String, control: String)]]

    init(_ header: ReportHeader) {
        var controls: [Int: [(framework: String, control: String)]] = [:]
        for ruleSet in header.method.ruleSets {
            for control in ruleSet.controls {
                for weakness in Set(control.mappings.filter { $0.strength > .weak }.map(\.weakness)) {
                    controls[weakness, default: []].append((ruleSet.id, control.id))
                }
            }
        }
        self.controls = controls
    }

    /// In the order of the frameworks and their controls.
    func of(_ weakness: Int) -> [(framework: String, control: String)] { controls[weakness] ?? [] }

    /// `framework:control`, separated by blanks.
    func names(of weakness: Int) -> String {
        of(weakness).map { "\($0.framework):\($0.control)" }.joined(separator: " ")
    }
}
