/// Whether what a rule finds is a weakness, or advice that stands apart from weaknesses.
package enum RuleCategory: String, Codable, Sendable, CaseIterable {
    case security
    case inputValidation = "input-validation"
    case bestPractice = "best-practice"

    /// True for what neither fails controls nor counts for `--fail-on`, unless the user asks for it.
    package var isAdvice: Bool { self != .security }

    package var title: String {
        switch self {
        case .security: "Security"
        case .inputValidation: "Input validation"
        case .bestPractice: "Best practice"
        }
    }
}
