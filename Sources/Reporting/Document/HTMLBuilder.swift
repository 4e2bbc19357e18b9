import CCmark
import OrchestratorCore

/// HTML: elements that Markdown lacks are nodes of ours around children that cmark writes, so that all text from data
/// is escaped by cmark.
struct HTMLBuilder: NodeBuilder {
    func nodes(_ block: Block) -> [CmarkDocument.Node] {
        switch block {
        case .heading(let level, let text, nil): [CmarkDocument.heading(level, nodes(text))]
        case .heading(let level, let text, let id?): [element("h\(level)", ["id": id], nodes(text))]
        case .paragraph(let text): [CmarkDocument.make(CMARK_NODE_PARAGRAPH, nodes(text))]
        case .bullets(let items): [CmarkDocument.bullets(items.map(nodes))]
        case .table(let table): table.rows.isEmpty ? [] : [node(table)]
        case .chart(let chart): [CmarkDocument.custom(block: true, chart.svg, "")]
        case .source(let excerpt): [node(excerpt)]
        case .section(let id, let role, let blocks):
            [element("section", ["id": id, "class": role], nodes(blocks))]
        case .details(let summary, let id, let blocks):
            [element("details", ["id": id], [element("summary", [:], nodes(summary))] + nodes(blocks))]
        }
    }

    func node(_ inline: Inline) -> CmarkDocument.Node {
        switch inline {
        case .text(let text): CmarkDocument.text(VisibleText.of(text))
        case .code(let text): CmarkDocument.code(VisibleText.of(text))
        case .strong(let content): CmarkDocument.make(CMARK_NODE_STRONG, nodes(content))
        case .badge(let text, let kind):
            element("span", ["class": "badge \(kind)"], [CmarkDocument.text(text)], block: false)
        case .link(let content, let url): CmarkDocument.link(url, nodes(content))
        case .reference(let content, let id): CmarkDocument.link("#" + id, nodes(content))
        }
    }

    private func node(_ table: Table) -> CmarkDocument.Node {
        let head = element(
            "tr", [:],
            table.columns.map { column in
                element("th", ["scope": "col", "class": column.role], [CmarkDocument.text(column.title)])
            })
        let body = table.rows.map { row in
            element(
                "tr", [:],
                zip(table.columns, row).enumerated().map { index, pair in
                    let (column, cell) = pair
                    // The first cell names its row.
                    let name = index == 0 ? "th" : "td"
                    return element(
                        name, ["scope": index == 0 ? "row" : nil, "class": column.role], nodes(cell))
                })
        }
        let content = [
            element("caption", [:], [CmarkDocument.text(table.caption)]), element("thead", [:], [head]),
            element("tbody", [:], body),
        ]
        // A wide table scrolls in its own frame, which the keyboard can reach.
        return element(
            "div", ["class": "scroll", "role": "region", "aria-label": table.caption, "tabindex": "0"],
            [element("table", [:], content)])
    }

    private func node(_ excerpt: SourceExcerpt) -> CmarkDocument.Node {
        let lines = excerpt.lines.enumerated().flatMap { index, line -> [CmarkDocument.Node] in
            let number = excerpt.firstLine + index
            let isMarked = excerpt.marked.contains(number)
            let text = [CmarkDocument.text(VisibleText.of(line))]
            return [
                CmarkDocument.custom(block: false, "<span class=\"ln\">\(number)</span>", ""),
                isMarked ? element("mark", [:], text, block: false) : element("span", [:], text, block: false),
            ] + (index + 1 < excerpt.lines.count ? [CmarkDocument.custom(block: false, "\n", "")] : [])
        }
        return element("pre", ["tabindex": "0"], [element("code", [:], lines, block: false)])
    }

    /// An element around nodes; attributes without a value are left out, in order of their names.
    private func element(
        _ name: String, _ attributes: [String: String?], _ children: [CmarkDocument.Node], block: Bool = true
    ) -> CmarkDocument.Node {
        let text = attributes.sorted { $0.key < $1.key }.compactMap { name, value in
            value.map { " \(name)=\"\(HTMLText.escape($0))\"" }
        }.joined()
        return CmarkDocument.custom(block: block, "<\(name)\(text)>", "</\(name)>", children)
    }
}

/// Text for places that cmark does not write: attributes, the page's frame, pictures.
enum HTMLText {
    static func escape(_ text: String) -> String {
        var output = ""
        for character in VisibleText.of(text) {
            switch character {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            case "'": output += "&#39;"
            default: output.append(character)
            }
        }
        return output
    }
}
