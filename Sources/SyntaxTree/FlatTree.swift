import CTreeSitter

/// A tree copied into arrays, in document order (parents before children): asking for parents and siblings is an
/// array access, where the C library searches from the root each time. Nodes are numbers from 0, the root.
///
/// 24 bytes per node; built in one pass, without recursion.
package struct FlatTree {
    package let grammar: Grammar
    private var kinds: [UInt16] = []
    private var fields: [UInt16] = []
    private var starts: [UInt32] = []
    private var ends: [UInt32] = []
    private var parents: [Int32] = []
    /// One past the last descendant.
    private var subtreeEnds: [Int32] = []
    private var flags: [Flags] = []
    /// Nodes sorted by kind, and where each kind begins.
    private var byKind: [Int32] = []
    private var kindStarts: [Int32] = []

    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let named = Flags(rawValue: 1)
        static let missing = Flags(rawValue: 2)
        static let error = Flags(rawValue: 4)
    }

    /// Ancestors looked at: source written by people is never nested this deep, and source made to be must not cost
    /// the square of its depth.
    private static let deepest = 1000

    init(_ root: SyntaxNode, grammar: Grammar) {
        self.grammar = grammar
        copy(root)
        sortByKind()
    }

    private mutating func copy(_ root: SyntaxNode) {
        let cursor = SyntaxCursor(root)
        var parent: Int32 = -1
        while true {
            let number = Int32(kinds.count)
            append(cursor.node, field: cursor.field, parent: parent)
            if cursor.goToFirstChild() {
                parent = number
                continue
            }
            subtreeEnds[Int(number)] = number + 1
            while !cursor.goToNextSibling() {
                guard parent >= 0, cursor.goToParent() else { return }
                subtreeEnds[Int(parent)] = Int32(kinds.count)
                parent = parents[Int(parent)]
            }
        }
    }

    /// Counting sort, so that the nodes of a kind stay in document order. Broken stretches are left out.
    private mutating func sortByKind() {
        var starts = [Int32](repeating: 0, count: grammar.kindCount + 1)
        for kind in kinds where kind != Grammar.errorKind { starts[Int(kind) + 1] += 1 }
        for index in starts.indices.dropFirst() { starts[index] += starts[index - 1] }
        kindStarts = starts
        byKind = [Int32](repeating: 0, count: Int(starts.last ?? 0))
        for (node, kind) in kinds.enumerated() where kind != Grammar.errorKind {
            byKind[Int(starts[Int(kind)])] = Int32(node)
            starts[Int(kind)] += 1
        }
    }

    /// The nodes of a kind in document order.
    package func nodes(ofKind kind: UInt16) -> [Int] {
        guard kind != Grammar.errorKind else { return kinds.indices.filter { kinds[$0] == kind } }
        return byKind[Int(kindStarts[Int(kind)])..<Int(kindStarts[Int(kind) + 1])].map(Int.init)
    }

    private mutating func append(_ node: SyntaxNode, field: UInt16, parent: Int32) {
        kinds.append(node.kindNumber)
        fields.append(field)
        starts.append(UInt32(node.bytes.lowerBound))
        ends.append(UInt32(node.bytes.upperBound))
        parents.append(parent)
        subtreeEnds.append(0)
        var flag: Flags = node.isNamed ? .named : []
        if node.isMissing { flag.insert(.missing) }
        if node.hasError { flag.insert(.error) }
        flags.append(flag)
    }

    package var count: Int { kinds.count }

    package func kind(_ node: Int) -> UInt16 { kinds[node] }
    package func kindName(_ node: Int) -> String { grammar.kindName(kinds[node]) }
    /// The number of the field the node fills in its parent; 0 for none.
    package func field(_ node: Int) -> UInt16 { fields[node] }
    package func bytes(_ node: Int) -> Range<Int> { Int(starts[node])..<Int(ends[node]) }
    package func isNamed(_ node: Int) -> Bool { flags[node].contains(.named) }
    package func hasError(_ node: Int) -> Bool { flags[node].contains(.error) }
    /// True for a stretch that could not be parsed and for a token the parser had to invent.
    package func isMissing(_ node: Int) -> Bool { flags[node].contains(.missing) }
    package func isBroken(_ node: Int) -> Bool { kinds[node] == Grammar.errorKind || flags[node].contains(.missing) }

    package func parent(_ node: Int) -> Int? { parents[node] < 0 ? nil : Int(parents[node]) }

    /// The node and everything below it, in document order.
    package func subtree(_ node: Int) -> Range<Int> { node..<Int(subtreeEnds[node]) }

    package func children(_ node: Int) -> some Sequence<Int> {
        let end = Int(subtreeEnds[node])
        return sequence(first: node + 1) { Int(subtreeEnds[$0]) }.prefix { $0 < end }
    }

    package func namedChildren(_ node: Int) -> some Sequence<Int> { children(node).lazy.filter(isNamed) }

    package func child(_ node: Int, field: UInt16?) -> Int? {
        guard let field, field != 0 else { return nil }
        return children(node).first { fields[$0] == field }
    }

    /// The enclosing nodes, nearest first, as far as they are looked at.
    package func ancestors(_ node: Int) -> some Sequence<Int> {
        sequence(state: node) { current in
            guard let parent = parent(current) else { return nil }
            current = parent
            return parent
        }.prefix(Self.deepest)
    }

    /// The innermost node that holds the byte.
    package func innermost(at byte: Int) -> Int {
        var node = 0
        while let child = children(node).first(where: { bytes($0).contains(byte) }) { node = child }
        return node
    }
}

// MARK: - Declarations

extension FlatTree {
    package func isFunction(_ node: Int) -> Bool { grammar.isFunction(kinds[node]) }

    /// The nearest enclosing function, or the whole file.
    package func scope(of node: Int) -> Int { ancestors(node).first(where: isFunction) ?? 0 }

    /// The bytes of the names of the functions and types around a node (and of itself, if it is one), outermost first.
    package func enclosingNames(_ node: Int) -> [Range<Int>] {
        let around = [node] + ancestors(node)
        return around.filter { grammar.isFunction(kinds[$0]) || grammar.isType(kinds[$0]) }
            .compactMap(declaredName).reversed()
    }

    /// The bytes of the name a declaration gives: its `name` field, or what its C-style declarator declares.
    private func declaredName(_ node: Int) -> Range<Int>? {
        var name = child(node, field: grammar.nameField)
        if name == nil {
            name = child(node, field: grammar.declaratorField)
            while let outer = name, let inner = child(outer, field: grammar.declaratorField) { name = inner }
        }
        guard let name, bytes(name).count <= 200 else { return nil }
        return bytes(name)
    }
}
