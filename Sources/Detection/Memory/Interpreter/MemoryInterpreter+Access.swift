/// Reading and writing memory.
extension MemoryInterpreter {
    // MARK: Places

    /// Where an expression's value stands; nil where that is unknown.
    func places(_ expression: CExpression, _ state: MemoryState) -> [(MemoryState, MemoryPlace?)] {
        switch expression.form {
        case .name(let name):
            var state = state
            return [variable(name, &state)].map { (state, $0) }
        case .dereference(let inner):
            return evaluate(inner, state).map { outcome in
                var state = outcome.state
                let place = target(of: outcome.value, &state, expression.place)
                return (state, place)
            }
        case .element(let inner, let index):
            return evaluate(inner, state).flatMap { base in
                evaluate(index, base.state).map { index in
                    var state = index.state
                    let pointer = compute("+", base.value, index.value, expression.place)
                    let place = target(of: pointer, &state, expression.place)
                    return (state, place)
                }
            }
        case .member(let inner, let name, let isArrow):
            if isArrow {
                return evaluate(inner, state).map { outcome in
                    var state = outcome.state
                    let place = target(of: outcome.value, &state, expression.place)
                    return (state, place.flatMap { member(name, of: $0, state) })
                }
            }
            return places(inner, state).map { state, place in (state, place.flatMap { member(name, of: $0, state) }) }
        case .cast(let type, let inner):
            return places(inner, state).map { state, place in
                var place = place
                place?.type = linker.resolved(type, file: file)
                return (state, place)
            }
        case .assign(let target, _, _), .change(let target, _, true):
            return evaluate(expression, state).flatMap { places(target, $0.state) }
        default: return evaluate(expression, state).map { ($0.state, nil) }
        }
    }

    private func member(_ name: String, of place: MemoryPlace, _ state: MemoryState) -> MemoryPlace? {
        var result = place
        guard let (offset, type) = field(name, of: place.type, state) else {
            // A field of an unknown record: a place of its own, by its name.
            guard place.offset != nil else { return nil }
            var digest = 5381
            for byte in name.utf8 { digest = (digest &* 33 &+ Int(byte)) & 0xff_ffff }
            result.pointer = MemoryValue(place.pointer.low + Int128(1 << 40 + digest * 64))
            result.pointer.unit = "field"
            result.type = .unknown
            return result
        }
        result.pointer.low += Int128(offset)
        result.pointer.high += Int128(offset)
        result.type = type
        return result
    }

    private func variable(_ name: String, _ state: inout MemoryState) -> MemoryPlace? {
        if let id = state.names[name], let object = state.objects[id] {
            return MemoryPlace(object: id, pointer: MemoryValue(0), type: object.type)
        }
        guard let (global, owner) = linker.global(name, file: file) else { return nil }
        let key = owner == file && codeIsStatic(global) ? "\(owner) \(name)" : name
        if let id = state.globals[key], let object = state.objects[id] {
            return MemoryPlace(object: id, pointer: MemoryValue(0), type: object.type)
        }
        let type = linker.resolved(global.variable.type, file: owner)
        var object = MemoryObject(kind: .global, name: name, type: type, place: global.variable.place)
        object.size = size(of: type, state)
        object.hasEscaped = !global.isConstant
        let isFixed =
            global.isConstant
            || (!linker.code(owner).changed.contains(name) && !linker.code(file).changed.contains(name))
        if isFixed, type.isInteger, let value = constant(global, state) {
            object.cells[0] = value
            object.hasEscaped = false
        }
        let id = state.add(object)
        state.globals[key] = id
        return MemoryPlace(object: id, pointer: MemoryValue(0), type: type)
    }

    private func codeIsStatic(_ global: CGlobal) -> Bool { global.variable.isStatic }

    private func constant(_ global: CGlobal, _ state: MemoryState) -> MemoryValue? {
        guard let value = global.variable.value else {
            return global.isExtern ? nil : MemoryValue(0, type: global.variable.type)
        }
        quiet += 1
        defer { quiet -= 1 }
        return evaluate(value, state).first?.value
    }

