/// An argument's value.
struct ArgumentValue {
    let name: String?
    let value: Value
    let node: Int
}

extension FlowInterpreter {
    func arguments(_ arguments: [Argument]) -> [ArgumentValue] {
        arguments.map { ArgumentValue(name: $0.name, value: evaluate($0.value), node: here($0.value.node)) }
    }

    func call(_ base: Expression?, _ name: String, _ arguments: [Argument], at node: Int) -> Value {
        guard dialect.hasPackages else { return called(base, name, arguments, at: node) }
        let result = called(base, name, arguments, at: node)
        fill(arguments, result)
        return result
    }

    private func called(_ base: Expression?, _ name: String, _ arguments: [Argument], at node: Int) -> Value {
        guard let base else { return plainCall(name, self.arguments(arguments), at: node) }
        let receiver = resolved(evaluate(base))
        let values = self.arguments(arguments)
        if let found = packageFunction(receiver, name) {
            return invoke(found.index, receiver: found.receiver, values, at: node)
        }
        if let package = package(base) {
            return library(paths.number(package), name, receiver: nil, nil, values, at: node)
        }
        if let index = method(name, of: receiver, base, arity: values.count) {
            return invoke(index, receiver: receiver, values, at: node)
        }
        if let value = answer(receiver, name, values, at: node) { return value }
        let ways = implementers(name, of: receiver, arity: values.count)
        if !ways.isEmpty {
            // A name that says it cleans is believed, whichever class it is of.
            let cleans = effects(owner(receiver, base), name).cleans
            return invokeAny(ways, receiver: receiver, values, at: node).cleaned(cleans)
        }
        if let function = fieldFunction(receiver, name) {
            return invoke(function, receiver: dialect.functionsAreValues ? receiver : .harmless, values, at: node)
        }
        if let callee = libraryFunction(receiver, name) { return callValue(callee, receiver: .open, values, at: node) }
        return library(owner(receiver, base), name, receiver: receiver, base, values, at: node)
    }

    /// The package a function is called of: it is no receiver.
    private func package(_ base: Expression) -> String? {
        guard dialect.hasPackages, case .name(let name) = base.form, live?.variables[name] == nil else { return nil }
        return file.imports[name]
    }

    /// The path of a receiver; where nothing is known of it, its name says most.
    private func owner(_ receiver: Value, _ base: Expression) -> Int {
        guard receiver.path == 0 else { return receiver.path }
        switch base.form {
        case .name(let name) where dialect.namesAreLibrary || dialect.namesReceivers: return paths.number(name)
        case .member(_, let name) where dialect.functionsAreValues || dialect.namesReceivers: return paths.number(name)
        default: return 0
        }
    }

    /// A library's function that was put into a field: `this.run = promisify(exec)`.
    private func libraryFunction(_ receiver: Value, _ name: String) -> Value? {
        guard dialect.functionsAreValues, receiver.objects.count == 1,
            let value = live?.objects[receiver.objects[0]]?.fields[name], value.path != 0, value.objects.isEmpty,
            !paths.text(value.path).hasSuffix(")")
        else { return nil }
        return value
    }

    /// A function kept in a field or a map.
    private func fieldFunction(_ receiver: Value, _ name: String) -> Int? {
        guard receiver.objects.count == 1 else { return nil }
        return live?.objects[receiver.objects[0]]?.fields[name]?.function
    }

    private func plainCall(_ name: String, _ values: [ArgumentValue], at node: Int) -> Value {
        if dialect.functionsAreValues {
            return callValue(variable(name, at: node), receiver: .open, values, at: node)
        }
        if let function = live?.variables[name]?.function ?? file.globals[name]?.function {
            return invoke(function, receiver: .harmless, values, at: node)
        }
        if dialect.membersAreInScope, dialect.callsMembersByName, let owner = frames.last?.owner,
            let index = method(name, inClass: owner, arity: values.count)
        {
            return invoke(index, receiver: frames.last?.receiver ?? .harmless, values, at: node)
        }
        if let index = file.functionsByName[name]?.first(where: { functions[$0].owner == nil }) {
            return invoke(index, receiver: .harmless, values, at: node)
        }
        if dialect.hasPackages, let index = packageFunction(file.package, name) {
            return invoke(index, receiver: .harmless, values, at: node)
        }
        if dialect.linksByName, let index = functionElsewhere(name) {
            return invoke(index, receiver: .harmless, values, at: node)
        }
        if dialect.passesReceiver, file.classesByName[name] != nil { return create(name, values, at: node) }
        let (owner, method) = Self.split(file.imports[name] ?? name)
        return library(paths.number(owner), method, receiver: nil, nil, values, at: node)
    }

