/// Horizontal bars, each made of segments: drawn as a picture in HTML, written as a table in Markdown.
struct Chart: Sendable {
    struct Segment: Sendable {
        let label: String
        let value: Int
        /// The class that colours it.
        let kind: String
    }

    struct Bar: Sendable {
        let label: String
        let segments: [Segment]

        var total: Int { segments.reduce(0) { $0 + $1.value } }
    }

    let title: String
    let bars: [Bar]
    /// Bars fill the width and show shares; else their lengths compare.
    let showsShares: Bool

    /// The labels of the segments in order, each once, with their class.
    var legend: [(label: String, kind: String)] {
        var seen: Set<String> = []
        return bars.flatMap(\.segments).filter { seen.insert($0.label).inserted }.map { ($0.label, $0.kind) }
    }

    var table: Table {
        let columns = [Table.Column("")] + legend.map { Table.Column($0.label, isNumeric: true) }
        return Table(
            title, columns,
            rows: bars.map { bar in
                [[.text(bar.label)]]
                    + legend.map { entry in
                        [.text(String(bar.segments.first { $0.label == entry.label }?.value ?? 0))]
                    }
            })
    }
}
