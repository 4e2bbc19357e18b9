extension MemoryInterpreter {
    /// The values an expression can have, with what evaluating it did.
    func evaluate(_ expression: CExpression, _ state: MemoryState) -> [Outcome] {
        guard spend() else { return [] }
        switch expression.form {
        case .integer(let number, let type): return [(state, MemoryValue(number, type: type))]
        case .real(let number): return [(state, real(number))]
        case .text(let count, let isWide, let content):
            return [literal(count, isWide, content, expression.place, state)]
        case .name, .dereference, .element, .member: return read(expression, state)
        case .address(let inner):
            if case .name(let name) = inner.form, state.names[name] == nil,
                let function = linker.function(name, file: file, near: frames.last?.function.name ?? "")
            {
                return [(state, functionValue(function.name))]
            }
            return address(inner, state)
        case .negative(let inner): return evaluate(inner, state).map { ($0.state, negated($0.value)) }
        case .not, .complement: return logical(expression, state)
        default: return compound(expression, state)
        }
    }

    private func compound(_ expression: CExpression, _ state: MemoryState) -> [Outcome] {
        switch expression.form {
        case .change(let target, let step, let isPrefix):
            return change(target, step, isPrefix, expression.place, state)
        case .binary(let sign, let left, let right):
            if sign == "&&" || sign == "||" || Self.comparisons.contains(sign) { return logical(expression, state) }
            return evaluate(left, state).flatMap { one in
                evaluate(right, one.state).map { two in
                    (two.state, compute(sign, one.value, two.value, expression.place))
                }
            }
        case .assign(let target, let value, let operation):
            return assign(target, value, operation, expression.place, state)
        case .call(let function, let arguments): return call(function, arguments, expression.place, state)
        case .cast(let type, let inner):
            let type = linker.resolved(type, file: file)
            return evaluate(inner, state).map { ($0.state, cast($0.value, to: type, inner, expression.place)) }
        case .sizeOfType(let type): return [(state, sizeValue(type, state))]
        case .sizeOf(let inner): return [(state, sizeValue(typeOf(inner, state), state))]
        case .conditional(let test, let yes, let no):
            return thinned(
                assume(test, state, true).flatMap { evaluate(yes, $0) }
                    + assume(test, state, false).flatMap { evaluate(no, $0) })
        case .sequence(let parts), .opaque(let parts), .list(let parts):
            return sequence(parts, expression, state)
        case .make(let type, let count, let isArray):
            return make(type, count, isArray, expression.place, state)
        case .destroy(let inner, let isArray):
            return destroy(inner, isArray, expression.place, state)
        default: return [(state, .unknown)]
        }
    }

    private func address(_ inner: CExpression, _ state: MemoryState) -> [Outcome] {
        places(inner, state).map { state, place in
            guard let place else { return (state, .unknown) }
            var pointer = place.pointer
            pointer.object = place.object
            pointer.type = place.type.isArray ? place.type.element.pointed : place.type.pointed
            return (state, pointer)
        }
    }

    private func sequence(_ parts: [CExpression], _ expression: CExpression, _ state: MemoryState) -> [Outcome] {
        var outcomes: [Outcome] = [(state, .unknown)]
        for part in parts { outcomes = thinned(outcomes.flatMap { evaluate(part, $0.state) }) }
        if case .sequence = expression.form { return outcomes }
        return outcomes.map { ($0.state, .unknown) }
    }

    private func destroy(_ inner: CExpression, _ isArray: Bool, _ place: Int, _ state: MemoryState) -> [Outcome] {
        evaluate(inner, state).map { outcome in
            var state = outcome.state
            release(outcome.value, by: isArray ? .newArray : .new, &state, place)
            return (state, .unknown)
        }
    }

    static let comparisons: Set<String> = ["==", "!=", "<", "<=", ">", ">="]

    private func real(_ number: Double) -> MemoryValue {
        guard let whole = Int128(exactly: number) else {
            var value = MemoryValue()
            value.isNonZero = number != 0
            value.type = CType(name: "double")
            return value
        }
        return MemoryValue(whole, type: CType(name: "double"))
    }

    func functionValue(_ name: String) -> MemoryValue {
        var value = MemoryValue()
        value.function = name
        return value
    }

    private func literal(
        _ count: Int, _ isWide: Bool, _ content: String, _ place: Int, _ state: MemoryState
    ) -> Outcome {
        var state = state
        let width = isWide ? 4 : 1
        let type = CType(name: isWide ? "wchar" : "char")
        var object = MemoryObject(kind: .literal, type: type, place: place)
        object.size = MemoryValue(Int128((count + 1) * width))
        object.text = TextContent(filled: Int128(count), end: Int128(count), width: width)
        var value = MemoryValue(0, type: type.pointed)
        value.object = state.add(object)
        value.content = content
        return (state, value)
    }

    private func logical(_ expression: CExpression, _ state: MemoryState) -> [Outcome] {
        if case .complement(let inner) = expression.form {
            return evaluate(inner, state).map { outcome in
                guard let number = outcome.value.number else { return (outcome.state, .unknown) }
                return (outcome.state, MemoryValue(-number - 1, type: outcome.value.type))
            }
        }
        return assume(expression, state, true).map { ($0, MemoryValue(1)) }
            + assume(expression, state, false).map { ($0, MemoryValue(0)) }
    }

    private func change(
        _ target: CExpression, _ step: Int, _ isPrefix: Bool, _ place: Int, _ state: MemoryState
    ) -> [Outcome] {
        places(target, state).map { state, found in
            var state = state
            guard let found else { return (state, .unknown) }
            let old = load(found, &state, target.place)
            let new = compute("+", old, MemoryValue(Int128(step)), place)
            store(new, found, &state, place)
            return (state, isPrefix ? new : old)
        }
    }

    private func assign(
        _ target: CExpression, _ value: CExpression, _ operation: String?, _ at: Int, _ state: MemoryState
    ) -> [Outcome] {
        evaluate(value, state).flatMap { outcome -> [Outcome] in
            places(target, outcome.state).map { state, found in
                var state = state
                guard let found else { return (state, outcome.value) }
                var new = outcome.value
                if let operation {
                    new = compute(operation, load(found, &state, target.place), new, at)
                }
                check(new, fits: found.type, value, at)
                store(new, found, &state, target.place)
                return (state, new)
            }
        }
    }

    // MARK: Declarations

    func declare(_ variable: CVariable, _ state: MemoryState) -> [MemoryState] {
        var state = state
        let type = linker.resolved(variable.type, file: file)
        var object = MemoryObject(
            kind: variable.isStatic ? .global : .local, name: variable.name, type: type, place: variable.place)
        object.rest = variable.isStatic ? .unknown : .unset
        if type.name == "function" || isClass(type) { object.rest = .unknown }
        if type.isReference, let value = variable.value {
            return places(value, state).map { state, found in
                var state = state
                state.names[variable.name] = found?.object
                return state
            }
        }
        let id = state.add(object)
        state.names[variable.name] = id
        guard let value = variable.value else {
            let bytes = size(of: type, state)
            state.objects[id]?.size = bytes
            return [state]
        }
        return initialise(id, type, value, state)
    }

    private func initialise(_ id: Int, _ type: CType, _ value: CExpression, _ state: MemoryState) -> [MemoryState] {
        var state = state
        let bytes = size(of: type, state)
        state.objects[id]?.size = bytes
        if type.isArray {
            state.objects[id]?.rest = .zero
            if case .text(let count, let isWide, _) = value.form {
                if type.dimensions[0] == nil {
                    state.objects[id]?.size = MemoryValue(Int128((count + 1) * (isWide ? 4 : 1)))
                }
                let end = Int128(count)
                state.objects[id]?.text = TextContent(filled: end, end: end, width: isWide ? 4 : 1)
            } else if case .list(let parts) = value.form {
                if type.dimensions[0] == nil, var size = size(of: type.element, state) {
                    size.low *= Int128(parts.count)
                    size.high *= Int128(parts.count)
                    state.objects[id]?.size = size
                }
                if !parts.isEmpty { state.objects[id]?.rest = .unknown }
            }
            return [state]
        }
        if case .list = value.form {
            state.objects[id]?.rest = .unknown
            return evaluate(value, state).map(\.state)
        }
        return evaluate(value, state).map { outcome in
            var state = outcome.state
            check(outcome.value, fits: type, value, value.place)
            let place = MemoryPlace(object: id, pointer: MemoryValue(0), type: type)
            store(outcome.value, place, &state, value.place)
            return state
        }
    }
}
