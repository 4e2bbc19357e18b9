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
        case .bullets(let items): [CmarkDocument.list(items.map(nodes))]
        case .steps(let items): [CmarkDocument.list(items.map(nodes), isOrdered: true)]
        case .table(let table): table.rows.isEmpty ? [] : [node(table)]
        case .chart(let chart): [CmarkDocument.custom(block: true, chart.svg, "")]
        case .heatMap(let map): [node(map)]
        case .filter(let filter): [node(filter)]
        case .source(let excerpt): [node(excerpt)]
        case .section(let id, let role, let blocks):
            [element("section", ["id": id, "class": role], nodes(blocks))]
        case .details(let summary, let id, let blocks, let role, let isOpen):
            [
                element(
                    "details", ["id": id, "class": role, "open": isOpen ? "" : nil],
                    [element("summary", [:], nodes(summary))] + nodes(blocks))
            ]
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
        case .reference(let content, let id, let page): CmarkDocument.link("\(page)#\(id)", nodes(content))
        }
    }

    private func node(_ table: Table) -> CmarkDocument.Node {
        let head = element(
            "tr", [:],
            table.columns.map { column in
                element("th", ["scope": "col", "class": column.role], [CmarkDocument.text(column.title)])
            })
        let body = table.rows.enumerated().map { number, row in
            element(
                "tr", ["id": table.marks[number]?.id, "class": table.marks[number]?.role],
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

    /// Cells with their text: whoever sees no colours reads the same.
    private func node(_ map: HeatMap) -> CmarkDocument.Node {
        let rows = map.rows.map { row in
            let cells = row.cells.map { cell in
                let content = [
                    CmarkDocument.text(cell.label),
                    element("span", ["aria-hidden": "true"], [CmarkDocument.text(" " + cell.sign)], block: false),
                    element("span", ["class": "unseen"], [CmarkDocument.text(": " + cell.meaning)], block: false),
                ]
                return element(
                    "li", ["class": cell.role, "title": "\(cell.title): \(cell.meaning)"],
                    [CmarkDocument.link("#" + cell.target, content)])
            }
            let name = row.title.isEmpty ? [] : [element("p", [:], [CmarkDocument.text(row.title)])]
            return element("div", ["class": "row"], name + [element("ul", [:], cells)])
        }
        return element("div", ["class": "heat", "role": "group", "aria-label": map.title], rows)
    }

    private func node(_ filter: Filter) -> CmarkDocument.Node {
        let choices = filter.choices.map { choice in
            let box = "<input type=\"checkbox\" id=\"show-\(HTMLText.escape(choice.role))\" checked> "
            return element("label", [:], [CmarkDocument.custom(block: false, box, "")] + nodes(choice.label))
        }
        return element(
            "fieldset", ["class": "filter"], [element("legend", [:], [CmarkDocument.text(filter.title)])] + choices)
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
