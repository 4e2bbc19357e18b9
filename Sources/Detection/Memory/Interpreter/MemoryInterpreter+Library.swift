/// What library functions do, as the rule data says.
extension MemoryInterpreter {
    func apply(
        _ effect: LibraryEffect, _ name: String, _ arguments: [CExpression], _ at: Int, _ state: MemoryState
    ) -> [Outcome] {
        if effect.action == .assume, let test = arguments.first {
            return assume(test, state, true).map { ($0, .unknown) }
        }
        if effect.action == .end { return [] }
        return values(arguments, state).flatMap { state, values -> [Outcome] in
            let given = effect.arguments.map { $0 < values.count ? values[$0] : MemoryValue.unknown }
            let call = LibraryCall(
                effect: effect, given: given, values: values, rest: (effect.arguments.max() ?? -1) + 1, place: at)
            return perform(call, state).map { (settled(values, $0.state), $0.value) }
        }
    }

    struct LibraryCall {
        let effect: LibraryEffect
        /// The arguments the effect names.
        let given: [MemoryValue]
        let values: [MemoryValue]
        /// The first argument after those.
        let rest: Int
        let place: Int

        func argument(_ index: Int) -> MemoryValue { index < given.count ? given[index] : .unknown }
    }

    private func perform(_ call: LibraryCall, _ state: MemoryState) -> [Outcome] {
        var state = state
        let at = call.place
        switch call.effect.action {
        case .allocate, .allocateElements, .duplicate, .reallocate, .stackAllocate, .release:
            let value = allocation(call, &state)
            return [(state, value)]
        case .fill, .copy, .copyText, .appendText, .copyTextLimited, .appendTextLimited, .format, .formatLimited:
            write(call, &state)
            return [(state, call.argument(0))]
        case .print, .printFile:
            let format = call.argument(0)
            checkFormat(format, state, at)
            for value in call.values where value.object != nil || value.isNull { look(at: value, &state, at) }
            return [(state, .unknown)]
        case .readLine, .read, .scan, .scanText: return input(call, state)
        case .number:
            var value = number(call, &state)
            value.type = CType(name: call.effect.width == 8 ? "long" : "int")
            return [(state, value)]
        default: return answer(call, state)
        }
    }

    private func answer(_ call: LibraryCall, _ state: MemoryState) -> [Outcome] {
        var state = state
        switch call.effect.action {
        case .environment:
            var object = MemoryObject(kind: .unknown, type: CType(name: "char"))
            object.outside = call.place
            object.hasEscaped = true
            var value = MemoryValue(0, type: CType(name: "char").pointed)
            value.object = state.add(object)
            value.outside = call.place
            return [(state, value)]
        case .random:
            var value = MemoryValue(low: 0, high: 2_147_483_647, isExact: false, type: .int)
            value.outside = call.place
            return [(state, value)]
        case .length:
            look(at: call.argument(0), &state, call.place)
            return [(state, length(call.argument(0), call.effect.width, state, call.place))]
        case .command, .path, .open: return opened(call, &state)
        case .observe:
            for value in call.values where value.object != nil { look(at: value, &state, call.place) }
            let value = state.fresh(.unknown)
            return [(state, value)]
        case .absolute:
            var value = call.argument(0)
            value.isExact = false
            return [(state, value)]
        case .first:
            var value = call.argument(0)
            look(at: value, &state, call.place)
            value.isExact = false
            value.high = MemoryValue.greatest
            value.mayFail = false
            if value.object == nil { value = state.fresh(CType(name: "char").pointed) }
            return [(state, value)]
        default:
            let value = state.fresh(.unknown)
            return [(state, value)]
        }
    }

    /// A pointer that a library function follows.
    func look(at pointer: MemoryValue, _ state: inout MemoryState, _ at: Int) {
        guard pointer.object != nil || pointer.isUnset, !pointer.type.isInteger else { return }
        guard let place = target(of: pointer, &state, at), let object = state.objects[place.object] else { return }
        if object.rest == .unset, object.cells.isEmpty, object.text == nil, !object.hasEscaped, object.kind != .literal
        {
            report(.uninitialised, at: at, from: object.place, object.name)
        }
    }

    private func allocation(_ call: LibraryCall, _ state: inout MemoryState) -> MemoryValue {
        let at = call.place
        let void = CType(name: "void", pointers: 1)
        switch call.effect.action {
        case .allocate:
            checkAllocation(call.argument(0), at)
            return allocate(call.argument(0), void, .malloc, &state, at)
        case .allocateElements:
            let size = compute("*", call.argument(0), call.argument(1), at)
            checkAllocation(size, at)
            return allocate(size, void, .malloc, isZero: true, &state, at)
        case .duplicate: return duplicate(call, &state)
        case .reallocate:
            checkAllocation(call.argument(1), at)
            let old = call.argument(0).object.flatMap { state.objects[$0] }
            if old?.freedAt != nil { report(.useAfterFree, at: at, from: old?.freedAt) }
            if let id = call.argument(0).object { state.objects[id] = nil }
            let value = allocate(call.argument(1), void, .malloc, &state, at)
            if let id = value.object, !call.argument(0).isNull { state.objects[id]?.rest = .unknown }
            return value
        case .stackAllocate:
            checkAllocation(call.argument(0), at)
            var value = allocate(call.argument(0), void, .malloc, mayFail: false, &state, at)
            guard let id = value.object, let heap = state.objects[id] else { return value }
            var object = MemoryObject(kind: .local, place: at)
            object.size = heap.size
            object.rest = .unset
            state.objects[id] = object
            value.type = void
            return value
        default:
            release(call.argument(0), by: .malloc, &state, at)
            return .unknown
        }
    }

