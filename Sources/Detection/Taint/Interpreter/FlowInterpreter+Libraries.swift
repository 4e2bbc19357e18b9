/// Calls of functions whose source is not known.
extension FlowInterpreter {
    /// A call of something that is not in this file.
    func library(
        _ owner: Int, _ name: String, receiver: Value?, _ base: Expression?, _ values: [ArgumentValue], at node: Int
    ) -> Value {
        let effects = effects(owner, name)
        if let handlers = effects.handlers { register(handlers, values) }
        if let result = linkedCall(owner, name, receiver, values, at: node) { return result.cleaned(effects.cleans) }
        check(effects.sinks, receiver: receiver, values, at: node)
        if effects.ends {
            live = nil
            return .harmless
        }
        let path = paths.number((owner == 0 ? "" : paths.text(owner) + ".") + name + "()")
        let type = effects.type.map { paths.number($0) } ?? path
        if let source = effects.source { return sourced(source, at: node, path: type).cleaned(effects.cleans) }
        var result: Value
        if !effects.isOpaque, let operation = effects.operation,
            let known = perform(operation, receiver, base, values, at: node)
        {
            result = known
            if effects.type != nil || result.path == 0 { result.path = type }
        } else {
            let isKnown = effects.isHarmless || effects.cleans != 0 || effects.restores != 0
            result =
                property(name, receiver, values)
                ?? (isKnown
                    ? mixture([receiver].compactMap { $0 } + values.map(\.value)) : stranger(receiver, values))
            if effects.isOpaque || (!isKnown && file.awaited.contains(node & (1 << Self.fileShift - 1))) {
                result = Value(flows: Value.open.flows)
            }
            if effects.isHarmless || effects.cleans == .max { result.flows.removeAll { $0.source == Flow.elsewhere } }
            if result.path == 0 { result.path = type }
        }
        if effects.restores != 0 { result = result.restored(effects.restores, unless: effects.unless) }
        if effects.cleans != 0 {
            result = result.cleaned(effects.cleans)
            if effects.cleans != .max { result.objects = [] }
        }
        return result
    }

    /// `setName(x)` and `getName()` of an object made here.
    private func property(_ name: String, _ receiver: Value?, _ values: [ArgumentValue]) -> Value? {
        guard let receiver, receiver.objects.count == 1, !dialect.functionsAreValues else { return nil }
        let id = receiver.objects[0]
        if name.hasPrefix("set"), values.count == 1, name.count > 3 {
            live?.objects[id]?.fields[Self.propertyName(name, 3)] = values[0].value
            return receiver
        }
        guard values.isEmpty else { return nil }
        let prefix = name.hasPrefix("get") ? 3 : name.hasPrefix("is") ? 2 : 0
        guard prefix > 0, name.count > prefix else { return nil }
        return live?.objects[id]?.fields[Self.propertyName(name, prefix)]
    }

    private static func propertyName(_ name: String, _ prefix: Int) -> String {
        let rest = name.dropFirst(prefix)
        return rest.prefix(1).lowercased() + rest.dropFirst()
    }

    /// A call of which nothing is known: where functions are seldom found, what they are given is taken to stay there,
    /// since they escape as often as not.
    private func stranger(_ receiver: Value?, _ values: [ArgumentValue]) -> Value {
        let result = unknown(receiver: receiver, values)
        guard dialect.linksByName || dialect.sendsMessages || dialect.hasProperties && isService(receiver, values)
        else { return result }
        // What else an instance is asked has little to do with its variables.
        if let receiver, isInstance(receiver) { return .open }
        return mixture([receiver ?? .harmless, .open])
    }

    /// Whether a call asks an object that was not made here, most likely a service: what it gives comes from elsewhere.
    private func isService(_ receiver: Value?, _ values: [ArgumentValue]) -> Bool {
        guard let receiver, receiver.objects.isEmpty, !receiver.flows.isEmpty else { return false }
        return values.allSatisfy { $0.value.function == nil }
    }

    /// The result of a call of which nothing is known: it may hold whatever went in, or come from elsewhere.
    func unknown(receiver: Value?, _ values: [ArgumentValue]) -> Value {
        if dialect.functionsAreValues { return unknownResult(receiver, values) }
        let arguments = mixture(values.map(\.value))
        let own = frames.last?.receiver.objects ?? []
        // Inherited methods seldom keep what they are given, and an object that had it would have it everywhere.
        for id in receiver?.objects ?? [] where !own.contains(id) && arguments.flows.contains(where: { $0.source >= 0 })
        {
            live?.objects[id]?.addRest(arguments)
        }
        var result = receiver.map { mixture([$0, arguments]) } ?? arguments
        for value in values {
            guard let function = value.value.function else { continue }
            let passed = functions[function].parameters.map { parameter in
                ArgumentValue(name: parameter.name, value: result, node: value.node)
            }
            result.joinFlows(deep(invoke(function, receiver: .harmless, passed, at: value.node)).flows)
        }
        result.joinFlows(Value.open.flows)
        return result
    }
}
