/// What library functions do, so far as it matters: see `LibraryOperation`.
extension FlowInterpreter {
    /// - Returns: nil where the operation does not fit the values.
    func perform(
        _ operation: LibraryOperation, _ receiver: Value?, _ base: Expression?, _ values: [ArgumentValue], at node: Int
    ) -> Value? {
        var arguments = values.filter { $0.name == nil }.map(\.value)
        var receiver = receiver
        if receiver == nil, dialect.subjectIsFirst, operation.isAboutReceiver, let first = arguments.first {
            receiver = first
            arguments.removeFirst()
        }
        switch operation {
        case .argument: return arguments.first ?? receiver
        case .receiver: return receiver
        case .pure: return mixture([receiver].compactMap { $0 } + values.map(\.value))
        case .split: return split(receiver, arguments, at: node)
        case .number: return number(arguments.first ?? receiver)
        case .list: return newList(arguments, at: node)
        case .listOf: return Value(objects: [allocate(node, HeapObject(items: spread(arguments)))])
        case .map: return newMap(values, at: node)
        case .keys: return (arguments.first ?? receiver).map { Value(flows: $0.flows) }
        case .include: return include(arguments.last, at: node)
        case .builder: return newBuilder(arguments, at: node)
        case .each, .transform, .select, .pick, .fold, .then:
            return functional(operation, receiver, arguments, at: node)
        case .valuesOf, .pairsOf, .assignAll: return ofObject(operation, arguments, at: node)
        case .grow, .growAll: return grown(operation, receiver, arguments, at: node)
        case .push, .concatenate, .shovel: return ofList(operation, receiver, arguments, at: node)
        case .join, .format, .text, .copy, .concat, .edit:
            let parts = textParts(operation, receiver, values)
            return textual(operation, receiver, arguments, values).map { built($0, of: parts, at: node) }
        default: break
        }
        guard let receiver else { return nil }
        if !receiver.objects.isEmpty, let result = collection(operation, receiver, arguments) { return result }
        return textFunction(operation, receiver, arguments)
    }

    private func number(_ value: Value?) -> Value {
        guard let text = value?.constant?.string, let number = Int(text) else {
            return Value(constants: value?.constant?.integer.map { [.integer($0)] })
        }
        return Value(.integer(number))
    }

    private func split(_ receiver: Value?, _ arguments: [Value], at node: Int) -> Value {
        let parts = mixture([receiver].compactMap { $0 })
        guard let text = receiver?.constant?.string, arguments.count == 1,
            let mark = arguments[0].constant?.string?.first,
            arguments[0].constant?.string?.count == 1
        else { return parts }
        let items = text.split(separator: mark, omittingEmptySubsequences: false).prefix(64)
        return Value(objects: [allocate(node, HeapObject(items: items.map { Value(.text(String($0))) }))])
    }

    // MARK: New objects

    /// The elements of a lone list argument, else the arguments themselves.
    private func spread(_ arguments: [Value]) -> [Value] {
        guard arguments.count == 1, arguments[0].objects.count == 1,
            let items = live?.objects[arguments[0].objects[0]]?.items
        else { return arguments }
        return items
    }

    private func newList(_ arguments: [Value], at node: Int) -> Value {
        var object = HeapObject.emptyList
        var flows: [Flow] = []
        for argument in arguments where argument.constant?.integer == nil {
            for id in argument.objects {
                guard let other = live?.objects[id] else { continue }
                for item in other.items ?? [] { object.append(item) }
                if other.items == nil { object.collapse() }
                for value in other.orderedValues + [other.rest].compactMap({ $0 }) { object.addRest(value) }
            }
            if argument.objects.isEmpty { flows = mixture([Value(flows: flows), argument]).flows }
        }
        return Value(flows: flows, objects: [allocate(node, object)])
    }

    private func newMap(_ values: [ArgumentValue], at node: Int) -> Value {
        var object = HeapObject.emptyMap
        var flows: [Flow] = []
        for argument in values {
            if let name = argument.name {
                object.fields[name] = argument.value
            } else if let id = argument.value.objects.first, let other = live?.objects[id] {
                object = other
            } else {
                flows = mixture([Value(flows: flows), argument.value]).flows
            }
        }
        return Value(flows: flows, objects: [allocate(node, object)])
    }

    private func newBuilder(_ arguments: [Value], at node: Int) -> Value {
        let start = arguments.first.flatMap { $0.constant?.integer == nil ? $0 : nil }
        return Value(objects: [allocate(node, HeapObject(items: start.map { [written($0)] } ?? []))])
    }

    // MARK: Texts

    /// A value as text: what a builder holds, joined.
    func written(_ value: Value) -> Value {
        guard value.objects.count == 1, let object = live?.objects[value.objects[0]], let items = object.items,
            object.rest == nil
        else {
            var result = Value(flows: deep(value).flows, constants: value.constants)
            if value.objects.count == 1 { result.start = live?.objects[value.objects[0]]?.start }
            return result
        }
        return text(value.flows.isEmpty ? items : [value.content] + items)
    }

