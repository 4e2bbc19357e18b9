/// A block of a report: what is said, not how a format says it.
indirect enum Block: Sendable {
    case heading(Int, [Inline], id: String?)
    case paragraph([Inline])
    case bullets([[Inline]])
    /// Items whose order matters.
    case steps([[Inline]])
    case table(Table)
    case chart(Chart)
    case heatMap(HeatMap)
    case filter(Filter)
    case source(SourceExcerpt)
    /// A part with an id to link to and a class for its looks.
    case section(id: String?, role: String, [Block])
    /// Folded where the format can fold, until somebody opens it or where it begins open.
    case details(summary: [Inline], id: String?, [Block], role: String? = nil, isOpen: Bool = false)
}

/// Running text. Whatever comes from data is text or code, never markup.
indirect enum Inline: Sendable {
    case text(String)
    case code(String)
    case strong([Inline])
    /// A short word with a colour of its own: a severity, a status.
    case badge(String, kind: String)
    case link([Inline], url: String)
    /// A link within the report, to another of its pages where one is named.
    case reference([Inline], id: String, page: String = "")
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
    /// Rows by number that can be linked to or filtered.
    var marks: [Int: Mark] = [:]

    struct Mark: Sendable {
        let id: String?
        let role: String
    }

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

    init(_ caption: String, _ columns: [Column], rows: [[[Inline]]] = [], marks: [Int: Mark] = [:]) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
        self.marks = marks
    }
}

/// Lines of source with the ones a finding is about.
struct SourceExcerpt: Sendable {
    let firstLine: Int
    let lines: [String]
    let marked: ClosedRange<Int>
}

/// Check boxes that show and hide what has a class; all are ticked at first. Only HTML has them, and paper shows all.
struct Filter: Sendable {
    struct Choice: Sendable {
        /// The style sheet hides, under `show-ROLE`, what has the class `of-ROLE`.
        let role: String
        let label: [Inline]
    }

    let title: String
    let choices: [Choice]
}