    private func duplicate(_ call: LibraryCall, _ state: inout MemoryState) -> MemoryValue {
        let at = call.place
        let source = call.argument(0)
        look(at: source, &state, at)
        let length = length(source, call.effect.width, state, at)
        let bytes = length.number.map { MemoryValue(($0 + 1) * Int128(call.effect.width)) }
        let value = allocate(bytes, source.type, .malloc, &state, at)
        if let id = value.object {
            state.objects[id]?.rest = .unknown
            let original = source.object.flatMap { state.objects[$0] }
            state.objects[id]?.text = source.low == 0 ? original?.text : nil
            state.objects[id]?.outside = original?.outside
        }
        return value
    }

    // MARK: Outside data

    func checkFormat(_ format: MemoryValue, _ state: MemoryState, _ at: Int) {
        if let source = source(of: format, state) { report(.format, at: at, from: source) }
    }

    /// Where the text a pointer points to came in from outside; nil where it did not.
    func source(of pointer: MemoryValue, _ state: MemoryState) -> Int? {
        if let id = pointer.object ?? state.pointees[pointer.symbol] { return state.objects[id]?.outside }
        return pointer.outside
    }

    private func opened(_ call: LibraryCall, _ state: inout MemoryState) -> [Outcome] {
        let at = call.place
        for value in call.given {
            guard let source = source(of: value, state) else { continue }
            report(call.effect.action == .command ? .command : .path, at: at, from: source)
        }
        for value in call.given where value.object != nil { look(at: value, &state, at) }
        guard call.effect.action == .open else {
            let value = state.fresh(.int)
            return [(state, value)]
        }
        var object = MemoryObject(kind: .unknown, place: at)
        object.hasEscaped = true
        var value = MemoryValue(0, type: CType(name: "FILE", pointers: 1))
        value.object = state.add(object)
        value.mayFail = true
        return [(state, value)]
    }

    private func number(_ call: LibraryCall, _ state: inout MemoryState) -> MemoryValue {
        look(at: call.argument(0), &state, call.place)
        let type = CType(name: call.effect.width == 8 ? "long" : "int")
        guard let source = source(of: call.argument(0), state) else { return state.fresh(type) }
        return outside(type, source, &state)
    }

    private func input(_ call: LibraryCall, _ state: MemoryState) -> [Outcome] {
        var state = state
        let at = call.place
        switch call.effect.action {
        case .readLine, .read:
            let buffer = call.argument(0)
            var count = call.argument(1)
            checkCount(count, at)
            let width = Int128(call.effect.width)
            (count.low, count.high) = (count.low * width, count.high * width)
            access(buffer, count, isWrite: true, &state, at)
            let failed = state
            fill(buffer, outside: at, &state)
            if call.effect.action == .readLine {
                let null = MemoryValue(0, type: buffer.type)
                return [(state, buffer), (failed, null)]
            }
            var value = state.fresh(CType(name: "long"))
            value.low = -1
            value.high = count.high / width
            value.isExact = false
            return [(state, value)]
        default:
            let source = call.effect.action == .scan ? at : source(of: call.argument(1), state)
            for value in call.values.dropFirst(call.rest) { set(value, outside: source, &state, at) }
            let value = state.fresh(.int)
            return [(state, value)]
        }
    }

    private func set(_ pointer: MemoryValue, outside source: Int?, _ state: inout MemoryState, _ at: Int) {
        guard let id = pointer.object, let object = state.objects[id], pointer.low == pointer.high,
            let offset = Int(exactly: pointer.low)
        else { return }
        let type = pointer.type.element
        if object.type.isArray || type.name == "char" && object.size?.low != 1 || type.name == "wchar" {
            return fill(pointer, outside: source, &state)
        }
        var value = state.fresh(type)
        if let source { value = outside(type, source, &state) }
        state.objects[id]?.cells[offset] = value
    }

    /// Fills a buffer with text or data from outside.
    private func fill(_ pointer: MemoryValue, outside source: Int?, _ state: inout MemoryState) {
        guard let id = pointer.object ?? state.pointees[pointer.symbol] else { return }
        state.objects[id]?.forget()
        if let source { state.objects[id]?.outside = source }
    }
}
