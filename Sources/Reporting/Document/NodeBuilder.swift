import CCmark
import OrchestratorCore

/// Turns blocks into cmark nodes for one format.
protocol NodeBuilder {
    func nodes(_ block: Block) -> [CmarkDocument.Node]
    func node(_ inline: Inline) -> CmarkDocument.Node
}

extension NodeBuilder {
    func nodes(_ inlines: [Inline]) -> [CmarkDocument.Node] { inlines.map(node) }
    func nodes(_ blocks: [Block]) -> [CmarkDocument.Node] { blocks.flatMap { nodes($0) } }
}

/// Markdown as GitHub reads it: tables are pipes, charts are tables, nothing folds.
struct MarkdownBuilder: NodeBuilder {
    func nodes(_ block: Block) -> [CmarkDocument.Node] {
        switch block {
        case .heading(let level, let text, _): [CmarkDocument.heading(level, nodes(text))]
        case .paragraph(let text): [CmarkDocument.make(CMARK_NODE_PARAGRAPH, nodes(text))]
        case .bullets(let items): [CmarkDocument.list(items.map(nodes))]
        case .steps(let items): [CmarkDocument.list(items.map(nodes), isOrdered: true)]
        case .table(let table): nodes(table)
        case .chart(let chart): nodes(chart.table)
        case .heatMap, .filter: []
        case .source(let excerpt): [CmarkDocument.codeBlock(text(excerpt))]
        case .section(_, _, let blocks): nodes(blocks)
        case .details(let summary, _, let blocks, _, _):
            titled(summary, nodes(blocks))
        }
    }

    /// Nothing where this format has none of the content.
    private func titled(_ summary: [Inline], _ content: [CmarkDocument.Node]) -> [CmarkDocument.Node] {
        content.isEmpty ? [] : [CmarkDocument.make(CMARK_NODE_PARAGRAPH, nodes([.strong(summary)]))] + content
    }

    func node(_ inline: Inline) -> CmarkDocument.Node {
        switch inline {
        case .text(let text): CmarkDocument.text(VisibleText.of(text))
        case .code(let text): CmarkDocument.code(VisibleText.of(text))
        case .strong(let content): CmarkDocument.make(CMARK_NODE_STRONG, nodes(content))
        case .badge(let text, _): CmarkDocument.make(CMARK_NODE_STRONG, [CmarkDocument.text(text)])
        case .link(let content, let url): CmarkDocument.link(url, nodes(content))
        case .reference(let content, _, _): CmarkDocument.make(CMARK_NODE_EMPH, nodes(content))
        }
    }

    private func text(_ excerpt: SourceExcerpt) -> String {
        let width = String(excerpt.firstLine + excerpt.lines.count).count
        return excerpt.lines.enumerated().map { index, line in
            let number = String(excerpt.firstLine + index)
            let mark = excerpt.marked.contains(excerpt.firstLine + index) ? ">" : " "
            let pad = String(repeating: " ", count: width - number.count)
            return "\(mark) \(pad)\(number) | \(VisibleText.of(line))\n"
        }.joined()
    }

    /// Plain CommonMark has no tables: a paragraph whose lines are rows, with pipes of ours between what cmark writes.
    private func nodes(_ table: Table) -> [CmarkDocument.Node] {
        guard !table.rows.isEmpty else { return [] }
        let rule = "|" + table.columns.map { $0.isNumeric ? " ---: |" : " --- |" }.joined()
        let caption = CmarkDocument.make(CMARK_NODE_PARAGRAPH, nodes([.strong([.text(table.caption)])]))
        var lines = row(table.columns.map { [.text($0.title)] })
        lines += [CmarkDocument.make(CMARK_NODE_SOFTBREAK), CmarkDocument.custom(block: false, rule, "")]
        for cells in table.rows { lines += [CmarkDocument.make(CMARK_NODE_SOFTBREAK)] + row(cells) }
        return [caption, CmarkDocument.make(CMARK_NODE_PARAGRAPH, lines)]
    }

    private func row(_ cells: [[Inline]]) -> [CmarkDocument.Node] {
        [CmarkDocument.custom(block: false, "|", "")]
            + cells.flatMap { cell in
                [CmarkDocument.custom(block: false, " ", "")] + cell.flatMap(inPipes)
                    + [CmarkDocument.custom(block: false, " |", "")]
            }
    }

    /// A `|` inside a cell would end it; line breaks would end the row.
    private func inPipes(_ inline: Inline) -> [CmarkDocument.Node] {
        func escaped(_ text: String, _ make: (String) -> Inline) -> [CmarkDocument.Node] {
            let flat = text.replacing("\n", with: " ")
            let parts = flat.split(separator: "|", omittingEmptySubsequences: false)
            return parts.enumerated().flatMap { index, part in
                (index > 0 ? [CmarkDocument.custom(block: false, "\\|", "")] : [])
                    + (part.isEmpty ? [] : [node(make(String(part)))])
            }
        }
        switch inline {
        case .text(let text): return escaped(text, Inline.text)
        case .code(let text): return escaped(text, Inline.code)
        case .strong(let content), .reference(let content, _, _): return content.flatMap(inPipes)
        case .badge(let text, _): return escaped(text, Inline.text)
        case .link(let content, let url): return [CmarkDocument.link(url, content.flatMap(inPipes))]
        }
    }
}
