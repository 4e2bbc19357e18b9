/// What went wrong with a grammar, a parse or a query.
package struct SyntaxTreeError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case grammarsUnavailable, grammarMissing, tooMuchWork, tooLarge, hostile, badQuery
    }

    package let code: Code
    /// What was being done: the file, the grammar, the limit and the actual value.
    package let context: String
    /// For `badQuery`: the byte offset in the query's text.
    package let offset: Int?

    init(_ code: Code, _ context: String, offset: Int? = nil) {
        self.code = code
        self.context = context
        self.offset = offset
    }

    package var description: String { context }
}
