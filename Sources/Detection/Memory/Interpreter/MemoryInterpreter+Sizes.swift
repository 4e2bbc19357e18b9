/// Types and sizes.
extension MemoryInterpreter {
    func isRecord(_ type: CType) -> Bool {
        type.pointers == 0 && type.dimensions.isEmpty && type.scalarSize == nil
            && !["", "function"].contains(type.name)
    }

    /// A type that may set its own fields.
    func isClass(_ type: CType) -> Bool {
        isRecord(type) && linker.record(type.name, file: file) == nil
    }

    /// Bytes, or a number of values of a type of unknown size; nil where the type is unknown.
    func size(of type: CType, _ state: MemoryState) -> MemoryValue? {
        let type = linker.resolved(type, file: file)
        if let dimension = type.dimensions.first {
            guard let dimension, let element = size(of: type.element, state) else { return nil }
            quiet += 1
            defer { quiet -= 1 }
            guard let count = evaluate(dimension, state).first?.value, let number = count.number, number >= 0 else {
                return nil
            }
            var result = element
            result.low *= number
            result.high *= number
            return result
        }
        let long = CType(name: "long", isUnsigned: true)
        if let size = type.scalarSize { return MemoryValue(Int128(size), type: long) }
        guard !type.name.isEmpty, type.name != "function" else { return nil }
        if let bytes = layout(of: type.name, state)?.size { return MemoryValue(Int128(bytes), type: long) }
        var value = MemoryValue(1, type: long)
        value.unit = type.name
        return value
    }

    func sizeValue(_ type: CType, _ state: MemoryState) -> MemoryValue {
        if case let name = type.name, type.pointers == 0, type.dimensions.isEmpty, let id = state.names[name],
            let object = state.objects[id]
        {
            return object.size ?? .unknown
        }
        return size(of: type, state) ?? state.names[type.name].flatMap { state.objects[$0]?.size } ?? .unknown
    }

    /// Where the fields of a record stand, and its size; computed once.
    struct Layout {
        var fields: [String: (offset: Int, type: CType)] = [:]
        var size = 0
    }

    private func layout(of name: String, _ state: MemoryState) -> Layout? {
        let key = "\(file) \(name)"
        if let known = layouts[key] { return known }
        layouts[key] = .some(nil)
        let layout = newLayout(of: name, state)
        layouts[key] = .some(layout)
        return layout
    }

    private func newLayout(of name: String, _ state: MemoryState) -> Layout? {
        guard let record = linker.record(name, file: file), !record.fields.isEmpty else { return nil }
        var layout = Layout()
        var widest = 1
        for field in record.fields {
            guard let (size, alignment) = extent(field.type, state) else { return nil }
            widest = max(widest, alignment)
            let start = record.isUnion ? 0 : (layout.size + alignment - 1) / alignment * alignment
            layout.fields[field.name] = (start, linker.resolved(field.type, file: file))
            layout.size = max(layout.size, start + size)
        }
        layout.size = (layout.size + widest - 1) / widest * widest
        return layout
    }

    private func extent(_ type: CType, _ state: MemoryState) -> (size: Int, alignment: Int)? {
        var base = linker.resolved(type, file: file)
        guard let whole = size(of: base, state), whole.unit == nil, let bytes = Int(exactly: whole.low) else {
            return nil
        }
        base.dimensions = []
        if let scalar = base.scalarSize { return (bytes, scalar) }
        return (bytes, 8)
    }

    /// Where a field stands in its record, and its type.
    func field(_ name: String, of type: CType, _ state: MemoryState) -> (offset: Int, type: CType)? {
        layout(of: type.name, state)?.fields[name]
    }

    /// The type of an expression, without evaluating it.
    func typeOf(_ expression: CExpression, _ state: MemoryState) -> CType {
        switch expression.form {
        case .name(let name):
            if let id = state.names[name] { return state.objects[id]?.type ?? .unknown }
            if let (global, _) = linker.global(name, file: file) {
                return linker.resolved(global.variable.type, file: file)
            }
            return CType(name: name)
        case .dereference(let inner): return linker.resolved(typeOf(inner, state), file: file).element
        case .element(let inner, _): return typeOf(inner, state).element
        case .member(let inner, let name, let isArrow):
            let type = typeOf(inner, state)
            return field(name, of: isArrow ? type.element : type, state)?.type ?? .unknown
        case .cast(let type, _): return linker.resolved(type, file: file)
        case .address(let inner): return typeOf(inner, state).pointed
        case .text(let count, let isWide, _):
            let length = CExpression(place: expression.place, form: .integer(Int128(count + 1), .int))
            return CType(name: isWide ? "wchar" : "char", dimensions: [length])
        case .integer(_, let type): return type
        default: return .unknown
        }
    }
}
