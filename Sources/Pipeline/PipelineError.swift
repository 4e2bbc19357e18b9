/// What kept a run from being done.
package struct PipelineError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The program's own data is missing or unreadable.
        case installation
        /// Something that was asked for could be done in part only.
        case incomplete
        /// A program of the machine that is needed is not there, or failed.
        case missingProgram, printing
        case badOutput, badTarget, badConfiguration, unknownRuleSet, unknownRule, unknownRun
        /// A signing key, a record of keys or an evidence bundle that cannot be used.
        case badKey, badBundle
    }

    package let code: Code
    /// What was being done, where, and what was expected.
    package let context: String

    package init(_ code: Code, _ context: String) {
        self.code = code
        self.context = context
    }

    package var description: String { context }
}
