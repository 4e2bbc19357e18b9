/// Allocation and release.
extension MemoryInterpreter {
    /// Memory from the heap.
    func allocate(
        _ size: MemoryValue?, _ type: CType, _ allocator: MemoryObject.Allocator, isZero: Bool = false,
        mayFail: Bool = true, _ state: inout MemoryState, _ at: Int
    ) -> MemoryValue {
        var object = MemoryObject(kind: .heap, type: type.element, place: at, allocator: allocator)
        object.size = size.flatMap { $0.isExact && $0.outside == nil && $0.low == $0.high ? $0 : nil }
        object.rest = isZero ? .zero : .unset
        var value = MemoryValue(0, type: type)
        value.object = state.add(object)
        value.mayFail = mayFail
        return value
    }

    func make(_ type: CType, _ count: CExpression?, _ isArray: Bool, _ at: Int, _ state: MemoryState) -> [Outcome] {
        let type = linker.resolved(type, file: file)
        let outcomes: [Outcome] = count.map { evaluate($0, state) } ?? [(state, MemoryValue(1))]
        return outcomes.map { outcome in
            var state = outcome.state
            checkAllocation(outcome.value, at)
            let bytes = size(of: type, state).map { compute("*", outcome.value, $0, at) }
            var value = allocate(bytes, type.pointed, isArray ? .newArray : .new, mayFail: false, &state, at)
            if isClass(type), let id = value.object { state.objects[id]?.rest = .unknown }
            value.type = type.pointed
            return (state, value)
        }
    }

    /// A size that outsiders choose without a limit.
    func checkAllocation(_ size: MemoryValue, _ at: Int) {
        guard size.outside != nil, size.isExact, size.object == nil else { return }
        if size.isComputed, size.high >= 1 << 30 { return report(.allocationOverflow, at: at, from: size.outside) }
        checkCount(size, at)
        if size.high >= 1 << 30 { report(.outsideAllocation, at: at, from: size.outside) }
    }

    func release(_ pointer: MemoryValue, by allocator: MemoryObject.Allocator, _ state: inout MemoryState, _ at: Int) {
        if pointer.isUnset { report(.uninitialised, at: at, "the pointer was never set") }
        guard let id = pointer.object, let object = state.objects[id] else { return }
        if let freed = object.freedAt { return report(.doubleFree, at: at, from: freed) }
        switch object.kind {
        case .local, .global, .literal:
            return report(.freeOfOther, at: at, from: object.place, object.name)
        case .heap where object.allocator != allocator:
            report(.mismatchedFree, at: at, from: object.place)
        case .heap where pointer.low > 0 || pointer.high > 0 || pointer.low < 0:
            report(.freeInside, at: at, from: object.place)
        default: break
        }
        state.objects[id]?.freedAt = at
    }

    // MARK: Leaks

    /// Reports memory that nobody can reach any more once a function has returned.
    func reportLeaks(_ state: inout MemoryState, _ value: MemoryValue, _ own: Set<Int>, _ function: CFunction) {
        guard function.name != "main" else { return }
        let heap = state.objects.filter { $0.value.kind == .heap && $0.value.freedAt == nil && !$0.value.hasEscaped }
        guard !heap.isEmpty else { return }
        var reached: Set<Int> = []
        var waiting = [value.object].compactMap { $0 }
        waiting += state.objects.filter { id, object in !own.contains(id) && object.kind != .heap }.map(\.key)
        while let next = waiting.popLast() {
            guard reached.insert(next).inserted, let object = state.objects[next] else { continue }
            for cell in object.cells.values { if let target = cell.object { waiting.append(target) } }
        }
        for (id, object) in heap.sorted(by: { $0.key < $1.key }) where !reached.contains(id) {
            report(.leak, at: object.place)
            state.objects[id] = nil
        }
    }
}
