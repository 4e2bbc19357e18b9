/// Operations on lists, maps and builders made in this file.
extension FlowInterpreter {
    func collection(_ operation: LibraryOperation, _ receiver: Value, _ arguments: [Value]) -> Value? {
        switch operation {
        case .add, .insert, .append, .put, .set, .putSection, .addAll, .clear, .edit:
            for id in receiver.objects { change(operation, id, arguments, isCertain: receiver.objects.count == 1) }
            return operation == .append ? receiver : .harmless
        case .load:
            for id in receiver.objects { load(arguments.first, into: id) }
            return .harmless
        case .get, .getOr, .getSection: return read(operation, receiver, arguments)
        case .remove, .pop: return removal(operation, receiver, arguments)
        case .length, .isEmpty: return size(operation, receiver)
        case .contains, .has: return .harmless
        case .entries:
            var result = element(of: receiver)
            result.constants = nil
            return result
        case .substring, .charAt, .upper, .lower, .trim: return written(receiver).content
        default: return nil
        }
    }

    /// Fills a map from a properties file of the repository; from elsewhere where there is no such file.
    private func load(_ argument: Value?, into id: Int) {
        guard let name = argument?.constant?.string, let entries = linker?.properties(named: name) else {
            live?.objects[id]?.addRest(Value.open)
            return
        }
        for (key, value) in entries { live?.objects[id]?.fields[key] = Value(.text(value)) }
    }

    private func change(_ operation: LibraryOperation, _ id: Int, _ arguments: [Value], isCertain: Bool) {
        guard var object = live?.objects[id] else { return }
        switch operation {
        case .add, .append:
            if arguments.count == 2, operation == .add {
                return insert(arguments[1], at: arguments[0], in: id, isCertain)
            }
            let value = operation == .append ? mixtureKeepingConstants(arguments) : arguments.first ?? .harmless
            if object.items != nil { object.append(value) } else { object.addRest(value) }
            if !isCertain { object.collapse() }
        case .insert where arguments.count == 2: return insert(arguments[1], at: arguments[0], in: id, isCertain)
        case .put, .set:
            guard arguments.count == 2 else { return }
            return put(arguments[1], at: named(arguments[0]), in: id, isCertain: isCertain)
        case .putSection:
            guard arguments.count == 3 else { return }
            return put(arguments[2], at: sectionKey(arguments), in: id, isCertain: isCertain)
        case .addAll:
            for argument in arguments {
                for other in argument.objects {
                    guard let list = live?.objects[other] else { continue }
                    for item in list.items ?? [] { object.append(item) }
                    if list.items == nil { object.collapse() }
                    for (key, value) in list.fields { object.fields[key] = value }
                    if let rest = list.rest { object.addRest(rest) }
                }
                if argument.objects.isEmpty { object.addRest(argument) }
            }
        case .clear where isCertain:
            object = HeapObject(items: object.items == nil && !object.fields.isEmpty ? nil : [])
        default: object.addRest(mixture(arguments))
        }
        live?.objects[id] = object
    }

    /// A key that is a library's constant goes by its name.
    private func named(_ key: Value) -> Value {
        guard key.constants == nil, key.path != 0 else { return key }
        return Value(.text(Self.split(paths.text(key.path)).name))
    }

    /// What `append` writes: a single value keeps what it is.
    private func mixtureKeepingConstants(_ arguments: [Value]) -> Value {
        arguments.count == 1 ? written(arguments[0]) : mixture(arguments)
    }

    private func insert(_ value: Value, at position: Value, in id: Int, _ isCertain: Bool) {
        guard var object = live?.objects[id] else { return }
        if isCertain, let index = position.constant?.integer, let count = object.items?.count, index >= 0,
            index <= count
        {
            object.items?.insert(value, at: index)
        } else {
            object.collapse()
            object.addRest(value)
        }
        live?.objects[id] = object
    }

    private func sectionKey(_ arguments: [Value]) -> Value {
        guard let section = arguments.first?.constant, arguments.count > 1, let key = arguments[1].constant else {
            return .harmless
        }
        return Value(.text(section.text + "\u{1}" + key.text))
    }

    private func read(_ operation: LibraryOperation, _ receiver: Value, _ arguments: [Value]) -> Value? {
        guard let key = arguments.first else { return nil }
        if operation == .getSection, arguments.count >= 2 { return element(of: receiver, at: sectionKey(arguments)) }
        var result = element(of: receiver, at: key)
        guard arguments.count > 1, !isCertain(receiver, key) else { return result }
        // The second argument stands in where the key is absent.
        if result.constants == [.null], result.flows.isEmpty { return arguments[1] }
        result.join(arguments[1])
        return result
    }

    /// Whether the key is known to be there.
    private func isCertain(_ receiver: Value, _ key: Value) -> Bool {
        guard let key = key.constant?.text, receiver.objects.count == 1, let id = receiver.objects.first else {
            return false
        }
        return live?.objects[id]?.fields[key] != nil
    }

    private func removal(_ operation: LibraryOperation, _ receiver: Value, _ arguments: [Value]) -> Value? {
        guard receiver.objects.count == 1, var object = live?.objects[receiver.objects[0]] else {
            return element(of: receiver)
        }
        var result = element(of: receiver)
        if let count = object.items?.count {
            let position = arguments.isEmpty ? (operation == .pop ? count - 1 : 0) : arguments[0].constant?.integer
            if let position {
                let index = position < 0 ? count + position : position
                if index >= 0, index < count, let removed = object.items?.remove(at: index) { result = removed }
            } else if let text = arguments.first?.constant,
                let index = object.items?.firstIndex(where: { $0.constant == text })
            {
                object.items?.remove(at: index)
            } else {
                object.collapse()
            }
        } else if let key = arguments.first?.constant {
            result = object.fields[key.text] ?? object.rest ?? .harmless
            object.fields[key.text] = nil
        }
        live?.objects[receiver.objects[0]] = object
        return result
    }

    private func size(_ operation: LibraryOperation, _ receiver: Value) -> Value {
        guard receiver.flows.isEmpty, receiver.objects.count == 1, let object = live?.objects[receiver.objects[0]],
            object.rest == nil, let count = object.items?.count, object.fields.isEmpty
        else { return .harmless }
        return operation == .length ? Value(.integer(count)) : Value(.truth(count == 0))
    }
}