    /// What a pointer points to, checked for null and for being alive.
    func target(of pointer: MemoryValue, _ state: inout MemoryState, _ at: Int) -> MemoryPlace? {
        if pointer.isUnset { report(.uninitialised, at: at, "the pointer was never set") }
        let element = pointer.type.element
        if pointer.isNull {
            if pointer.nullSince.map({ $0 == state.unknownCalls }) ?? true { report(.nullUse, at: at) }
            return nil
        }
        guard let id = pointer.object else {
            guard pointer.symbol != 0, pointer.function == nil else { return nil }
            if let known = state.pointees[pointer.symbol], state.objects[known] != nil {
                return MemoryPlace(object: known, pointer: MemoryValue(0), type: element)
            }
            var object = MemoryObject(kind: .unknown, type: element)
            object.hasEscaped = true
            object.outside = pointer.outside
            let id = state.add(object)
            state.pointees[pointer.symbol] = id
            return MemoryPlace(object: id, pointer: MemoryValue(0), type: element)
        }
        guard let object = state.objects[id] else { return nil }
        if pointer.mayFail { report(.uncheckedAllocation, at: at, from: object.place) }
        if let freed = object.freedAt { report(.useAfterFree, at: at, from: freed) }
        return MemoryPlace(object: id, pointer: pointer, type: element)
    }

    // MARK: Loading and storing

    func read(_ expression: CExpression, _ state: MemoryState) -> [Outcome] {
        if case .name(let name) = expression.form, state.names[name] == nil {
            if let value = linker.macro(name, file: file), frames.count < Self.deepestCalls {
                if case .name(name) = value.form { return [(state, .unknown)] }
                return evaluate(value, state)
            }
            if let number = linker.enumerator(name, file: file) ?? library.constants[name] {
                let type = CType(
                    name: Int(Int32(clamping: number)) == number ? "int" : "long", isUnsigned: name.hasPrefix("U"))
                return [(state, MemoryValue(Int128(number), type: type))]
            }
        }
        return places(expression, state).map { state, place in
            var state = state
            guard let place else {
                if case .name(let name) = expression.form,
                    linker.function(name, file: file, near: frames.last?.function.name ?? "") != nil
                {
                    return (state, functionValue(name))
                }
                let value = state.fresh(.unknown)
                return (state, value)
            }
            let value = load(place, &state, expression.place)
            return (state, value)
        }
    }

    /// The value at a place. Arrays and records stand for where they begin.
    func load(_ place: MemoryPlace, _ state: inout MemoryState, _ at: Int) -> MemoryValue {
        if place.type.isArray || isRecord(place.type) {
            var pointer = place.pointer
            pointer.object = place.object
            pointer.type = place.type.isArray ? place.type.element.pointed : place.type
            return pointer
        }
        guard let object = state.objects[place.object] else { return .unknown }
        let width = MemoryValue(Int128(place.type.scalarSize ?? 1))
        checkBounds(place.pointer, object, width, isWrite: false, at)
        guard let offset = place.offset else { return someValue(place, object, &state, at) }
        if let value = object.cells[offset] {
            if value.isUnset { report(.uninitialised, at: at, from: object.place, object.name) }
            return value
        }
        if let text = object.text, let value = character(text, offset, place.type) { return value }
        if object.rest == .zero { return MemoryValue(0, type: place.type) }
        var value = state.fresh(place.type)
        if object.rest == .unset, !object.hasEscaped {
            if object.kind != .heap || object.text == nil {
                report(.uninitialised, at: at, from: object.place, object.name)
            }
        }
        if let source = object.outside { value = outside(place.type, source, &state) }
        state.objects[place.object]?.cells[offset] = value
        return value
    }

    private func someValue(
        _ place: MemoryPlace, _ object: MemoryObject, _ state: inout MemoryState, _ at: Int
    ) -> MemoryValue {
        if object.rest == .unset, object.cells.isEmpty, !object.hasEscaped, object.text == nil {
            report(.uninitialised, at: at, from: object.place, object.name)
        }
        if let source = object.outside { return outside(place.type, source, &state) }
        return state.fresh(place.type)
    }

