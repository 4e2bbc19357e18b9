/// Whether accesses stay within what they access.
extension MemoryInterpreter {
    /// - Parameter count: bytes that are accessed from the pointer on; nil where unknown.
    func checkBounds(_ pointer: MemoryValue, _ object: MemoryObject, _ count: MemoryValue?, isWrite: Bool, _ at: Int) {
        guard quiet == 0, let size = object.size, size.isExact, size.object == nil, object.kind != .unknown,
            let count, pointer.unit != "field"
        else { return }
        if pointer.isExact, pointer.low < 0, pointer.unit == nil || pointer.unit == size.unit {
            return report(
                isWrite ? .underwrite : .underread, at: at, from: pointer.outside ?? object.place, object.name)
        }
        guard pointer.isExact, count.isExact, isComparable(pointer, count, size) else { return }
        guard pointer.high + count.high > size.high, count.high > 0 else { return }
        let check: MemoryCheck = !isWrite ? .overread : object.kind == .heap ? .heapOverflow : .stackOverflow
        report(check, at: at, from: pointer.outside ?? count.outside ?? object.place, object.name)
    }

    /// Offsets and sizes in bytes, or all in the same unknown type.
    private func isComparable(_ pointer: MemoryValue, _ count: MemoryValue, _ size: MemoryValue) -> Bool {
        let units = Set(
            [pointer.low == 0 && pointer.high == 0 ? nil : .some(pointer.unit), .some(count.unit), .some(size.unit)]
                .compactMap { $0 })
        return units.count == 1
    }

    /// Checks an access of a library function through a pointer.
    func access(_ pointer: MemoryValue, _ count: MemoryValue, isWrite: Bool, _ state: inout MemoryState, _ at: Int) {
        guard let place = target(of: pointer, &state, at), let object = state.objects[place.object] else { return }
        checkBounds(place.pointer, object, count, isWrite: isWrite, at)
    }

    /// A number of bytes that a function takes as unsigned: negative ones become huge.
    func checkCount(_ count: MemoryValue, _ at: Int) {
        guard count.outside != nil, count.isExact, count.low < 0, count.object == nil else { return }
        let isShort = count.type.name == "short" || count.type.name == "char"
        report(isShort ? .signExtension : .signConversion, at: at, from: count.outside)
    }

    // MARK: Arithmetic

    func negated(_ value: MemoryValue) -> MemoryValue {
        var result = value
        result.low = -value.high
        result.high = -value.low
        return result
    }

    func compute(_ sign: String, _ one: MemoryValue, _ two: MemoryValue, _ at: Int) -> MemoryValue {
        if one.isUnset || two.isUnset { return .unknown }
        if one.object != nil || two.object != nil || one.type.isPointer { return movePointer(sign, one, two) }
        guard one.function == nil, two.function == nil else { return .unknown }
        if one.unit != nil || two.unit != nil { return scaled(sign, one, two) }
        let type = common(one.type, two.type)
        guard var result = bounds(sign, one, two, type, at) else { return combined(one, two, type) }
        result.type = type
        result.outside = one.outside ?? two.outside
        result.isExact = one.isExact && two.isExact
        result.isComputed = sign != "*" || (one.number != 1 && two.number != 1)
        guard type.bounds != nil else { return result }
        return wrapped(result, sign, one, two, at)
    }

    /// The usual arithmetic conversions.
    private func common(_ one: CType, _ two: CType) -> CType {
        if one.name == "double" || two.name == "double" || one.name == "float" || two.name == "float" {
            return CType(name: "double")
        }
        let (first, second) = (one.scalarSize ?? 4, two.scalarSize ?? 4)
        if max(first, second) <= 4 {
            let isUnsigned = (first == 4 && one.isUnsigned) || (second == 4 && two.isUnsigned)
            return CType(name: "int", isUnsigned: isUnsigned)
        }
        return CType(name: "long", isUnsigned: (first == 8 && one.isUnsigned) || (second == 8 && two.isUnsigned))
    }

    /// Bits of values from outside can be anything.
    private func combined(_ one: MemoryValue, _ two: MemoryValue, _ type: CType) -> MemoryValue {
        var result = MemoryValue()
        result.type = type
        if let bounds = type.bounds { (result.low, result.high) = bounds }
        result.isComputed = true
        return result
    }

