/// What decides the result of a call into which nothing from outside goes: the function, and what is known of its
/// arguments.
struct CallShape: Hashable {
    let function: Int
    let arguments: [Argument]

    struct Argument: Hashable {
        let constants: [Constant]?
        let path: Int
        /// What it is clean for; nil if nothing of elsewhere is in it.
        let clean: UInt64?
    }
}

/// The result of a call that need not be run again.
struct KnownResult {
    private let result: Value
    private let items: [Int: HeapObject]

    /// - Returns: nil where the result refers to things that may change.
    init?(_ result: Value, _ state: State, tuple: Int) {
        self.result = result
        guard !result.objects.isEmpty else {
            items = [:]
            return
        }
        // Several results at once are a list that nobody changes.
        guard result.path == tuple, result.objects.count <= 8 else { return nil }
        var items: [Int: HeapObject] = [:]
        for id in result.objects {
            guard let object = state.objects[id], object.fields.isEmpty, object.rest == nil,
                object.items?.allSatisfy({ $0.objects.isEmpty && $0.function == nil }) ?? false
            else { return nil }
            items[id] = object
        }
        self.items = items
    }

    func value(in state: inout State?) -> Value {
        state?.objects.merge(items) { _, known in known }
        return result
    }
}

extension FlowInterpreter {
    private static let mostArguments = 8

    /// - Returns: nil where more decides the result than can be compared.
    func shape(_ index: Int, _ receiver: Value, _ variables: [String: Value]) -> CallShape? {
        let function = functions[index]
        guard receiver.objects.isEmpty, function.parameters.count <= Self.mostArguments else { return nil }
        guard variables.values.allSatisfy(\.isPlain), receiver.isPlain else { return nil }
        let names = function.parameters.map(\.name)
        // What a closure sees besides is not compared, so that nothing may be known of it.
        if variables.count > names.count {
            guard variables.values.allSatisfy({ $0.constants == nil && (!dialect.functionsAreValues || $0.path == 0) })
            else { return nil }
        }
        let arguments = ([receiver] + names.compactMap { variables[$0] }).map { value in
            CallShape.Argument(constants: value.constants, path: value.path, clean: value.flows.first?.clean)
        }
        return CallShape(function: index, arguments: arguments)
    }
}

extension Value {
    /// Whether nothing from outside is in it, nor anything that may change.
    fileprivate var isPlain: Bool {
        objects.isEmpty && function == nil && start == nil && flows.allSatisfy { $0.source == Flow.elsewhere }
    }
}
