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
        case .element(let base, let key) where truth && dialect.hasPackages: member(key, of: base)
        case .call(let base, let name, let arguments) where dialect.hasPackages:
            checkedCall(base, name, arguments, truth, at: here(condition.node))
        case .call(let base, let name, let arguments): checked(base, name, arguments, truth, at: here(condition.node))
        // What a call also gives back does not change what it says.
        case .assign(_, let value, _) where dialect.hasProperties: refine(value, to: truth)
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
        if comparedCall(operation, left, right, truth) || comparedCall(operation, right, left, truth) { return }
        switch (operation, truth) {
        case (.equal, true), (.unequal, false):
            equal(left, right)
            equal(right, left)
        case (.contains, true), (.lacks, false): member(left, of: right)
        case (.contains, false), (.lacks, true): lacks(right, left)
        default: break
        }
    }

    /// `check(x) === true`, `check(x) != 0`: says what the check's result is.
    private func comparedCall(
        _ operation: Expression.Operator, _ call: Expression, _ other: Expression, _ truth: Bool
    ) -> Bool {
        guard case .call(nil, let name, _) = call.form, book.checks[name] != nil,
            case .literal(let constant) = other.form, constant.string == nil
        else { return false }
        switch operation {
        case .equal: if truth || !constant.isTrue { refine(call, to: constant.isTrue == truth) }
        case .unequal: if !truth || !constant.isTrue { refine(call, to: constant.isTrue != truth) }
        case .greater: if constant == .integer(0) { refine(call, to: truth) }
        default: return false
        }
        return true
    }

    /// In a case of a switch the value is what its labels say.
    func refine(_ subject: Expression, oneOf labels: [Expression]) {
        if labels.count == 1 { return equal(subject, labels[0]) }
        let known = labels.compactMap { label -> Constant? in
            if case .literal(let one) = label.form { one } else { nil }
        }
        guard dialect.hasPackages || dialect.sendsMessages, !labels.isEmpty, known.count == labels.count else { return }
        host(subject)
        learn(subject) { value in
            value.flows = []
            value.constants = known.count <= Value.mostConstants ? known : nil
        }
    }

    /// The value read equals a known one.
    private func equal(_ place: Expression, _ other: Expression) {
        guard case .literal(let constant) = other.form, constant != .null else {
            // Whatever the host is compared with, an outsider does not choose it.
            if isComparable(other), !evaluate(other).flows.contains(where: { $0.source >= 0 }) { host(place) }
            return
        }
        host(place)
        learn(place) { value in
            value.flows = []
            value.constants = [constant]
        }
    }

    /// Whether a host may be compared with what an expression gives.
    private func isComparable(_ expression: Expression) -> Bool {
        switch expression.form {
        case .member: dialect.hasPackages || dialect.sendsMessages
        case .call, .name: dialect.sendsMessages
        default: false
        }
    }

    /// The value is one of a fixed list.
    private func member(_ place: Expression, of list: Expression) {
        guard isFixed(list) else { return }
        host(place)
        learn(place) { $0.flows = [] }
    }

    /// A list nobody outside had a hand in; who calls the program may choose what it allows.
    private func isFixed(_ list: Expression) -> Bool {
        switch list.form {
        case .sequence(let elements): return elements.allSatisfy { if case .literal = $0.form { true } else { false } }
        case .mapping, .name, .member:
            let value = evaluate(list)
            return value.constants == nil && deep(value).flows.allSatisfy { $0.source == Flow.elsewhere }
        case .call: return isFixedAnswer(list)
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

    /// What a variable, or an element at a known key, holds is harmless for some kinds of sink.
    private func clean(_ place: Expression, _ kinds: UInt64) {
        switch place.form {
        case .element(let base, let key) where !dialect.functionsAreValues:
            guard case .name(let name) = base.form, case .literal = key.form, let whole = live?.variables[name] else {
                return
            }
            for id in whole.objects where !whole.flows.isEmpty {
                live?.objects[id]?.addRest(whole.content)
                live?.variables[name]?.flows = []
            }
            if whole.objects.isEmpty {
                var object = HeapObject()
                object.rest = whole.content
                let kept = Value(objects: [allocate(here(place.node), object)], path: whole.path)
                live?.variables[name] = kept
            }
            assign(place, evaluate(place).cleaned(kinds), type: nil)
        default: learn(place) { $0 = $0.cleaned(kinds) }
        }
    }

    /// A check of a value of some type, or of the text made of it.
    private func typedCheck(_ subject: Expression, _ check: FlowBook.Check) {
        var inner = subject
        if case .call(nil, _, let arguments) = subject.form, arguments.count == 1 { inner = arguments[0].value }
        let value = evaluate(inner)
        if check.types.contains(dialect.typeName(paths.text(value.path))) { cleanSources(of: value, check.kinds) }
    }

    private static let memberships: Set<String> = [
        "contains", "containsKey", "includes", "has", "hasOwnProperty", "Contains", "ContainsKey",
    ]

    /// `strings.Contains(text, part)` is a question about its first argument.
    private func checkedCall(
        _ base: Expression?, _ name: String, _ arguments: [Argument], _ truth: Bool, at node: Int
    ) {
        guard case .name(let local) = base?.form, let package = file.imports[local], arguments.count == 2 else {
            return checked(base, name, arguments, truth, at: node)
        }
        let (first, second) = (arguments[0].value, arguments[1])
        switch (package, name) {
        case ("strings", "EqualFold"): checked(first, "equals", [second], truth, at: node)
        case ("strings", "Contains"), ("slices", "Contains"): checked(first, "contains", [second], truth, at: node)
        case ("strings", "ContainsAny"):
            if case .literal(.text(let set)) = second.value.form, !truth {
                for character in set {
                    lacks(first, Expression(node: second.value.node, form: .literal(.text(String(character)))))
                }
            }
        default: checked(base, name, arguments, truth, at: node)
        }
    }

    private func checked(_ base: Expression?, _ name: String, _ arguments: [Argument], _ truth: Bool, at node: Int) {
        if let base, arguments.count == 1, truth {
            if ["equals", "equalsIgnoreCase", "contentEquals", "Equals"].contains(name) {
                equal(base, arguments[0].value)
                equal(arguments[0].value, base)
            } else if Self.memberships.contains(name) {
                member(arguments[0].value, of: base)
            }
        }
        if let base, arguments.count == 1, !truth, ["contains", "includes", "Contains"].contains(name) {
            lacks(base, arguments[0].value)
        }
        guard truth, let check = book.checks[name] else { return }
        let subject = check.subject.map { $0 < arguments.count ? arguments[$0].value : nil } ?? base
        if let subject, !check.types.isEmpty { return typedCheck(subject, check) }
        if let subject { clean(subject, check.kinds) }
    }
}
