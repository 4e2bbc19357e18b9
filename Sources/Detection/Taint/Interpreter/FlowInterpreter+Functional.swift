/// Library functions that are given functions: `list.map(f)`, `promise.then(f)`.
extension FlowInterpreter {
    /// - Returns: nil where the operation is none of these.
    func functional(
        _ operation: LibraryOperation, _ receiver: Value?, _ arguments: [Value], at node: Int
    ) -> Value? {
        // `_.map(list, f)` names the list first.
        var (receiver, arguments) = (receiver, arguments)
        if let own = receiver, own.objects.isEmpty, own.flows.isEmpty, own.constants == nil, arguments.count > 1,
            arguments[0].function == nil, operation != .then, operation != .fold
        {
            receiver = arguments.removeFirst()
        }
        let subject = receiver ?? .open
        guard let callee = arguments.first else {
            return [.then, .select].contains(operation) ? subject : nil
        }
        switch operation {
        case .each:
            _ = callBack(callee, elementArguments(subject, at: node), at: node)
            return .harmless
        case .transform:
            let result = callBack(callee, elementArguments(subject, at: node), at: node)
            var object = HeapObject()
            object.rest = result
            return Value(flows: subject.flows.isEmpty ? [] : result.flows, objects: [allocate(node, object)])
        case .select:
            _ = callBack(callee, elementArguments(subject, at: node), at: node)
            var result = subject
            result.constants = nil
            return result
        case .pick:
            _ = callBack(callee, elementArguments(subject, at: node), at: node)
            var result = element(of: subject)
            result.constants = nil
            return result
        case .fold: return fold(callee, subject, Array(arguments.dropFirst()), at: node)
        case .then: return then(callee, subject, Array(arguments.dropFirst()), at: node)
        default: return nil
        }
    }

    private func elementArguments(_ subject: Value, at node: Int) -> [Value] {
        var element = element(of: subject)
        element.constants = nil
        return [trace.extend(element, at: node) { "an element is taken" }, .harmless, subject]
    }

    private func fold(_ callee: Value, _ subject: Value, _ rest: [Value], at node: Int) -> Value {
        let arguments = elementArguments(subject, at: node)
        var result = rest.first ?? arguments[0]
        result.constants = nil
        for _ in 0..<2 { result.join(callBack(callee, [result] + arguments, at: node)) }
        result.constants = nil
        return result
    }

    private func then(_ callee: Value, _ subject: Value, _ rest: [Value], at node: Int) -> Value {
        var result = callBack(callee, [subject], at: node)
        for other in rest { result.join(callBack(other, [.open], at: node)) }
        return result
    }

    /// Static functions of objects, whose first argument is what they are about.
    func ofObject(_ operation: LibraryOperation, _ arguments: [Value], at node: Int) -> Value? {
        guard let subject = arguments.first else { return nil }
        switch operation {
        case .valuesOf:
            var object = HeapObject()
            object.rest = element(of: subject)
            object.rest?.constants = nil
            return Value(flows: subject.flows, objects: [allocate(node, object)])
        case .pairsOf:
            var value = element(of: subject)
            value.constants = nil
            let pair = Value(
                objects: [allocate(node, HeapObject(items: [Value(flows: subject.flows), value]))])
            var object = HeapObject()
            object.rest = pair
            return Value(flows: subject.flows, objects: [allocate(-node, object)])
        case .assignAll:
            for source in arguments.dropFirst() { merge(source, into: subject) }
            return subject
        default: return nil
        }
    }

    private func merge(_ source: Value, into target: Value) {
        for id in target.objects {
            for other in source.objects {
                guard let object = live?.objects[other] else { continue }
                for (key, value) in object.fields { live?.objects[id]?.fields[key] = value }
                if let rest = object.rest { live?.objects[id]?.addRest(rest) }
            }
            if source.objects.isEmpty, !source.flows.isEmpty { live?.objects[id]?.addRest(source.content) }
        }
    }

    /// The list with more elements; a list of which nothing is known becomes one.
    func grown(_ operation: LibraryOperation, _ receiver: Value?, _ arguments: [Value], at node: Int) -> Value? {
        guard var list = receiver else { return nil }
        if list.objects.isEmpty {
            var object = HeapObject.emptyList
            if !list.flows.isEmpty { object.addRest(element(of: list)) }
            list.objects = [allocate(node, object)]
            list.constants = nil
        }
        guard operation == .grow else {
            _ = collection(.addAll, list, arguments)
            return list
        }
        _ = ofList(.push, list, arguments, at: node)
        return list
    }

    /// `push` and `concat` take any number of values.
    func ofList(_ operation: LibraryOperation, _ receiver: Value?, _ arguments: [Value], at node: Int) -> Value? {
        guard let receiver else { return nil }
        switch operation {
        case .push:
            for id in receiver.objects {
                for value in arguments {
                    if live?.objects[id]?.items != nil, receiver.objects.count == 1 {
                        live?.objects[id]?.append(value)
                    } else {
                        live?.objects[id]?.addRest(value)
                    }
                }
            }
            return receiver.objects.isEmpty ? nil : .harmless
        case .shovel:
            guard !receiver.objects.isEmpty else { return text([receiver] + arguments) }
            _ = ofList(.push, receiver, arguments, at: node)
            return receiver
        case .concatenate:
            return receiver.objects.isEmpty ? text([receiver] + arguments) : sum([receiver] + arguments, at: node)
        default: return nil
        }
    }
}
