/// Many things at a glance, each with its state: cells in rows. Only HTML draws it; tables say the same in Markdown.
struct HeatMap: Sendable {
    struct Cell: Sendable {
        let label: String
        /// A sign that stands for the meaning, for those who do not tell the colours apart.
        let sign: String
        /// The meaning in words, for those who see neither.
        let meaning: String
        let title: String
        let role: String
        /// The id that the cell leads to.
        let target: String
    }

    struct Row: Sendable {
        let title: String
        let cells: [Cell]
    }

    let title: String
    let rows: [Row]
}