    private func bounds(_ sign: String, _ one: MemoryValue, _ two: MemoryValue, _ type: CType, _ at: Int)
        -> MemoryValue?
    {
        var result = MemoryValue()
        switch sign {
        case "+": (result.low, result.high) = (one.low + two.low, one.high + two.high)
        case "-": (result.low, result.high) = (one.low - two.high, one.high - two.low)
        case "*":
            let limit = Int128(1) << 62
            guard [one, two].allSatisfy({ abs($0.low) <= 2 * limit && abs($0.high) <= 2 * limit }),
                abs(one.low) < limit / 64 || abs(two.high) < 64 || one.low >= 0
            else { return nil }
            let parts = [one.low, one.high].flatMap { left in
                [two.low, two.high].map { MemoryInterpreter.product(left, $0) }
            }
            (result.low, result.high) = (parts.min() ?? 0, parts.max() ?? 0)
        case "/", "%":
            checkDivisor(two, at)
            guard let divisor = two.number, divisor > 0 else { return nil }
            if sign == "/" {
                (result.low, result.high) = (one.low / divisor, one.high / divisor)
            } else if let number = one.number {
                return MemoryValue(number % divisor)
            } else {
                (result.low, result.high) = (one.low < 0 ? 1 - divisor : 0, divisor - 1)
            }
        case "<<":
            guard let shift = two.number, shift >= 0, shift < 63 else { return nil }
            if one.number == nil {
                guard one.outside != nil, let full = type.bounds else { return nil }
                result = MemoryValue(low: full.0, high: full.1, isExact: true, type: type)
                return result
            }
            (result.low, result.high) = (one.low << shift, one.high << shift)
        case ">>":
            guard let shift = two.number, shift >= 0, shift < 63, one.low >= 0 else { return nil }
            (result.low, result.high) = (one.low >> shift, one.high >> shift)
        case "&":
            guard let mask = two.number ?? one.number, mask >= 0 else { return nil }
            if let left = one.number, let right = two.number { return MemoryValue(left & right) }
            (result.low, result.high) = (0, mask)
        case "|", "^":
            if let left = one.number, let right = two.number {
                return MemoryValue(sign == "|" ? left | right : left ^ right)
            }
            guard sign == "^", one.outside != nil, two.outside != nil, one.isExact || two.isExact,
                let full = type.bounds
            else { return nil }
            (result.low, result.high) = full
        default: return nil
        }
        result.low = MemoryValue.clamped(result.low)
        result.high = MemoryValue.clamped(result.high)
        return result
    }

    private static func product(_ one: Int128, _ two: Int128) -> Int128 {
        let (result, overflow) = one.multipliedReportingOverflow(by: two)
        return overflow ? ((one < 0) == (two < 0) ? MemoryValue.greatest : MemoryValue.least) : result
    }

    private func checkDivisor(_ divisor: MemoryValue, _ at: Int) {
        guard divisor.object == nil, !divisor.isNonZero, divisor.type.name != "pointer" else { return }
        if divisor.number == 0 { return report(.divisionByZero, at: at) }
        guard divisor.outside != nil, divisor.low <= 0, divisor.high >= 0,
            divisor.isExact || divisor.type.name == "double"
        else { return }
        report(.divisionByZero, at: at, from: divisor.outside)
    }

    /// Reports and applies what exceeds the type.
    private func wrapped(_ value: MemoryValue, _ sign: String, _ one: MemoryValue, _ two: MemoryValue, _ at: Int)
        -> MemoryValue
    {
        var result = value
        guard let bounds = value.type.bounds, value.low < bounds.0 || value.high > bounds.1 else { return result }
        if value.type.isUnsigned, value.type.scalarSize == 8, sign == "*", result.outside != nil { return result }
        let isReal = value.isExact && ["+", "-", "*"].contains(sign)
        let isConstant = one.number != nil && two.number != nil
        if isReal, value.outside != nil || (isConstant && !value.type.isUnsigned) {
            if value.high > bounds.1 { report(.overflow, at: at, from: value.outside) }
            if value.low < bounds.0, value.high <= bounds.1 || sign != "*" {
                report(.underflow, at: at, from: value.outside)
            }
        }
        if isConstant {
            let span = bounds.1 - bounds.0 + 1
            result.low = ((value.low - bounds.0) % span + span) % span + bounds.0
            result.high = result.low
            result.isExact = !value.type.isUnsigned
            return result
        }
        result.isExact = value.isExact && value.outside != nil && sign != "/"
        (result.low, result.high) = bounds
        return result
    }

