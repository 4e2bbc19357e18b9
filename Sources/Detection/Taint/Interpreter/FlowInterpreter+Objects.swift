/// Instances of the classes whose source is known, and of others.
extension FlowInterpreter {
    func create(_ type: String, _ values: [ArgumentValue], at node: Int) -> Value {
        if dialect.functionsAreValues { return createValue(type, values, at: node) }
        if dialect.hasPackages { return createLibrary(type, values, at: node) }
        guard let owner = file.classesByName[type] ?? classNumber(paths.number(type)) else {
            return createLibrary(type, values, at: node)
        }
        return construct(owner, values, at: node)
    }

    func construct(_ owner: Int, _ values: [ArgumentValue], at node: Int) -> Value {
        let result = instance(of: owner, node: node, isEntry: false)
        let constructors = functions.indices.filter {
            functions[$0].isConstructor && functions[$0].owner == owner
        }
        defer { if dialect.hasProperties { setProperties(values, of: result, owner) } }
        let extra = dialect.passesReceiver ? 1 : 0
        let fit = constructors.first { functions[$0].parameters.count == values.count + extra }
        if let constructor = fit ?? constructors.first {
            _ = invoke(constructor, receiver: result, values, at: node)
        } else if !dialect.sendsMessages {
            let content = mixture(values.map(\.value))
            for id in result.objects { live?.objects[id]?.addRest(content) }
        }
        return result
    }

    /// `new Thing { Name = value }`.
    private func setProperties(_ values: [ArgumentValue], of object: Value, _ owner: Int) {
        for value in values {
            guard let name = value.name, classes[owner].fields.contains(where: { $0.name == name }) else { continue }
            for id in object.objects { live?.objects[id]?.fields[name] = value.value }
        }
    }

    /// An object with its fields' initial values.
    /// - Parameter isEntry: true where other code may have changed it before.
    func instance(of owner: Int, node: Int, isEntry: Bool) -> Value {
        var object = HeapObject()
        let form = classes[owner]
        if isEntry { object.rest = .open }
        let id = allocate(node, object)
        let result = Value(objects: [id], path: paths.number(form.name))
        classNumbers[result.path] = owner
        // A class may hold an instance of itself.
        let isNested = frames.contains { $0.function == nil && $0.owner == owner }
        var frame = Frame(function: nil, receiver: result, owner: owner, context: node)
        frame.file = file(ofClass: owner)
        frame.call = node
        frames.append(frame)
        for field in form.fields where !isNested {
            var value = field.value.map(evaluate) ?? (isEntry ? .open : Value(.null))
            if isEntry, !field.isFixed, field.value != nil { value.join(.open) }
            let typed = field.type.map { declared(value, $0) } ?? value
            live?.objects[id]?.fields[field.name] = typed
        }
        frames.removeLast()
        return result
    }

    /// The object that stands for a class's static fields.
    func statics(of owner: Int) -> Int {
        if let known = staticObjects[owner], live?.objects[known] != nil { return known }
        let new = instance(of: owner, node: classes[owner].node, isEntry: true).objects[0]
        staticObjects[owner] = new
        return new
    }

    func createLibrary(_ type: String, _ values: [ArgumentValue], at node: Int) -> Value {
        let effects = effects(paths.number(type), "new")
        check(effects.sinks, receiver: nil, values, at: node)
        if let source = effects.source { return sourced(source, at: node, path: paths.number(type)) }
        if let operation = effects.operation, var result = perform(operation, nil, nil, values, at: node) {
            result.path = paths.number(effects.type ?? type)
            return result.cleaned(effects.cleans)
        }
        if dialect.sendsMessages, !effects.isHarmless, effects.cleans == 0 {
            // What an unknown constructor is given is seldom what its methods give.
            return Value(flows: Value.open.flows, path: paths.number(effects.type ?? type))
        }
        var result = mixture(values.map(\.value)).restored(effects.restores).cleaned(effects.cleans)
        if dialect.isNumeric(type) { result.flows = [] }
        result.path = paths.number(effects.type ?? type)
        var object = HeapObject()
        if dialect.hasProperties {
            for value in values { if let name = value.name { object.fields[name] = value.value } }
        }
        if dialect.functionsAreValues {
            object.rest = .open
            object.rest?.joinFlows(result.flows)
        }
        result.objects = [allocate(node, object)]
        return result
    }
}