    func apply(_ callee: Value, _ arguments: [Argument], at node: Int) -> Value {
        let values = self.arguments(arguments)
        if dialect.functionsAreValues { return callValue(callee, receiver: .open, values, at: node) }
        if let function = callee.function { return invoke(function, receiver: .harmless, values, at: node) }
        if dialect.linksByName, let name = callee.constant?.string { return plainCall(name, values, at: node) }
        check(effects(0, "()").sinks, receiver: callee, [], at: node)
        return unknown(receiver: callee, values)
    }

    // MARK: Functions of this file

    private func method(_ name: String, of receiver: Value, _ base: Expression, arity: Int) -> Int? {
        if case .receiver = base.form, let owner = frames.last?.owner {
            return method(name, inClass: owner, arity: arity)
        }
        guard receiver.path != 0, !dialect.hasPackages, let owner = classNumber(receiver.path) else { return nil }
        return method(name, inClass: owner, arity: arity)
    }

    /// A method of a class of this file, its supertypes, or the one class that implements it.
    func method(_ name: String, inClass owner: Int, arity: Int) -> Int? {
        let candidates = files[file(ofClass: owner)].functionsByName[name] ?? []
        var queue = [owner][...]
        var seen = 0
        while let current = queue.popFirst(), seen < 16 {
            seen += 1
            let extra = dialect.passesReceiver ? 1 : 0
            let near = dialect.sendsMessages ? files[file(ofClass: current)].functionsByName[name] ?? [] : candidates
            let own = near.filter { functions[$0].owner == current && !functions[$0].body.isEmpty }
            let exact = own.first { index in
                functions[index].parameters.count == arity + (functions[index].isStatic ? 0 : extra)
            }
            if let found = exact ?? own.first { return found }
            let names = files[file(ofClass: current)].classesByName
            let above = classes[current].supertypes.lazy.compactMap { names[$0] ?? self.linkedClass($0) }
            queue += dialect.sendsMessages ? Array(above) : above.first.map { [$0] } ?? []
        }
        let type = classes[owner].name
        let implementers = candidates.filter { index in
            guard let other = functions[index].owner, !functions[index].body.isEmpty else { return false }
            return classes[other].supertypes.contains(type)
        }
        return implementers.count == 1 ? implementers[0] : nil
    }

    /// Runs a function with the given values.
    func run(_ index: Int, receiver: Value, _ values: [ArgumentValue], at node: Int) -> Value {
        guard frames.count <= Self.deepestCall, frames.count(where: { $0.function == index }) < 2, let before = live
        else {
            return dialect.sendsMessages ? .open : unknown(receiver: receiver, values)
        }
        let function = functions[index]
        let receiver = function.keepsReceiver ? makings[index]?.receiver ?? receiver : receiver
        let isMadeHere = isMadeHere(index)
        var variables = function.owner == nil ? captured(index) : [:]
        bind(function, receiver, values, at: node, &variables)
        let shape = shape(index, receiver, variables)
        if let shape, let known = knownResults[shape] { return known.value(in: &live) }
        live?.variables = variables
        if !isMadeHere, isEntryLike(function, receiver, variables) { covered.insert(index) }
        if dialect.functionsAreValues, !isMadeHere { live?.places = [:] }
        let context = (frames.last?.context ?? 0) &* 31 &+ node
        var frame = Frame(function: index, receiver: receiver, owner: function.owner, context: context)
        frame.file = function.node >> Self.fileShift
        frame.call = node
        frames.append(frame)
        execute(function.body)
        endClosures()
        frame = frames.removeLast()
        live = joined(frame.returnedState, live)
        var result = frame.returned ?? Value(.null)
        if live != nil, frame.returned != nil, frame.returnedState == nil { result.join(Value(.null)) }
        let after = live?.variables ?? [:]
        live?.variables = before.variables
        live?.places = before.places
        if isMadeHere { writeBack(index, after) }
        if let shape, let live { knownResults[shape] = KnownResult(result, live, tuple: paths.number("tuple")) }
        return trace.extend(result, at: node) { "returned from '\(function.name)'" }
    }

