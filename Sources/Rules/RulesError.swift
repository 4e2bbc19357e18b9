/// What kept rule sets from being used.
package struct RulesError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case duplicateId, unknownWeakness
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
