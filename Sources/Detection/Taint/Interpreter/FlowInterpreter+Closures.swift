/// How a function value came to be.
struct Making {
    /// Tells the call it was made in from others.
    let context: Int
    let receiver: Value
    var objects: [Int: HeapObject]
    var places: [String: Value]
}

/// Functions that are values: what they see of the function they were made in, and how they are called.
extension FlowInterpreter {
    func closure(_ index: Int) -> Value {
        guard dialect.functionsAreValues else {
            closures[index] = live?.variables
            return Value(function: index)
        }
        capture(index)
        frames[frames.count - 1].defined.append(index)
        return Value(function: index)
    }

    /// Remembers what a function sees where it is made. Variables of a file are looked up when they are used.
    func capture(_ index: Int) {
        guard let live, let frame = frames.last else { return }
        guard dialect.functionsAreValues else { return closures[index] = live.variables }
        makings[index] = Making(
            context: frame.context, receiver: frame.receiver, objects: live.objects, places: live.places)
        closures[index] = frame.function == nil && frame.owner == nil ? [:] : seen(live.variables, by: index)
    }

    /// The variables a function sees: not those it has itself, and of those that change only that they are something.
    private func seen(_ variables: [String: Value], by index: Int) -> [String: Value] {
        let locals = functions[index].locals
        let changeable = files[functions[index].node >> Self.fileShift].changeable
        var result = locals.isEmpty ? variables : variables.filter { !locals.contains($0.key) }
        for name in changeable { result[name] = result[name]?.loosened }
        return result
    }

    /// What a function sees when it is called now: the current values, if it was made in the function that calls it.
    func captured(_ index: Int) -> [String: Value] {
        guard dialect.functionsAreValues, isMadeHere(index), let live else { return closures[index] ?? [:] }
        let locals = functions[index].locals
        return locals.isEmpty ? live.variables : live.variables.filter { !locals.contains($0.key) }
    }

    func isMadeHere(_ index: Int) -> Bool {
        guard let making = makings[index], let frame = frames.last else { return false }
        return making.context == frame.context
    }

    /// Takes over what a called function assigned to variables of the function it was made in.
    func writeBack(_ index: Int, _ after: [String: Value]) {
        for name in files[functions[index].node >> Self.fileShift].changeable
        where !functions[index].locals.contains(name) {
            if live?.variables[name] != nil, let value = after[name] { live?.variables[name] = value }
        }
    }

    /// The state a function starts in when it is run on its own.
    func entryState(_ index: Int) -> State {
        var state = State(variables: closures[index] ?? [:], objects: moduleObjects)
        guard let making = makings[index] else { return state }
        state.objects.merge(making.objects) { _, own in own }
        state.places = making.places
        return state
    }

    /// The receiver a function has when nothing is known of its caller.
    func entryReceiver(_ index: Int) -> Value {
        let function = functions[index]
        if var owner = function.owner {
            if classes[owner].isNameOnly { owner = linkedClass(classes[owner].name) ?? owner }
            return instance(of: owner, node: classes[owner].node, isEntry: true)
        }
        guard dialect.functionsAreValues else { return .harmless }
        if function.keepsReceiver { return makings[index]?.receiver ?? .open }
        var object = HeapObject()
        object.rest = .open
        return Value(objects: [allocate(function.node, object)])
    }

    // MARK: Limits

    /// Work granted to a call into another file, by whether anything from outside goes there.
    private static let mostForeignWork = (plain: 1500, interesting: 10_000)
    /// Work granted to any call if so much is left.
    private static let leastWork = 6000

    /// Calls a function within limits: it must not use up what its callers have, and whole libraries may stand behind
    /// one of another file.
    func invoke(_ index: Int, receiver: Value, _ values: [ArgumentValue], at node: Int) -> Value {
        let isForeign =
            (dialect.functionsAreValues || dialect.hasPackages || dialect.sendsMessages)
            && functions[index].node >> Self.fileShift != frames.last?.file ?? 0
        var limit = max((workLeft - reserve) / 4 * 3, min(workLeft - reserve, Self.leastWork))
        if isForeign {
            limit = isInteresting(receiver, values) ? Self.mostForeignWork.interesting : Self.mostForeignWork.plain
        }
        guard let before = live, !isPointless(index, receiver, values) else { return .open }
        guard limit > exhausting[index] ?? 0, limit > 0 else {
            if !isForeign { giveUp(index, receiver, values) }
            return dialect.sendsMessages
                ? .open : unknown(receiver: receiver, values.filter { $0.value.function == nil })
        }
        let granted = min(limit, workLeft)
        let (rest, kept) = (workLeft - granted, reserve)
        (workLeft, reserve) = (granted, Self.reserve(of: granted))
        let result = run(index, receiver: receiver, values, at: node)
        defer { (workLeft, reserve) = (rest + max(0, workLeft), kept) }
        guard workLeft <= 0, rest > 0 else { return result }
        exhausting[index] = limit
        covered.remove(index)
        live = before
        if !isForeign { giveUp(index, receiver, values) }
        return .open
    }

