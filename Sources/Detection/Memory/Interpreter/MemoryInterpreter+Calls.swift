/// Calls of the program's own functions and of unknown ones.
extension MemoryInterpreter {
    func call(_ callee: CExpression, _ arguments: [CExpression], _ at: Int, _ state: MemoryState) -> [Outcome] {
        guard case .name(let written) = callee.form, state.names[written] == nil else {
            return indirect(callee, arguments, at, state)
        }
        let name = linker.alias(written, file: file) ?? written
        let plain = name.hasPrefix("std::") ? String(name.dropFirst(5)) : name
        if let effect = library.functions[plain] { return apply(effect, plain, arguments, at, state) }
        if let function = linker.function(name, file: file, near: frames.last?.function.name ?? "") {
            return run(function, arguments, at, state)
        }
        if arguments.isEmpty, let value = linker.macro(name, file: file) { return evaluate(value, state) }
        let lower = plain.lowercased()
        if library.endings.contains(where: lower.contains) { return [] }
        return unknown(
            arguments, isMacro: linker.isFunctionMacro(name, file: file) || plain == plain.uppercased(), at, state)
    }

    private func indirect(
        _ callee: CExpression, _ arguments: [CExpression], _ at: Int, _ state: MemoryState
    ) -> [Outcome] {
        evaluate(callee, state).flatMap { outcome -> [Outcome] in
            guard let name = outcome.value.function,
                let function = linker.function(name, file: file, near: frames.last?.function.name ?? "")
            else { return unknown(arguments, isMacro: false, at, outcome.state) }
            return run(function, arguments, at, outcome.state)
        }
    }

    private func run(_ function: CFunction, _ arguments: [CExpression], _ at: Int, _ state: MemoryState) -> [Outcome] {
        guard frames.count < Self.deepestCalls, !frames.contains(where: { $0.function.place == function.place }) else {
            return unknown(arguments, isMacro: false, at, state)
        }
        return values(arguments, function, state).flatMap { state, values in
            invoke(function, values, state, at: at).map { (settled(values, $0.state), $0.value) }
        }
    }

    /// After a call that was given the address of a variable: whether it set it on the path that was taken is seldom plain,
    /// and a caller looks at what the function returned.
    func settled(_ values: [MemoryValue], _ state: MemoryState) -> MemoryState {
        var state = state
        for case let id? in values.map(\.object) where state.objects[id]?.kind == .local {
            if state.objects[id]?.rest == .unset { state.objects[id]?.rest = .unknown }
            for (offset, cell) in state.objects[id]?.cells ?? [:] where cell.isUnset {
                state.objects[id]?.cells[offset] = nil
            }
        }
        return state
    }

    /// The values of arguments; for parameters that are references, where they stand.
    private func values(
        _ arguments: [CExpression], _ function: CFunction, _ state: MemoryState
    ) -> [(MemoryState, [MemoryValue])] {
        var results: [(MemoryState, [MemoryValue])] = [(state, [])]
        for (index, argument) in arguments.enumerated() {
            let isReference = index < function.parameters.count && function.parameters[index].type.isReference
            results = thinned(
                results.flatMap { state, values -> [(MemoryState, [MemoryValue])] in
                    guard isReference else { return evaluate(argument, state).map { ($0.state, values + [$0.value]) } }
                    return places(argument, state).map { state, place in
                        var value = MemoryValue.unknown
                        value.object = place?.object
                        value.type.pointers = -1
                        return (state, values + [value])
                    }
                })
        }
        return results
    }

    /// The values of arguments.
    func values(_ arguments: [CExpression], _ state: MemoryState) -> [(MemoryState, [MemoryValue])] {
        var results: [(MemoryState, [MemoryValue])] = [(state, [])]
        for argument in arguments {
            results = thinned(
                results.flatMap { state, values in
                    evaluate(argument, state).map { ($0.state, values + [$0.value]) }
                })
        }
        return results
    }

    /// A call of a function nobody knows: it may change whatever it can reach.
    /// - Parameter isMacro: where it is or may be a macro, it may also assign to its arguments.
    private func unknown(_ arguments: [CExpression], isMacro: Bool, _ at: Int, _ state: MemoryState) -> [Outcome] {
        var state = state
        // Whether a plain variable is an argument or is assigned to by a macro cannot be told.
        var rest: [CExpression] = []
        for argument in arguments {
            guard case .name(let name) = argument.form, let id = state.names[name], let object = state.objects[id],
                isMacro || (object.rest == .unset && object.cells.isEmpty && !object.type.isArray)
            else {
                rest.append(argument)
                continue
            }
            for key in object.cells.keys.sorted() { if let cell = object.cells[key] { escape(cell, &state) } }
            state.objects[id]?.forget()
            state.objects[id]?.hasEscaped = true
        }
        // A macro need not read what it is given.
        if isMacro { quiet += 1 }
        defer { if isMacro { quiet -= 1 } }
        return values(rest, state).map { state, values in
            var state = state
            for value in values { escape(value, &state) }
            state.unknownCalls += 1
            for (id, object) in state.objects where object.hasEscaped {
                let isConstant = object.kind == .literal
                if !isConstant { state.objects[id]?.forget() }
            }
            let value = state.fresh(.unknown)
            return (state, value)
        }
    }
}
