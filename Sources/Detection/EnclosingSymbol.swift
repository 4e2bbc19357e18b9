import SyntaxTree

/// Names the function and classes around a node: `Store.open`.
enum EnclosingSymbol {
    /// The names from the outermost declaration to the innermost, joined by dots; empty at the top level.
    static func name(of node: SyntaxNode, in source: ParsedSource) -> String {
        node.ancestors.filter { $0.isFunction || isType($0) }.compactMap { declaredName($0, source) }
            .reversed().joined(separator: ".")
    }

    private static func isType(_ node: SyntaxNode) -> Bool {
        let kind = node.kind
        return kind.hasPrefix("class") || kind.hasPrefix("interface_") || kind.hasPrefix("struct_")
            || kind.hasPrefix("enum_") || kind.hasPrefix("trait_") || kind.hasPrefix("record_") || kind == "module"
            || kind == "namespace_definition" || kind == "object_definition" || kind == "impl_item"
    }

    /// A declaration's own name: its `name` field, or what its C-style declarator declares.
    private static func declaredName(_ node: SyntaxNode, _ source: ParsedSource) -> String? {
        var declarator = node.child(field: "name") ?? node.child(field: "declarator")
        while let inner = declarator?.child(field: "declarator") { declarator = inner }
        guard let declarator, declarator.bytes.count <= 200 else { return nil }
        return String(decoding: source.text(declarator), as: UTF8.self)
    }
}
