/// What kept a report from being written.
package struct ReportingError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case badTemplate, unwritable
    }

    package let code: Code
    /// What was being done, on which file, and what was expected.
    package let context: String

    package init(_ code: Code, _ context: String) {
        self.code = code
        self.context = context
    }

    package var description: String { context }
}
