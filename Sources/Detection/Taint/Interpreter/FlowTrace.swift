/// The paths of all flows of a file, as a tree of steps that share their beginnings.
struct FlowTrace {
    struct Step {
        let node: Int
        let note: String
        let previous: Int
    }

    struct Origin {
        let source: FlowBook.SourceRef
        let node: Int
        let step: Int
    }

    private(set) var origins: [Origin] = []
    private var numbers: [FlowBook.SourceRef: [Int: Int]] = [:]
    private var steps: [Step] = []

    /// Steps kept per file and shown per finding.
    private static let mostSteps = 50_000
    private static let longestPath = 24

    mutating func origin(_ source: FlowBook.SourceRef, at node: Int) -> Int {
        if let known = numbers[source]?[node] { return known }
        origins.append(Origin(source: source, node: node, step: steps.count))
        steps.append(Step(node: node, note: source.note, previous: -1))
        numbers[source, default: [:]][node] = origins.count - 1
        return origins.count - 1
    }

    func firstStep(of origin: Int) -> Int { origins[origin].step }

    /// The value with one step more on each of its flows.
    mutating func extend(_ value: Value, at node: Int, _ note: () -> String) -> Value {
        guard !value.flows.isEmpty else { return value }
        var result = value
        for index in result.flows.indices where result.flows[index].source >= 0 && steps.count < Self.mostSteps {
            let last = result.flows[index].step
            guard last >= 0, steps[last].node != node else { continue }
            steps.append(Step(node: node, note: note(), previous: last))
            result.flows[index].step = steps.count - 1
        }
        return result
    }

    /// The steps that lead to one, first to last; the middle of a very long path is left out.
    func path(to step: Int) -> [Step] {
        var result: [Step] = []
        var current = step
        while current >= 0, result.count < 1000 {
            result.append(steps[current])
            current = steps[current].previous
        }
        guard result.count > Self.longestPath else { return result.reversed() }
        return Array((result.prefix(Self.longestPath / 2) + result.suffix(Self.longestPath / 2)).reversed())
    }
}
