/// A block of a report: what is said, not how a format says it.
indirect enum Block: Sendable {
    case heading(Int, [Inline], id: String?)
    case paragraph([Inline])
    case bullets([[Inline]])
    case table(Table)
    case chart(Chart)
    case source(SourceExcerpt)
    /// A part with an id to link to and a class for its looks.
    case section(id: String?, role: String, [Block])
    /// Folded where the format can fold.
    case details(summary: [Inline], id: String?, [Block])
}

/// Running text. Whatever comes from data is text or code, never markup.
indirect enum Inline: Sendable {
    case text(String)
    case code(String)
    case strong([Inline])
    /// A short word with a colour of its own: a severity, a status.
    case badge(String, kind: String)
    case link([Inline], url: String)
    /// A link within the report.
    case reference([Inline], id: String)
}

extension Inline: ExpressibleByStringLiteral {
    init(stringLiteral value: String) { self = .text(value) }
}

/// Rows of cells under a header.
struct Table: Sendable {
    /// Read out before the table, and printed above it.
    let caption: String
    let columns: [Column]
    var rows: [[[Inline]]] = []

    struct Column: Sendable {
        let title: String
        let isNumeric: Bool
        /// Holds sentences: needs room.
        let isWide: Bool

        init(_ title: String, isNumeric: Bool = false, isWide: Bool = false) {
            self.title = title
            self.isNumeric = isNumeric
            self.isWide = isWide
        }

        /// The class that gives its cells their looks; nil for none.
        var role: String? { isNumeric ? "n" : isWide ? "w" : nil }
    }

    init(_ caption: String, _ columns: [Column], rows: [[[Inline]]] = []) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
    }
}

/// Lines of source with the ones a finding is about.
struct SourceExcerpt: Sendable {
    let firstLine: Int
    let lines: [String]
    let marked: ClosedRange<Int>
}