    /// Whether the arguments say no more than an unknown caller's.
    private func isEntryLike(_ function: Function, _ receiver: Value, _ variables: [String: Value]) -> Bool {
        guard frames.count == 1, function.marks.allSatisfy({ $0 == "Override" }), function.owner == frames[0].owner,
            function.owner == nil || receiver.objects == frames[0].receiver.objects
        else { return false }
        return function.parameters.allSatisfy { parameter in
            guard let value = variables[parameter.name], value.constants == nil, value.objects.isEmpty else {
                return false
            }
            let entry = entryValue(parameter, of: function)
            return value.path == entry.path && value.flows == entry.flows
        }
    }

    private func bind(
        _ function: Function, _ receiver: Value, _ values: [ArgumentValue], at node: Int,
        _ variables: inout [String: Value]
    ) {
        var parameters = function.parameters[...]
        if dialect.passesReceiver, function.owner != nil, !function.isStatic, let first = parameters.first {
            variables[first.name] = receiver
            parameters = parameters.dropFirst()
        }
        let values = gathered(values, for: function, at: node)
        var positional = values.filter { $0.name == nil }[...]
        for parameter in parameters {
            let passed: Value
            if let named = values.first(where: { $0.name == parameter.name }) {
                passed = named.value
            } else if parameter.isRest {
                passed = mixture(positional.map(\.value))
                positional = []
            } else if let next = positional.popFirst() {
                passed = next.value
            } else {
                passed = parameter.standard.map(evaluate) ?? .harmless
            }
            var typed = parameter.type.map { declared(passed, $0) } ?? passed
            if dialect.functionsAreValues, typed.path == 0, typed.objects.isEmpty, typed.function == nil,
                let type = book.parameters[parameter.name]
            {
                typed.path = paths.number(type)
            }
            variables[parameter.name] = trace.extend(typed, at: node) { "passed to '\(function.name)'" }
        }
    }

    /// What a parameter may be when nothing is known of the caller.
    func entryValue(_ parameter: Parameter, of function: Function) -> Value {
        var result = Value.parameter
        for source in book.knowledge.flatMap(\.sources) {
            let isMarked = parameter.marks.contains { source.marks.contains($0) }
            let isHandler =
                fromRoute(parameter, function)
                && function.marks.contains { mark in
                    let (owner, name) = Self.split(mark)
                    return source.decorated.contains { Self.fits($0, owner, name) }
                }
            guard isMarked || (isHandler && isBound(parameter)) else { continue }
            result = sourced(book.reference(source), at: parameter.node, path: 0)
        }
        if let type = parameter.type {
            result.path = typePath(type)
            if dialect.isNumeric(type) || isEnumeration(type) { result.flows = [] }
            // An unknown type of the project's own is most likely a variant of what the name stands for.
            if dialect.functionsAreValues, book.supertypes[type] == nil, let known = book.parameters[parameter.name] {
                result.path = paths.number(known)
            }
        } else if let type = book.parameters[parameter.name] {
            result.path = paths.number(type)
        }
        return result
    }

    /// Whether a request's handler gets such a parameter from the request, not from its framework.
    private func isBound(_ parameter: Parameter) -> Bool {
        if dialect.dropsPackages { return parameter.type == "String" && parameter.marks.isEmpty }
        return !["self", "cls", "request"].contains(parameter.name)
    }

    /// Whether values of a type are among the names it lists.
    func isEnumeration(_ type: String) -> Bool {
        guard dialect.hasProperties, let owner = classNumber(paths.number(type)) else { return false }
        return classes[owner].marks.contains(Self.enumeration)
    }

    /// The mark of types that list their values.
    static let enumeration = "enum"

    /// Whether a parameter can hold text of the address: `<name>` can, `<int:id>` and what the address lacks cannot.
    private func fromRoute(_ parameter: Parameter, _ function: Function) -> Bool {
        guard let route = function.route, !route.contains("{") else { return true }
        return route.split(separator: "<").dropFirst().contains { part in
            let pieces = part.prefix { $0 != ">" }.split(separator: ":")
            guard pieces.last.map(String.init) == parameter.name else { return false }
            return pieces.count == 1 || !["int", "float", "uuid"].contains(pieces[0])
        }
    }

    static func fits(_ signature: Signature, _ owner: String, _ name: String) -> Bool {
        (signature.isPattern ? signature.matchesPattern(name) : signature.name == name)
            && signature.matches(owner: owner)
    }
}