    /// What a text that an operation makes is built from.
    private func textParts(_ operation: LibraryOperation, _ receiver: Value?, _ values: [ArgumentValue]) -> [Value] {
        let all = [receiver].compactMap { $0 } + values.map(\.value)
        guard operation == .text else { return operation == .format || operation == .concat ? all : [] }
        return all.flatMap { value in value.objects.flatMap { live?.objects[$0]?.items ?? [] } }
    }

    private func textual(
        _ operation: LibraryOperation, _ receiver: Value?, _ arguments: [Value], _ values: [ArgumentValue]
    ) -> Value? {
        switch operation {
        case .text, .copy:
            // `text.encode("utf-8")` is about the receiver, `String.valueOf(x)` about the argument.
            let isAboutReceiver =
                receiver.map { !($0.flows.isEmpty && $0.constants == nil && $0.objects.isEmpty) } ?? false
            let value = (isAboutReceiver ? receiver : arguments.first ?? receiver) ?? .harmless
            return operation == .text ? written(value) : Value(flows: deep(value).flows, constants: value.constants)
        case .concat: return text([receiver].compactMap { $0 }.map(written) + arguments.map(written))
        case .join:
            let parts = (receiver.map { [$0] } ?? []) + arguments
            return mixture(parts)
        case .format: return formatted([receiver].compactMap { $0 } + values.map(\.value))
        case .edit:
            // An edit of a builder: its content is mixed with the arguments.
            guard let receiver, let id = receiver.objects.first else {
                return mixture([receiver].compactMap { $0 } + arguments)
            }
            let content = mixture(arguments)
            live?.objects[id]?.collapse()
            live?.objects[id]?.start = nil
            live?.objects[id]?.addRest(content)
            return receiver
        default: return nil
        }
    }

    private func textFunction(_ operation: LibraryOperation, _ receiver: Value, _ arguments: [Value]) -> Value? {
        if let text = receiver.constant?.string, let result = Self.compute(operation, text, arguments.map(\.constant)) {
            return Value(flows: mixture([receiver] + arguments).flows, constants: [result])
        }
        switch operation {
        case .length, .indexOf, .contains, .has, .startsWith, .endsWith, .equals, .equalsIgnoringCase, .isEmpty:
            return .harmless
        case .charAt, .substring, .upper, .lower, .trim: return Value(flows: deep(receiver).flows)
        case .replace:
            let result = mixture([receiver] + arguments.dropFirst())
            let (old, new) = (knownTexts(arguments.first), knownTexts(arguments.last))
            guard !new.isEmpty else { return result }
            return old.reduce(result) { value, text in
                new.contains { $0.contains(text) } ? value : value.cleaned(book.guards(text))
            }
        case .append, .add, .insert, .put: return nil
        default: return nil
        }
    }

    /// A known text, or the known texts of a list.
    private func knownTexts(_ value: Value?) -> [String] {
        if let text = value?.constant?.string { return [text] }
        guard let value, value.objects.count == 1, let items = live?.objects[value.objects[0]]?.items else { return [] }
        let texts = items.compactMap { $0.constant?.string }
        return texts.count == items.count ? texts : []
    }

    private static func compute(
        _ operation: LibraryOperation, _ text: String, _ arguments: [Constant?]
    ) -> Constant? {
        let known = arguments.compactMap { $0 }
        guard known.count == arguments.count else { return nil }
        let first = known.first
        switch operation {
        case .length: return .integer(text.utf16.count)
        case .isEmpty: return .truth(text.isEmpty)
        case .upper: return .text(text.uppercased())
        case .lower: return .text(text.lowercased())
        case .trim: return known.isEmpty ? .text(TextOperation.trimmed(text)) : nil
        case .charAt:
            return first?.integer.flatMap { TextOperation.character(of: text, at: $0) }.map { .text($0) }
        case .substring:
            guard let start = first?.integer else { return nil }
            let end = known.count > 1 ? known[1].integer : text.utf16.count
            return end.flatMap { TextOperation.slice(text, start, $0, isStrict: true) }.map { .text($0) }
        case .contains, .has: return (first?.string).map { .truth($0.isEmpty || text.contains($0)) }
        case .startsWith: return (first?.string).map { .truth(text.hasPrefix($0)) }
        case .endsWith: return (first?.string).map { .truth(text.hasSuffix($0)) }
        case .equals: return first.map { .truth($0 == .text(text)) }
        case .equalsIgnoringCase: return first.map { .truth($0.text.lowercased() == text.lowercased()) }
        case .indexOf: return (first?.string).map { .integer(TextOperation.index(of: $0, in: text)) }
        case .replace:
            guard let part = first?.string, known.count == 2, let new = known[1].string else { return nil }
            return TextOperation.replaced(text, part, new).map { .text($0) }
        default: return nil
        }
    }
}