    /// Whether nothing from outside can come of a call: nothing goes in, and there is none inside. A short function may
    /// still give a known value.
    private func isPointless(_ index: Int, _ receiver: Value, _ values: [ArgumentValue]) -> Bool {
        guard dialect.sendsMessages, functions[index].node >> Self.fileShift == 0, !entries.contains(index) else {
            return false
        }
        return functions[index].body.count > 2 && !isInteresting(receiver, values)
    }

    /// Notes a function of this file that was not followed although something from outside goes into it.
    private func giveUp(_ index: Int, _ receiver: Value, _ values: [ArgumentValue]) {
        guard frames.allSatisfy({ $0.file == 0 }), isInteresting(receiver, values) else { return }
        giveUp(index)
    }

    /// Whether anything from outside goes into a call.
    private func isInteresting(_ receiver: Value, _ values: [ArgumentValue]) -> Bool {
        ([receiver] + values.map(\.value)).contains { value in
            requestTypes.contains(value.path) || deep(value).flows.contains { $0.source >= 0 }
        }
    }

    // MARK: Calls of values

    /// Calls whatever a value is: a function of these files, or a library's by its path.
    func callValue(_ callee: Value, receiver: Value, _ values: [ArgumentValue], at node: Int) -> Value {
        let callee = resolved(callee)
        if let function = callee.function { return invoke(function, receiver: receiver, values, at: node) }
        guard callee.path != 0 else { return unknown(receiver: callee, values) }
        let (owner, name) = Self.split(paths.text(callee.path))
        return library(paths.number(owner), name, receiver: nil, nil, values, at: node)
    }

    /// Calls a function that a library was given: it may never be called.
    func callBack(_ callee: Value, _ passed: [Value], at node: Int) -> Value {
        guard let before = live else { return .open }
        let values = passed.map { ArgumentValue(name: nil, value: $0, node: node) }
        let result = callValue(callee, receiver: .open, values, at: node)
        if live == nil, workLeft > 0 { live = before }
        return result
    }

    /// Whether a function that a library was given has a turn of its own, in which it sees all that is to see.
    private func hasOwnTurn(_ index: Int) -> Bool {
        frames.count == 1 && entries.contains(index) && !functions[index].changesOutside
    }

    /// The values of parameters when nothing is known of the caller, or only the types.
    func unknownArguments(_ index: Int, types: [String] = []) -> [Value] {
        let function = functions[index]
        return function.parameters.enumerated().map { position, parameter in
            var value = entryValue(parameter, of: function)
            if value.path == 0, position < types.count, function.parameters.count <= 3 {
                value.path = paths.number(types[position])
                if let source = book.members[types[position]] {
                    value = sourced(source, at: parameter.node, path: value.path)
                }
            }
            return value
        }
    }

    /// The result of a call of which nothing is known, where functions are values.
    func unknownResult(_ receiver: Value?, _ values: [ArgumentValue]) -> Value {
        let plain = values.filter { $0.value.function == nil }.map(\.value)
        let arguments = mixture(plain)
        for id in receiver?.objects ?? [] where arguments.flows.contains(where: { $0.source >= 0 }) {
            live?.objects[id]?.addRest(arguments)
        }
        for id in plain.flatMap(\.objects) { live?.objects[id]?.addRest(.open) }
        var result = receiver.map { mixture([$0, arguments]) } ?? arguments
        for value in values {
            guard let function = value.value.function, !hasOwnTurn(function) else { continue }
            _ = callBack(value.value, unknownArguments(function), at: value.node)
        }
        result.joinFlows(Value.open.flows)
        return result
    }

    /// Runs the handlers that a call registers.
    func register(_ handlers: FlowBook.Handlers, _ values: [ArgumentValue]) {
        guard handlers.conditions.allSatisfy({ holds($0, values) }) else { return }
        for value in values {
            guard let index = resolved(value.value).function else { continue }
            handlerTypes[index] = handlers.types
            guard !hasOwnTurn(index) else { continue }
            _ = callBack(value.value, unknownArguments(index, types: handlers.types), at: value.node)
        }
    }
}

extension Value {
    /// The same, but it may have changed since.
    fileprivate var loosened: Value {
        var result = self
        result.constants = nil
        result.function = nil
        result.joinFlows(Value.open.flows)
        return result
    }
}
