/// What a condition says of the values it looks at, once it is known to hold or not.
extension FlowInterpreter {
    func refine(_ condition: Expression, to truth: Bool) {
        guard live != nil else { return }
        quotedLiteral(condition, truth)
        switch condition.form {
        case .not(let operand): refine(operand, to: !truth)
        case .binary(.and, let left, let right) where truth:
            refine(left, to: true)
            refine(right, to: true)
        case .binary(.or, let left, let right) where !truth:
            refine(left, to: false)
            refine(right, to: false)
        case .binary(.and, let left, let right), .binary(.or, let left, let right):
            let before = live
            refine(left, to: truth)
            let one = live
            live = before
            refine(right, to: truth)
            merge(one)
        case .binary(let operation, let left, let right): compare(operation, left, right, truth)
        case .call(let base, let name, let arguments): checked(base, name, arguments, truth, at: here(condition.node))
        default: break
        }
    }

    /// The value starts with a quote, ends with one, and holds none between: it is one literal.
    private func quotedLiteral(_ condition: Expression, _ truth: Bool) {
        guard book.quotedKinds != 0 else { return }
        var parts: [(Expression, Bool)] = [(condition, truth)]
        var seen: [String: Set<String>] = [:]
        while let (part, holds) = parts.popLast() {
            switch part.form {
            case .not(let inner): parts.append((inner, !holds))
            case .binary(.and, let left, let right) where holds: parts += [(left, true), (right, true)]
            case .binary(.or, let left, let right) where !holds: parts += [(left, false), (right, false)]
            case .binary(let sign, let mark, let whole) where sign == .contains && !holds || sign == .lacks && holds:
                guard case .slice(let base, _, _) = whole.form, case .name(let name) = base.form, isQuote(mark) else {
                    break
                }
                seen[name, default: []].insert("inside")
            case .call(.some(let base), let test, let arguments) where holds && arguments.count == 1:
                guard case .name(let name) = base.form, isQuote(arguments[0].value) else { break }
                seen[name, default: []].insert(test)
            default: break
            }
        }
        for (name, tests) in seen where tests.isSuperset(of: ["startswith", "endswith", "inside"]) {
            if let value = live?.variables[name] { live?.variables[name] = value.cleaned(book.quotedKinds) }
        }
    }

    private func isQuote(_ expression: Expression) -> Bool {
        if case .literal(.text(let text)) = expression.form { text == "'" || text == "\"" } else { false }
    }

    private func compare(_ operation: Expression.Operator, _ left: Expression, _ right: Expression, _ truth: Bool) {
        switch (operation, truth) {
        case (.equal, true), (.unequal, false):
            equal(left, right)
            equal(right, left)
        case (.contains, true), (.lacks, false): member(left, of: right)
        case (.contains, false), (.lacks, true): lacks(right, left)
        default: break
        }
    }

    /// The value read equals a known one.
    private func equal(_ place: Expression, _ other: Expression) {
        guard case .literal(let constant) = other.form, constant != .null else { return }
        if case .name = place.form {} else { host(place) }
        learn(place) { value in
            value.flows = []
            value.constants = [constant]
        }
    }

    /// The value is one of a fixed list.
    private func member(_ place: Expression, of list: Expression) {
        guard isFixed(list) else { return }
        if case .name = place.form {} else { host(place) }
        learn(place) { $0.flows = [] }
    }

    private func isFixed(_ list: Expression) -> Bool {
        switch list.form {
        case .sequence(let elements): return elements.allSatisfy { if case .literal = $0.form { true } else { false } }
        case .mapping, .name, .member:
            let value = evaluate(list)
            return deep(value).flows.isEmpty && value.constants == nil
        default: return false
        }
    }

    /// The text does not hold a character that the attack needs.
    private func lacks(_ place: Expression, _ part: Expression) {
        guard case .literal(.text(let text)) = part.form else { return }
        let kinds = book.guards(text)
        if kinds != 0 { learn(place) { $0 = $0.cleaned(kinds) } }
    }

    /// The host of an address was compared: the address itself is then safe to go to.
    private func host(_ place: Expression) {
        let value = evaluate(place)
        let (_, name) = Self.split(paths.text(value.path))
        cleanSources(of: value, book.hostChecks[name.hasSuffix("()") ? String(name.dropLast(2)) : name] ?? 0)
    }

    /// Whatever came from the same places as a value is harmless for some kinds of sink.
    private func cleanSources(of value: Value, _ kinds: UInt64) {
        guard kinds != 0, var state = live else { return }
        for source in value.flows.map(\.source) {
            for (name, other) in state.variables {
                guard let index = other.flows.firstIndex(where: { $0.source == source }) else { continue }
                state.variables[name]?.flows[index].clean |= kinds
            }
        }
        live = state
    }

    /// A check of a value of some type, or of the text made of it.
    private func typedCheck(_ subject: Expression, _ check: FlowBook.Check) {
        var inner = subject
        if case .call(nil, _, let arguments) = subject.form, arguments.count == 1 { inner = arguments[0].value }
        let value = evaluate(inner)
        if check.types.contains(dialect.typeName(paths.text(value.path))) { cleanSources(of: value, check.kinds) }
    }

    private func checked(_ base: Expression?, _ name: String, _ arguments: [Argument], _ truth: Bool, at node: Int) {
        if let base, arguments.count == 1, truth {
            if ["equals", "equalsIgnoreCase", "contentEquals"].contains(name) {
                equal(base, arguments[0].value)
                equal(arguments[0].value, base)
            } else if ["contains", "containsKey", "includes", "has", "hasOwnProperty"].contains(name) {
                member(arguments[0].value, of: base)
            }
        }
        if let base, arguments.count == 1, !truth, ["contains", "includes"].contains(name) {
            lacks(base, arguments[0].value)
        }
        guard truth, let check = book.checks[name] else { return }
        let subject = check.subject.map { $0 < arguments.count ? arguments[$0].value : nil } ?? base
        if let subject, !check.types.isEmpty { return typedCheck(subject, check) }
        if let subject { learn(subject) { $0 = $0.cleaned(check.kinds) } }
    }
}
