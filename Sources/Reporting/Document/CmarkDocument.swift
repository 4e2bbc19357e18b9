import CCmark
import Foundation

/// A tree of cmark nodes and what cmark makes of it. Owns the nodes.
final class CmarkDocument {
    typealias Node = OpaquePointer

    let root: Node

    init() { root = cmark_node_new(CMARK_NODE_DOCUMENT) }

    /// Parses Markdown.
    init(parsing text: String) {
        root = cmark_parse_document(text, text.utf8.count, CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8)
    }

    deinit { cmark_node_free(root) }

    func append(_ nodes: [Node]) {
        for node in nodes { cmark_node_append_child(root, node) }
    }

    /// Raw HTML stays off: what cmark did not make from nodes never becomes markup.
    var html: String { Self.take(cmark_render_html(root, CMARK_OPT_DEFAULT)) }

    /// Lines are not wrapped.
    var commonMark: String { Self.take(cmark_render_commonmark(root, CMARK_OPT_DEFAULT, 0)) }

    private static func take(_ text: UnsafeMutablePointer<CChar>?) -> String {
        guard let text else { return "" }
        defer { free(text) }
        return String(cString: text)
    }
}

// MARK: - Making nodes

extension CmarkDocument {
    static func make(_ type: cmark_node_type, _ children: [Node] = []) -> Node {
        let node = cmark_node_new(type)!
        for child in children { cmark_node_append_child(node, child) }
        return node
    }

    static func text(_ text: String) -> Node {
        let node = cmark_node_new(CMARK_NODE_TEXT)!
        cmark_node_set_literal(node, text)
        return node
    }

    static func code(_ text: String) -> Node {
        let node = cmark_node_new(CMARK_NODE_CODE)!
        cmark_node_set_literal(node, text)
        return node
    }

    static func codeBlock(_ text: String) -> Node {
        let node = cmark_node_new(CMARK_NODE_CODE_BLOCK)!
        cmark_node_set_literal(node, text)
        cmark_node_set_fence_info(node, "text")
        return node
    }

    static func heading(_ level: Int, _ children: [Node]) -> Node {
        let node = make(CMARK_NODE_HEADING, children)
        cmark_node_set_heading_level(node, Int32(level))
        return node
    }

    static func link(_ url: String, _ children: [Node]) -> Node {
        let node = make(CMARK_NODE_LINK, children)
        cmark_node_set_url(node, url)
        return node
    }

    static func list(_ items: [[Node]], isOrdered: Bool = false) -> Node {
        let list = make(CMARK_NODE_LIST, items.map { make(CMARK_NODE_ITEM, [make(CMARK_NODE_PARAGRAPH, $0)]) })
        cmark_node_set_list_type(list, isOrdered ? CMARK_ORDERED_LIST : CMARK_BULLET_LIST)
        if isOrdered { cmark_node_set_list_start(list, 1) }
        cmark_node_set_list_tight(list, 1)
        return list
    }

    /// A node that the renderers write as it is around its children: the only way markup of ours gets in.
    static func custom(block: Bool, _ opening: String, _ closing: String, _ children: [Node] = []) -> Node {
        let node = make(block ? CMARK_NODE_CUSTOM_BLOCK : CMARK_NODE_CUSTOM_INLINE, children)
        cmark_node_set_on_enter(node, opening)
        cmark_node_set_on_exit(node, closing)
        return node
    }
}
