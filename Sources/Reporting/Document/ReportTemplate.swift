import CCmark
import OrchestratorCore

/// A report's template: Markdown whose placeholders stand for data.
///
/// `{{name}}` alone in a paragraph stands for blocks, inside text for words. Values become nodes of the parsed tree, so
/// nothing in them can turn into markup. The names are listed in `templates/README.md`.
struct ReportTemplate {
    private let text: String
    private let file: String

    init(_ text: String, file: String) {
        self.text = text
        self.file = file
    }

    /// One top-level part of the template.
    private enum Part {
        case markdown(CmarkDocument.Node)
        case placeholder(String, line: Int)
    }

    /// The headings of the second level, for navigation: their text and id.
    func headings() -> [(title: String, id: String)] {
        let document = CmarkDocument(parsing: text)
        return children(of: document.root).filter { Self.level($0) == 2 }.map { node in
            let title = Self.plainText(node)
            return (title, Self.id(for: title))
        }
    }

    /// Renders every part in order.
    /// - Parameters:
    ///   - words: what an inline placeholder stands for; nil for an unknown name.
    ///   - blocks: writes what a block placeholder stands for; false for an unknown name.
    /// - Throws: `badTemplate` with the line of the first unknown placeholder, and whatever the closures throw.
    func render(
        in format: ReportFormat, to sink: any TextSink, words: (String) -> String?,
        blocks: (String, (Block) throws -> Void) throws -> Bool
    ) throws {
        let document = CmarkDocument(parsing: text)
        for node in children(of: document.root) {
            if let name = Self.placeholder(node) {
                if try blocks(name, { try sink.write(format.render($0)) }) { continue }
                // Not blocks, so perhaps words that stand alone.
                guard words(name) != nil else { throw unknown(name, node) }
            }
            try replaceWords(in: node, words)
            cmark_node_unlink(node)
            let single = CmarkDocument()
            single.append([format.styled(node, level: Self.level(node), id: Self.id(for: Self.plainText(node)))])
            try sink.write(format.render(single))
        }
    }

    private func unknown(_ name: String, _ node: CmarkDocument.Node) -> ReportingError {
        unknown(name, line: Int(cmark_node_get_start_line(node)))
    }

    private func unknown(_ name: String, line: Int) -> ReportingError {
        ReportingError(.badTemplate, "\(file):\(line): unknown placeholder '{{\(name)}}'")
    }

    private func children(of node: CmarkDocument.Node) -> [CmarkDocument.Node] {
        cmark_consolidate_text_nodes(node)
        return Array(
            sequence(first: cmark_node_first_child(node)) { cmark_node_next($0) }.prefix { $0 != nil }.compactMap { $0 }
        )
    }

    private static func level(_ node: CmarkDocument.Node) -> Int {
        cmark_node_get_type(node) == CMARK_NODE_HEADING ? Int(cmark_node_get_heading_level(node)) : 0
    }

    private static func literal(_ node: CmarkDocument.Node) -> String? {
        guard cmark_node_get_type(node) == CMARK_NODE_TEXT else { return nil }
        return cmark_node_get_literal(node).map { String(cString: $0) }
    }

    private static func plainText(_ node: CmarkDocument.Node) -> String {
        var text = literal(node) ?? ""
        var child = cmark_node_first_child(node)
        while let current = child {
            text += plainText(current)
            child = cmark_node_next(current)
        }
        return text
    }

