/// What is known of a value at one place: where its content may come from and, where computable, what it is.
struct Value {
    /// Where its content may come from, by ascending source.
    var flows: [Flow] = []
    /// All it can be, at most `mostConstants`; nil if unknown.
    var constants: [Constant]?
    /// The lists, maps and records it may refer to.
    var objects: [Int] = []
    /// Its type or origin, as a number of the `PathTable`; 0 if unknown.
    var path: Int = 0
    /// The function it is, if it is one of this file's.
    var function: Int?
    /// How its text begins, where that much is known of it: `https://example.org/`.
    var start: String?

    static let mostConstants = 4
    static let mostFlows = 6
    static let longestStart = 300

    /// A constant.
    init(_ constant: Constant) { constants = [constant] }

    init(flows: [Flow] = [], constants: [Constant]? = nil, objects: [Int] = [], path: Int = 0, function: Int? = nil) {
        self.flows = flows
        self.constants = constants
        self.objects = objects
        self.path = path
        self.function = function
    }

    /// May be anything that could be elsewhere in the program.
    static let open = Value(flows: [Flow(source: Flow.elsewhere, step: -1, clean: 0)])
    /// The same, of a parameter: whoever calls the function decides.
    static let parameter = Value(flows: [Flow(source: Flow.elsewhere, step: Flow.passedIn, clean: 0)])
    /// A harmless value of which nothing else is known.
    static let harmless = Value()

    var constant: Constant? { constants?.count == 1 ? constants?[0] : nil }

    /// What it counts as in a condition, if all it can be agrees.
    var truth: Bool? {
        guard let constants, let first = constants.first?.isTrue else { return nil }
        return constants.allSatisfy { $0.isTrue == first } ? first : nil
    }

    /// How its text begins; all of it, where it is known.
    var beginning: String? { start ?? constant?.text }

    /// The same content, with no constants, objects or type.
    var content: Value { Value(flows: flows) }

    /// Marks all flows as harmless for the given kinds of sink.
    func cleaned(_ kinds: UInt64) -> Value {
        var result = self
        for index in result.flows.indices { result.flows[index].clean |= kinds }
        if kinds == .max { result.flows = [] }
        return result
    }

    /// Undoes cleaning, but for flows that are clean for one of the other kinds.
    func restored(_ kinds: UInt64, unless: UInt64 = 0) -> Value {
        var result = self
        for index in result.flows.indices where result.flows[index].clean & unless == 0 {
            result.flows[index].clean &= ~kinds
        }
        return result
    }
}

/// One origin of a value.
struct Flow: Hashable {
    /// Index of the source; `elsewhere` for what this file does not show.
    let source: Int
    /// The latest step of its path.
    var step: Int
    /// The kinds of sink it has been made harmless for.
    var clean: UInt64

    static let elsewhere = -1
    /// The step of what a parameter brings.
    static let passedIn = -2
}

// MARK: - Joining

extension Value {
    /// Makes the value cover another as well.
    /// - Returns: true if that changed it (steps do not count).
    @discardableResult
    mutating func join(_ other: Value, widening: Bool = false) -> Bool {
        if start != nil || other.start != nil, start != other.beginning {
            start = beginning == other.start ? other.start : nil
        }
        let wasNull = constants == [.null] && flows.isEmpty && objects.isEmpty
        var changed = joinFlows(other.flows)
        if let mine = constants {
            if let theirs = other.constants {
                let new = theirs.filter { !mine.contains($0) }
                if !new.isEmpty {
                    constants = widening || mine.count + new.count > Self.mostConstants ? nil : mine + new
                    changed = true
                }
            } else {
                constants = nil
                changed = true
            }
        }
        for object in other.objects where !objects.contains(object) {
            objects.append(object)
            changed = true
        }
        if path == 0, other.path != 0, other.constants == nil, wasNull {
            path = other.path
            changed = true
        } else if path != other.path, path != 0 {
            if constants == nil, other.constants == [.null] { return changed }
            path = 0
            changed = true
        }
        if function != other.function, function != nil {
            function = nil
            changed = true
        }
        return changed
    }

    @discardableResult
    mutating func joinFlows(_ others: [Flow]) -> Bool {
        var changed = false
        for flow in others {
            if let index = flows.firstIndex(where: { $0.source == flow.source }) {
                let clean = flows[index].clean & flow.clean
                guard clean != flows[index].clean else { continue }
                flows[index] = Flow(source: flow.source, step: flow.step, clean: clean)
                changed = true
            } else if flows.count < Self.mostFlows {
                flows.insert(flow, at: flows.firstIndex { $0.source > flow.source } ?? flows.count)
                changed = true
            }
        }
        return changed
    }
}
