/// What a condition says of the values in it.
extension MemoryInterpreter {
    /// The states in which a condition holds, or does not.
    func assume(_ test: CExpression, _ state: MemoryState, _ wanted: Bool) -> [MemoryState] {
        guard spend() else { return [] }
        switch test.form {
        case .not(let inner): return assume(inner, state, !wanted)
        case .binary(let sign, let left, let right) where sign == "&&" || sign == "||":
            if (sign == "&&") == wanted {
                return thinned(assume(left, state, wanted).flatMap { assume(right, $0, wanted) })
            }
            return thinned(
                assume(left, state, wanted) + assume(left, state, !wanted).flatMap { assume(right, $0, wanted) })
        case .binary(let sign, let left, let right) where Self.comparisons.contains(sign):
            return compare(wanted ? sign : Self.opposite[sign] ?? sign, left, right, state)
        case .cast(_, let inner): return assume(inner, state, wanted)
        default:
            let zero = CExpression(place: test.place, form: .integer(0, .int))
            return compare(wanted ? "!=" : "==", test, zero, state)
        }
    }

    private static let opposite = ["==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"]
    private static let mirrored = ["==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="]

    private func compare(_ sign: String, _ left: CExpression, _ right: CExpression, _ state: MemoryState)
        -> [MemoryState]
    {
        evaluate(left, state).flatMap { one in
            evaluate(right, one.state).compactMap { two -> MemoryState? in
                var state = two.state
                if let holds = holds(sign, one.value, two.value) { return holds ? state : nil }
                state.doubts += 1
                guard narrow(left, one.value, sign, two.value, &state),
                    narrow(right, two.value, Self.mirrored[sign] ?? sign, one.value, &state)
                else { return nil }
                return state
            }
        }
    }

    /// Whether the comparison holds, where the values decide that.
    private func holds(_ sign: String, _ one: MemoryValue, _ two: MemoryValue) -> Bool? {
        if one.function != nil || two.function != nil { return two.isNull ? sign == "!=" : nil }
        if let first = one.object, let second = two.object { return samePlace(sign, one, first, two, second) }
        if one.object != nil || two.object != nil {
            let (pointer, other) = one.object != nil ? (one, two) : (two, one)
            guard other.isNull, pointer.unit == nil, !pointer.mayFail else { return nil }
            guard pointer.low == 0 || pointer.isExact else { return nil }
            return sign == "==" ? false : sign == "!=" ? true : nil
        }
        guard one.unit == two.unit else { return nil }
        switch sign {
        case "==":
            if one.low > two.high || one.high < two.low { return false }
            if one.isNonZero, two.number == 0 { return false }
            return one.number != nil && one.number == two.number ? true : nil
        case "!=": return holds("==", one, two).map { !$0 }
        case "<": return one.high < two.low ? true : one.low >= two.high ? false : nil
        case "<=": return one.high <= two.low ? true : one.low > two.high ? false : nil
        case ">": return holds("<=", one, two).map { !$0 }
        default: return holds("<", one, two).map { !$0 }
        }
    }

    /// Pointers into different objects differ; into one, where their offsets are known.
    private func samePlace(
        _ sign: String, _ one: MemoryValue, _ first: Int, _ two: MemoryValue, _ second: Int
    ) -> Bool? {
        guard sign == "==" || sign == "!=" else { return nil }
        if first != second { return sign == "!=" }
        guard one.isExact, two.isExact, one.low == one.high, two.low == two.high, one.unit == two.unit else {
            return nil
        }
        return (one.low == two.low) == (sign == "==")
    }

    /// Keeps of a variable's values those that fit.
    /// - Returns: false where none do.
    private func narrow(
        _ expression: CExpression, _ value: MemoryValue, _ sign: String, _ bound: MemoryValue,
        _ state: inout MemoryState
    ) -> Bool {
        guard let subject = subject(expression) else {
            for name in names(in: expression) { doubt(name, &state) }
            return true
        }
        quiet += 1
        let found = places(subject, state).first
        quiet -= 1
        guard let (after, place) = found, let place, let offset = place.offset else { return true }
        state = after
        guard !place.type.isArray, var new = state.objects[place.object]?.cells[offset] else { return true }
        if bound.isNull, sign == "==" || sign == "!=" {
            if new.object != nil || new.type.isPointer { return narrowPointer(&new, sign, place, offset, &state) }
        }
        guard new.object == nil, bound.object == nil, new.unit == nil, bound.unit == nil else { return true }
        switch sign {
        case "==": (new.low, new.high) = (max(new.low, bound.low), min(new.high, bound.high))
        case "!=":
            if bound.number == 0 { new.isNonZero = true }
            if let number = bound.number, new.low == number { new.low += 1 }
            if let number = bound.number, new.high == number { new.high -= 1 }
        case "<": new.high = min(new.high, bound.high - 1)
        case "<=": new.high = min(new.high, bound.high)
        case ">": new.low = max(new.low, bound.low + 1)
        default: new.low = max(new.low, bound.low)
        }
        if sign == "==" { new.isExact = new.isExact || new.low == new.high }
        if !bound.isExact, sign != "!=" { new.isExact = false }
        if new.low > new.high { return false }
        if new.low > 0 || new.high < 0 { new.isNonZero = true }
        state.objects[place.object]?.cells[offset] = new
        return true
    }

    private func narrowPointer(
        _ value: inout MemoryValue, _ sign: String, _ place: MemoryPlace, _ offset: Int, _ state: inout MemoryState
    ) -> Bool {
        if sign == "!=" {
            value.mayFail = false
            value.isNonZero = true
        } else {
            if value.isNonZero { return false }
            if let id = value.object, value.mayFail { state.objects[id] = nil }
            let type = value.type
            value = MemoryValue(0, type: type)
            value.nullSince = state.unknownCalls
        }
        state.objects[place.object]?.cells[offset] = value
        return true
    }

    /// The variable a comparison is about: itself, or what was assigned to it just now.
    private func subject(_ expression: CExpression) -> CExpression? {
        switch expression.form {
        case .name, .dereference, .element, .member: expression
        case .assign(let target, _, nil): target
        case .cast(_, let inner): subject(inner)
        case .change(let target, _, true): target
        default: nil
        }
    }

    private func names(in expression: CExpression) -> [String] {
        switch expression.form {
        case .name(let name): [name]
        case .negative(let inner), .complement(let inner), .cast(_, let inner), .change(let inner, _, _):
            names(in: inner)
        case .binary(_, let left, let right): names(in: left) + names(in: right)
        case .call(_, let arguments): arguments.flatMap(names)
        case .element(_, let index): names(in: index)
        case .dereference(let inner), .member(let inner, _, _): names(in: inner)
        default: []
        }
    }

    /// Somebody checked something of the variable: its bounds need not be reached any more.
    private func doubt(_ name: String, _ state: inout MemoryState) {
        guard let id = state.names[name], state.objects[id]?.cells[0]?.number == nil,
            state.objects[id]?.cells[0]?.outside != nil
        else { return }
        state.objects[id]?.cells[0]?.isExact = false
        state.objects[id]?.cells[0]?.isNonZero = true
    }
}
