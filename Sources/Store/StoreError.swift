/// What kept the state from being read or written.
package struct StoreError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// The file is no database, or a damaged one. It was left as it is.
        case corrupt
        /// Written by a later version of this program.
        case tooNew
        case busy
        case full
        case unwritable
        case notFound
        case failed
    }

    package let code: Code
    /// What was being done, on which file, and what was expected.
    package let context: String

    init(_ code: Code, _ context: String) {
        self.code = code
        self.context = context
    }

    package var description: String { context }
}
