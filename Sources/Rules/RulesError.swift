/// What kept rule sets or imported results from being used.
package struct RulesError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case duplicateId, unknownWeakness
        /// A file that is not SARIF 2.1.0.
        case notSARIF
    }

    package let code: Code
    /// What was being done and what was expected.
    package let context: String

    init(_ code: Code, _ context: String) {
        self.code = code
        self.context = context
    }

    package var description: String { context }
}
