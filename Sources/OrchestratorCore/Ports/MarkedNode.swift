/// A structured document (YAML) whose every node knows where it stands, so that an error can name its line.
package indirect enum MarkedNode: Sendable {
    case scalar(String, plain: Bool, Mark)
    case sequence([MarkedNode], Mark)
    /// Keys are scalars and unique; order as written.
    case mapping([(key: String, keyMark: Mark, value: MarkedNode)], Mark)

    /// A place in a named document; line and column are 1-based.
    package struct Mark: Hashable, Sendable, CustomStringConvertible {
        package let file: String
        package let line: Int
        package let column: Int

        package init(file: String, line: Int, column: Int) {
            self.file = file
            self.line = line
            self.column = column
        }

        package var description: String { "\(file):\(line):\(column)" }
    }

    package var mark: Mark {
        switch self {
        case .scalar(_, _, let mark), .sequence(_, let mark), .mapping(_, let mark): mark
        }
    }
}

/// Reads YAML 1.1 into marked nodes. Aliases count as often as they stand
/// for something, up to a limit, so that a small file cannot become a large one.
package protocol MarkedDocumentReader: Sendable {
    /// Throws `DocumentError` with the place of the first error.
    func read(_ text: String, file: String) throws(DocumentError) -> MarkedNode
}

/// What was wrong in a document, where, and what was expected.
package struct DocumentError: Error, Hashable, Sendable, CustomStringConvertible {
    package let mark: MarkedNode.Mark
    package let problem: String

    package init(_ mark: MarkedNode.Mark, _ problem: String) {
        self.mark = mark
        self.problem = problem
    }

    package var description: String { "\(mark): \(problem)" }
}