    private func character(_ text: TextContent, _ offset: Int, _ type: CType) -> MemoryValue? {
        let index = Int128(offset / max(1, text.width))
        if text.end == index { return MemoryValue(0, type: type) }
        guard index < text.filled, text.end.map({ index < $0 }) ?? true else { return nil }
        var value = MemoryValue()
        value.type = type
        value.isNonZero = true
        return value
    }

    /// A value that outsiders choose.
    func outside(_ type: CType, _ source: Int, _ state: inout MemoryState) -> MemoryValue {
        var value = state.fresh(type)
        value.outside = source
        value.isExact = type.bounds != nil
        return value
    }

    func store(_ value: MemoryValue, _ place: MemoryPlace, _ state: inout MemoryState, _ at: Int) {
        guard let object = state.objects[place.object] else { return }
        if isRecord(place.type), let offset = place.offset, value.object != nil {
            checkBounds(place.pointer, object, size(of: place.type, state), isWrite: true, at)
            return copyRecord(from: value, to: place.object, at: offset, &state)
        }
        checkBounds(place.pointer, object, size(of: place.type, state), isWrite: true, at)
        if object.hasEscaped || object.kind == .global { escape(value, &state) }
        guard let offset = place.offset else {
            state.objects[place.object]?.cells = [:]
            state.objects[place.object]?.rest = .unknown
            state.objects[place.object]?.text = nil
            return
        }
        storeText(value, place, offset, &state)
        state.objects[place.object]?.cells[offset] = converted(value, to: place.type)
    }

    private func converted(_ value: MemoryValue, to type: CType) -> MemoryValue {
        var value = value
        if type.pointers > 0 || type.isInteger || type.scalarSize != nil { value.type = type }
        guard value.object == nil, value.unit == nil, let bounds = type.bounds else { return value }
        if let number = value.number, number < bounds.0 || number > bounds.1 {
            let span = bounds.1 - bounds.0 + 1
            let wrapped = ((number - bounds.0) % span + span) % span + bounds.0
            value.low = wrapped
            value.high = wrapped
            return value
        }
        if value.low < bounds.0 || value.high > bounds.1 {
            value.isExact = value.isExact && value.outside != nil
            value.low = bounds.0
            value.high = bounds.1
        }
        return value
    }

    private func storeText(_ value: MemoryValue, _ place: MemoryPlace, _ offset: Int, _ state: inout MemoryState) {
        guard let width = place.type.scalarSize, width == 1 || width == 4, place.type.pointers == 0 else { return }
        var text = state.objects[place.object]?.text ?? TextContent(width: width)
        guard text.width == width else {
            state.objects[place.object]?.text = nil
            return
        }
        let index = Int128(offset / width)
        if value.number == 0 {
            text.end = min(text.end ?? index, index)
            text.atMost = nil
        } else if text.end == index {
            text.end = nil
        } else if value.number != nil, text.filled == index {
            text.filled = index + 1
        }
        state.objects[place.object]?.text = text
    }

    func copyRecord(from value: MemoryValue, to id: Int, at offset: Int, _ state: inout MemoryState) {
        guard let from = value.object.flatMap({ state.objects[$0] }), value.low == value.high,
            let start = Int(exactly: value.low)
        else {
            state.objects[id]?.forget()
            return
        }
        for (key, cell) in from.cells where key >= start { state.objects[id]?.cells[key - start + offset] = cell }
        if from.rest != .unset || state.objects[id]?.rest == .unset { state.objects[id]?.rest = from.rest }
        if from.kind == .unknown { state.objects[id]?.rest = .unknown }
    }

    /// Others can reach what the value points to from now on.
    func escape(_ value: MemoryValue, _ state: inout MemoryState) {
        guard let id = value.object, let object = state.objects[id], !object.hasEscaped else { return }
        state.objects[id]?.hasEscaped = true
        for key in object.cells.keys.sorted() { if let cell = object.cells[key] { escape(cell, &state) } }
    }
}
