import CTreeSitter

/// A node of a tree. Valid only while its `SyntaxTree` lives; whoever holds nodes holds the tree too. For parents and
/// siblings see `FlatTree`.
package struct SyntaxNode {
    let raw: TSNode

    init(_ raw: TSNode) { self.raw = raw }

    /// The grammar's name for it: `call`, `string`, `if_statement`.
    package var kind: String { String(cString: ts_node_type(raw)) }
    package var kindNumber: UInt16 { ts_node_symbol(raw) }

    /// Half-open byte range in the source.
    package var bytes: Range<Int> { Int(ts_node_start_byte(raw))..<Int(ts_node_end_byte(raw)) }

    /// 0-based row and byte column of the first byte.
    package var start: (row: Int, column: Int) { Self.pair(ts_node_start_point(raw)) }

    package var isNamed: Bool { ts_node_is_named(raw) }
    package var hasError: Bool { ts_node_has_error(raw) }
    /// True for a token the parser had to invent.
    var isMissing: Bool { ts_node_is_missing(raw) }
    /// True for a stretch that could not be parsed and for a token the parser had to invent.
    package var isBroken: Bool { kindNumber == Grammar.errorKind || isMissing }

    package var childCount: Int { Int(ts_node_child_count(raw)) }

    private static func pair(_ point: TSPoint) -> (row: Int, column: Int) { (Int(point.row), Int(point.column)) }
}

/// Walks a tree without recursion and without asking nodes for their parents, which costs a search from the root.
package final class SyntaxCursor {
    private let cursor: UnsafeMutablePointer<TSTreeCursor>

    package init(_ node: SyntaxNode) {
        cursor = .allocate(capacity: 1)
        cursor.initialize(to: ts_tree_cursor_new(node.raw))
    }

    deinit {
        ts_tree_cursor_delete(cursor)
        cursor.deallocate()
    }

    package var node: SyntaxNode { SyntaxNode(ts_tree_cursor_current_node(cursor)) }
    /// The number of the field the node fills in its parent; 0 for none.
    package var field: UInt16 { ts_tree_cursor_current_field_id(cursor) }

    package func goToFirstChild() -> Bool { ts_tree_cursor_goto_first_child(cursor) }
    package func goToNextSibling() -> Bool { ts_tree_cursor_goto_next_sibling(cursor) }
    package func goToParent() -> Bool { ts_tree_cursor_goto_parent(cursor) }
}