    private func scaled(_ sign: String, _ one: MemoryValue, _ two: MemoryValue) -> MemoryValue {
        guard sign == "*", one.unit == nil || two.unit == nil else { return .unknown }
        var result = one
        result.unit = one.unit ?? two.unit
        result.low = MemoryInterpreter.product(one.low, two.low)
        result.high = MemoryInterpreter.product(one.high, two.high)
        if one.low < 0 || two.low < 0 { result.low = min(result.low, MemoryInterpreter.product(one.low, two.high)) }
        result.isExact = one.isExact && two.isExact
        result.outside = one.outside ?? two.outside
        return result
    }

    private func movePointer(_ sign: String, _ one: MemoryValue, _ two: MemoryValue) -> MemoryValue {
        guard sign == "+" || sign == "-" else { return .unknown }
        if two.object != nil, one.object == nil { return movePointer(sign, two, one) }
        guard two.object == nil else {
            guard sign == "-", one.object == two.object, let size = one.type.element.scalarSize else { return .unknown }
            var result = MemoryValue()
            result.low = (one.low - two.high) / Int128(size)
            result.high = (one.high - two.low) / Int128(size)
            result.isExact = one.isExact && two.isExact
            return result
        }
        var result = one
        guard one.object != nil else {
            // Moved from an unknown pointer: another unknown one.
            if two.number == 0 { return one }
            result = MemoryValue()
            result.type = one.type
            result.outside = one.outside
            return result
        }
        guard let size = self.size(of: one.type.element, MemoryState()) else { return .unknown }
        let (low, high) = (two.low * size.low, two.high * size.low)
        result.low = MemoryValue.clamped(one.low + (sign == "+" ? low : -high))
        result.high = MemoryValue.clamped(one.high + (sign == "+" ? high : -low))
        result.isExact = one.isExact && two.isExact
        result.outside = two.outside ?? one.outside
        result.isComputed = true
        if one.unit != size.unit, one.low != 0 || one.high != 0 { result.isExact = false }
        if size.unit != nil { result.unit = size.unit }
        if two.number != 0 { result.content = nil }
        return result
    }

    // MARK: Conversions

    func cast(_ value: MemoryValue, to type: CType, _ source: CExpression, _ at: Int) -> MemoryValue {
        check(value, fits: type, source, at)
        var result = value
        if type.pointers > 0 || type.isInteger || type.name == "double" || type.name == "float" { result.type = type }
        guard type.isInteger, value.object == nil, value.unit == nil, let bounds = type.bounds else { return result }
        if value.low < bounds.0 || value.high > bounds.1 {
            if let number = value.number {
                let span = bounds.1 - bounds.0 + 1
                return MemoryValue(((number - bounds.0) % span + span) % span + bounds.0, type: type)
            }
            (result.low, result.high) = bounds
            result.isExact = value.isExact && value.outside != nil
        }
        return result
    }

    /// Reports what is lost where a value is stored as a smaller type.
    func check(_ value: MemoryValue, fits type: CType, _ source: CExpression, _ at: Int) {
        guard type.isInteger, let bounds = type.bounds, value.isExact, value.object == nil, value.unit == nil,
            value.type.isInteger, let from = value.type.scalarSize, let to = type.scalarSize, from > to
        else { return }
        guard value.low < bounds.0 || value.high > bounds.1 else { return }
        if case .binary(let sign, let one, _) = source.form, ["+", "-", "*"].contains(sign),
            value.outside != nil || value.number != nil
        {
            guard typeName(one) else { return }
            if value.high > bounds.1 { report(.overflow, at: at, from: value.outside) }
            if value.low < bounds.0, value.high <= bounds.1 || sign != "*" {
                report(.underflow, at: at, from: value.outside)
            }
            return
        }
        guard value.outside != nil || (value.number != nil && isVariable(source)) else { return }
        report(.truncation, at: at, from: value.outside)
    }

    private func typeName(_ source: CExpression) -> Bool { true }

    private func isVariable(_ source: CExpression) -> Bool {
        if case .name = source.form { return true }
        if case .cast(_, let inner) = source.form { return isVariable(inner) }
        return false
    }
}
