/// Finds where a `TreePattern` matches in a tree.
///
/// As in tree-sitter, the children named in a pattern are found in order among a node's children, others may lie
/// between them unless a `.` forbids it, and every way to match counts.
package struct TreeMatcher {
    private let tree: FlatTree
    /// Steps left; counted, so that the same input always ends the same way.
    private var stepsLeft: Int
    /// Matches found so far, before anybody looked at them.
    private var completed = 0

    /// Steps per node of the tree, and at least.
    private static let stepsPerNode = 200
    private static let leastSteps = 200_000

    package init(_ tree: FlatTree) {
        self.tree = tree
        stepsLeft = max(Self.leastSteps, tree.count * Self.stepsPerNode)
    }

    /// The nodes each capture of a pattern stands for.
    package struct Captures {
        fileprivate var entries: [(capture: Int, node: Int)] = []

        /// The first node under a capture.
        package func node(_ capture: Int) -> Int? { entries.first { $0.capture == capture }?.node }
        package func nodes(_ capture: Int) -> [Int] { entries.filter { $0.capture == capture }.map(\.node) }
        package var first: Int? { entries.first?.node }
    }

    /// Calls `body` with each match of one alternative of a pattern, in document order of its root; `body` returns
    /// false to go on with the next root.
    /// - Returns: false if the search gave up before its end.
    package mutating func matches(of alternative: TreePattern.Alternative, _ body: (Captures) -> Bool) -> Bool {
        var captures = Captures()
        let siblings = alternative.root.siblings
        for node in candidates(for: alternative.root) {
            let proceed = { (matcher: inout TreeMatcher, _: Int, captures: inout Captures) -> Bool in
                matcher.completed += 1
                return body(captures)
            }
            if let siblings {
                _ = sequence(
                    siblings.items[...], Array(tree.children(node)), 0, siblings.endsAnchored, &captures, proceed)
            } else {
                _ = once(alternative.root, [node], 0, &captures, proceed)
            }
            if stepsLeft <= 0 { return false }
        }
        return true
    }

    /// The nodes a pattern's root can be (of a group of siblings, their parent): those of its kind, else all.
    private func candidates(for item: TreePattern.Item) -> [Int] {
        switch item.shape {
        case .node(.kind(let kind), _, _, _): tree.nodes(ofKind: kind)
        case .sequence(let items, _) where items.count == 1: candidates(for: items[0])
        case .oneOf(let items): Set(items.flatMap(candidates)).sorted()
        default: Array(0..<tree.count)
        }
    }

    private typealias Continuation = (inout TreeMatcher, Int, inout Captures) -> Bool

    /// Matches an item, its quantifier aside, at `list[position]`; a sequence may take several elements.
    /// - Returns: false to stop the whole search under this root.
    private mutating func once(
        _ item: TreePattern.Item, _ list: [Int], _ position: Int, _ captures: inout Captures, _ next: Continuation
    ) -> Bool {
        stepsLeft -= 1
        guard stepsLeft > 0 else { return false }
        switch item.shape {
        case .oneOf(let items):
            for var choice in items {
                if choice.field == 0 { choice.field = item.field }
                choice.captures += item.captures
                guard once(choice, list, position, &captures, next) else { return false }
            }
            return true
        case .sequence(let items, let endsAnchored):
            return sequence(items[...], list, position, endsAnchored, &captures, next)
        case .node(let test, let absent, let children, let endsAnchored):
            guard position < list.count, fits(list[position], test, item.field, absent) else { return true }
            let node = list[position]
            let mark = captures.entries.count
            for capture in item.captures { captures.entries.append((capture, node)) }
            defer { captures.entries.removeSubrange(mark...) }
            if children.isEmpty { return next(&self, position + 1, &captures) }
            return sequence(children[...], Array(tree.children(node)), 0, endsAnchored, &captures) {
                matcher, _, captures in next(&matcher, position + 1, &captures)
            }
        }
    }

    private func fits(_ node: Int, _ test: TreePattern.KindTest, _ field: UInt16, _ absent: [UInt16]) -> Bool {
        if field != 0, tree.field(node) != field { return false }
        let isKind =
            switch test {
            case .kind(let kind): tree.kind(node) == kind
            case .anyNamed: tree.isNamed(node)
            case .any: true
            case .error: tree.kind(node) == Grammar.errorKind
            case .missing: tree.isMissing(node)
            }
        return isKind && absent.allSatisfy { tree.child(node, field: $0) == nil }
    }

    /// Matches items one after the other among the elements of a list from `position` on.
    private mutating func sequence(
        _ items: ArraySlice<TreePattern.Item>, _ list: [Int], _ position: Int, _ endsAnchored: Bool,
        _ captures: inout Captures, _ next: Continuation
    ) -> Bool {
        guard let item = items.first else {
            if endsAnchored, list[min(position, list.count)...].contains(where: tree.isNamed) { return true }
            return next(&self, position, &captures)
        }
        let rest = items.dropFirst()
        return repeated(item, list, position, count: 0, &captures) { matcher, end, captures in
            matcher.sequence(rest, list, end, endsAnchored, &captures, next)
        }
    }

    /// Repetitions of one item that are followed.
    private static let mostRepetitions = 500

    /// Matches an item as often as its quantifier asks, most first; with fewer only where more led to no match.
    private mutating func repeated(
        _ item: TreePattern.Item, _ list: [Int], _ position: Int, count: Int, _ captures: inout Captures,
        _ next: Continuation
    ) -> Bool {
        let mayRepeat = item.quantifier == .any || item.quantifier == .some
        let before = completed
        if count == 0 || (mayRepeat && count < Self.mostRepetitions) {
            for start in starts(of: item, list, position, isRepeat: count > 0) {
                let proceed = once(item, list, start, &captures) { matcher, end, captures in
                    mayRepeat && end > start
                        ? matcher.repeated(item, list, end, count: count + 1, &captures, next)
                        : next(&matcher, end, &captures)
                }
                guard proceed else { return false }
                if completed > before, item.quantifier != .one { return true }
            }
        }
        let mayEnd = item.quantifier == .optional || item.quantifier == .any || (item.quantifier == .some && count > 0)
        return mayEnd ? next(&self, position, &captures) : true
    }

    /// Where in a list an item may begin.
    private func starts(
        of item: TreePattern.Item, _ list: [Int], _ position: Int, isRepeat: Bool
    ) -> Range<Int> {
        guard position < list.count else { return position..<position }
        guard item.isAnchored, !isRepeat else { return position..<list.count }
        if case .node(.kind(let kind), _, _, _) = item.shape, !tree.grammar.isNamed(kind) {
            return position..<position + 1
        }
        if case .node(.any, _, _, _) = item.shape { return position..<position + 1 }
        guard let first = list[position...].firstIndex(where: tree.isNamed) else { return position..<position }
        return first..<first + 1
    }
}

extension TreePattern.Item {
    /// The elements of a group of several siblings without a common node.
    fileprivate var siblings: (items: [TreePattern.Item], endsAnchored: Bool)? {
        guard case .sequence(let items, let endsAnchored) = shape, items.count > 1 else { return nil }
        return (items, endsAnchored)
    }
}
