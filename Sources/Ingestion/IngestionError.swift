/// What kept the target from being read.
package struct IngestionError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case missing, notAFolder, unreadable, gitFailed, unknownRevision
    }

    package let code: Code
    /// What was being done, on which path, and what was expected.
    package let context: String

    init(_ code: Code, _ context: String) {
        self.code = code
        self.context = context
    }

    package var description: String { context }
}