    private static func id(for title: String) -> String {
        title.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "-")
    }

    /// The name in a paragraph that is nothing but a placeholder.
    private static func placeholder(_ node: CmarkDocument.Node) -> String? {
        guard cmark_node_get_type(node) == CMARK_NODE_PARAGRAPH, let only = cmark_node_first_child(node),
            cmark_node_next(only) == nil, let text = literal(only), text.hasPrefix("{{"), text.hasSuffix("}}")
        else { return nil }
        let name = text.dropFirst(2).dropLast(2)
        return name.contains("{") ? nil : name.filter { $0 != " " }
    }

    /// Replaces `{{name}}` in the text nodes below a node.
    private func replaceWords(in node: CmarkDocument.Node, _ words: (String) -> String?) throws {
        if let text = Self.literal(node), text.contains("{{") {
            var output = ""
            var rest = text[...]
            while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
                let name = rest[open.upperBound..<close.lowerBound].filter { $0 != " " }
                guard let value = words(name) else { throw unknown(name, node) }
                output += rest[..<open.lowerBound] + VisibleText.of(value)
                rest = rest[close.upperBound...]
            }
            cmark_node_set_literal(node, output + rest)
        }
        var child = cmark_node_first_child(node)
        while let current = child {
            try replaceWords(in: current, words)
            child = cmark_node_next(current)
        }
    }
}

// MARK: - Checking

extension ReportTemplate {
    /// Every placeholder in order, with its line and whether it stands for blocks.
    func placeholders() -> [(name: String, line: Int, isBlock: Bool)] {
        let document = CmarkDocument(parsing: text)
        return children(of: document.root).flatMap { node -> [(name: String, line: Int, isBlock: Bool)] in
            if let name = Self.placeholder(node) { return [(name, Int(cmark_node_get_start_line(node)), true)] }
            return words(in: node)
        }
    }

    private func words(in node: CmarkDocument.Node) -> [(name: String, line: Int, isBlock: Bool)] {
        var found: [(name: String, line: Int, isBlock: Bool)] = []
        var rest = (Self.literal(node) ?? "")[...]
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            let name = rest[open.upperBound..<close.lowerBound].filter { $0 != " " }
            found.append((name, Int(cmark_node_get_start_line(node)), false))
            rest = rest[close.upperBound...]
        }
        return found + children(of: node).flatMap(words)
    }

    /// Throws `badTemplate` at the first placeholder that is unknown, or known but not where it stands.
    func check(blocks: Set<String>, words: Set<String>) throws(ReportingError) {
        for (name, line, isBlock) in placeholders() where !(isBlock ? blocks : words).contains(name) {
            if !isBlock, blocks.contains(name) {
                throw ReportingError(
                    .badTemplate,
                    "\(file):\(line): '{{\(name)}}' stands for blocks; expected alone in a paragraph of its own")
            }
            if isBlock, words.contains(name) { continue }
            throw unknown(name, line: line)
        }
    }

    /// Throws `badTemplate` where a block is missing.
    func require(_ names: [String]) throws(ReportingError) {
        let present = Set(placeholders().filter(\.isBlock).map(\.name))
        guard let missing = names.first(where: { !present.contains($0) }) else { return }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
        throw ReportingError(
            .badTemplate, "\(file):\(lines): ends without '{{\(missing)}}', which no report may leave out")
    }
}

/// The two formats that are written from one tree.
package enum ReportFormat: Sendable {
    case markdown, html

    /// Of its files.
    var ending: String { self == .html ? ".html" : ".md" }

    var builder: any NodeBuilder {
        switch self {
        case .markdown: MarkdownBuilder()
        case .html: HTMLBuilder()
        }
    }

    func render(_ block: Block) -> String {
        let document = CmarkDocument()
        document.append(builder.nodes(block))
        return render(document)
    }

    /// Blocks are rendered one by one, so each brings the blank line that would stand between them.
    func render(_ document: CmarkDocument) -> String {
        switch self {
        case .markdown: document.commonMark + "\n"
        case .html: document.html
        }
    }

    /// A heading of the template gets an id in HTML, so that the navigation can lead to it.
    func styled(_ node: CmarkDocument.Node, level: Int, id: String) -> CmarkDocument.Node {
        guard self == .html, level > 1 else { return node }
        var children: [CmarkDocument.Node] = []
        while let child = cmark_node_first_child(node) {
            cmark_node_unlink(child)
            children.append(child)
        }
        cmark_node_free(node)
        return CmarkDocument.custom(block: true, "<h\(level) id=\"\(HTMLText.escape(id))\">", "</h\(level)>", children)
    }
}
