/// What kept a rule or the analyzer from being built.
package struct DetectionError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case badPattern, badQuery, badRule, duplicateRule, grammarMissing
    }

    package let code: Code
    /// What was being done and what was expected; names the rule and, where known, `file:line`.
    package let context: String

    init(_ code: Code, _ context: String) {
        self.code = code
        self.context = context
    }

    package var description: String { context }
}
