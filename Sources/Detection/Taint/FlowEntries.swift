import SyntaxTree

/// Which functions are worth running on their own: those around something of interest, and those that call them.
struct FlowEntries {
    private(set) var worthRunning: Set<Int> = []

    /// - Parameter offsets: the bytes of interest, ascending.
    init(_ program: Program, _ tree: FlatTree, offsets: [Int]) {
        let numbers = Dictionary(program.functions.indices.map { (program.functions[$0].node, $0) }) { first, _ in first
        }
        var callers: [String: Set<Int>] = [:]
        for (node, name) in Array(program.calls) + Array(program.creations) {
            callers[name, default: []].formUnion(Self.around(node, tree, numbers))
        }
        for (index, function) in program.functions.enumerated() {
            for name in function.begins { callers[name, default: []].insert(index) }
        }
        var queue = program.functions.indices.filter { Self.holds(tree.bytes(program.functions[$0].node), offsets) }
        worthRunning = Set(queue)
        while let index = queue.popLast() {
            let function = program.functions[index]
            let type = function.isConstructor ? function.owner.map { program.classes[$0].name } : nil
            for caller in callers[type ?? function.name] ?? [] where worthRunning.insert(caller).inserted {
                queue.append(caller)
            }
        }
    }

    /// The functions a node lies in.
    private static func around(_ node: Int, _ tree: FlatTree, _ numbers: [Int: Int]) -> [Int] {
        tree.ancestors(node).compactMap { numbers[$0] }
    }

    /// Whether some offset lies in the range; decorators stand just before it.
    private static func holds(_ range: Range<Int>, _ offsets: [Int]) -> Bool {
        var low = 0
        var high = offsets.count
        while low < high {
            let middle = (low + high) / 2
            if offsets[middle] < range.lowerBound - 200 { low = middle + 1 } else { high = middle }
        }
        return low < offsets.count && offsets[low] < range.upperBound
    }
}
