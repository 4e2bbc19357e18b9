/// Languages in which objects are only ever sent messages: Ruby.
extension FlowInterpreter {
    /// What a name of the request stands for where the class has a method of that name: `params`, `params[key]`.
    func ownMember(_ name: String, at node: Int) -> Value? {
        guard dialect.sendsMessages, let owner = frames.last?.owner else { return nil }
        let parts = name.split(separator: "[", maxSplits: 1)
        guard book.members[String(parts[0])] != nil, let index = method(String(parts[0]), inClass: owner, arity: 0)
        else { return nil }
        let value = invoke(index, receiver: frames.last?.receiver ?? .harmless, [], at: node)
        return parts.count == 1 ? value : element(of: value, at: Value(.text(String(parts[1].dropLast()))))
    }

    /// What a message without arguments asks of an object made here: a function it is, or a field it has.
    func answer(_ receiver: Value, _ name: String, _ values: [ArgumentValue], at node: Int) -> Value? {
        guard dialect.sendsMessages else { return nil }
        if let function = receiver.function, name == "call" || name == "yield" {
            return invoke(function, receiver: .harmless, values, at: node)
        }
        guard values.isEmpty, receiver.objects.count == 1 else { return nil }
        return live?.objects[receiver.objects[0]]?.fields[name]
    }

    /// Whether a value is an instance of a class whose source is known.
    func isInstance(_ value: Value) -> Bool {
        dialect.sendsMessages && !value.objects.isEmpty && value.path != 0 && classNumber(value.path) != nil
    }

    /// Named arguments without a parameter of that name are one hash, the last argument.
    func gathered(_ values: [ArgumentValue], for function: Function, at node: Int) -> [ArgumentValue] {
        guard dialect.sendsMessages else { return values }
        let parameters = Set(function.parameters.map(\.name))
        let extra = values.filter { value in value.name.map { !parameters.contains($0) } ?? false }
        guard !extra.isEmpty else { return values }
        var object = HeapObject.emptyMap
        for value in extra {
            if value.name == Dialect.spreadName {
                object.addRest(element(of: value.value))
            } else if let name = value.name {
                object.fields[name] = value.value
            }
        }
        let hash = ArgumentValue(name: nil, value: Value(objects: [allocate(node, object)]), node: node)
        return values.filter { value in value.name.map(parameters.contains) ?? true } + [hash]
    }

    /// A list nobody outside had a hand in, which a method gives.
    func isFixedAnswer(_ list: Expression) -> Bool {
        guard dialect.sendsMessages else { return false }
        let value = evaluate(list)
        return deep(value).flows.allSatisfy { $0.source == Flow.elsewhere }
    }

    /// Changes what is known of a field of the receiver.
    func learn(ownField name: String, _ expression: Expression, _ change: (inout Value) -> Void) {
        guard let id = frames.last?.receiver.objects.first, frames.last?.receiver.objects.count == 1 else { return }
        var value = evaluate(expression)
        change(&value)
        live?.objects[id]?.fields[name] = value
    }
}
