extension FlowInterpreter {
    func evaluate(_ expression: Expression) -> Value {
        guard live != nil, work(), depth < Self.deepest else { return .open }
        depth += 1
        defer { depth -= 1 }
        let node = here(expression.node)
        switch expression.form {
        case .literal(let constant): return Value(constant)
        case .name(let name): return variable(name, at: node)
        case .receiver: return frames.last?.receiver ?? .open
        case .member(let base, let name):
            return known(at: expression) ?? member(evaluate(base), name, at: node)
        case .element(let base, let key): return element(of: evaluate(base), at: evaluate(key), node: node)
        case .slice(let base, let from, let to): return slice(evaluate(base), from.map(evaluate), to.map(evaluate))
        case .call(let base, let name, let arguments):
            called.insert(node)
            return call(base, name, arguments, at: node)
        case .apply(let callee, let arguments):
            called.insert(node)
            return apply(evaluate(callee), arguments, at: node)
        case .create(let type, let arguments): return create(type, self.arguments(arguments), at: node)
        case .binary(let operation, let left, let right): return binary(operation, left, right, at: node)
        case .sum(let operands): return built(operands.map(evaluate), at: node) { sum($0, at: node) }
        case .not(let operand): return negate(evaluate(operand))
        case .negative(let operand): return minus(evaluate(operand))
        case .conditional(let test, let yes, let no): return conditional(test, yes, no)
        case .assign(let target, let value, let type): return assignment(target, value, type)
        case .sequence(let elements):
            let values = elements.map(evaluate)
            return Value(objects: [allocate(node, values.count <= 64 ? HeapObject(items: values) : rest(values))])
        case .mapping(let pairs): return mapping(pairs, at: node)
        case .text(let parts): return built(parts.map(evaluate), at: node, text)
        case .cast(let type, let value): return cast(evaluate(value), type)
        case .function(let number):
            return closure(number + file.functionBase)
        case .mixture(let parts): return mixture(parts.map(evaluate))
        case .comprehension(let element, let target, let source, let tests):
            return comprehension(element, target, source, tests, at: node)
        }
    }

    /// What depends on several values and is nothing known.
    func mixture(_ values: [Value]) -> Value {
        var result = Value.harmless
        for value in values { result.joinFlows(deep(value).flows) }
        return result
    }

    private func rest(_ values: [Value]) -> HeapObject {
        var object = HeapObject()
        for value in values { object.addRest(value) }
        return object
    }

    /// A field of the receiver, else of the class.
    func field(_ name: String, of owner: Int) -> Value? {
        var result: Value?
        for id in frames.last?.receiver.objects ?? [] {
            guard let value = live?.objects[id]?.fields[name] else { continue }
            if result == nil { result = value } else { result?.join(value) }
        }
        if let result { return result }
        guard classes[owner].fields.contains(where: { $0.name == name }) else { return nil }
        let id = statics(of: owner)
        return live?.objects[id]?.fields[name]
    }

    func member(_ base: Value, _ name: String, at node: Int) -> Value {
        let base = resolved(base)
        if let source = inheritedSource(name, of: base) { return sourced(source, at: node, path: 0) }
        var found: Value?
        for id in base.objects {
            guard let value = live?.objects[id]?.value(at: name) else { continue }
            if found == nil { found = value } else { found?.join(value) }
        }
        if dialect.hasPackages, let value = typedField(found, of: base, name) { return value }
        if var found {
            if found.path == 0 {
                let type = book.parameters[name].map { paths.number($0) }
                found.path = type ?? (dialect.functionsAreValues ? paths.child(base.path, name) : 0)
            }
            return found
        }
        // A variable of an object that is set elsewhere, if at all.
        if dialect.sendsMessages, !base.objects.isEmpty { return .open }
        if base.path != 0, !dialect.hasPackages, let owner = classNumber(base.path) {
            if let value = bound(name, of: base, owner) { return value }
            if let value = field(name, of: owner) { return value }
        }
        let path = paths.child(base.path, name)
        if let route = fixedRoute(path) { return Value(.text(route)) }
        if path != 0, let source = book.members[paths.text(path)] { return sourced(source, at: node, path: path) }
        if path != 0, base.flows.isEmpty, let value = linkedMember(paths.text(base.path), name) { return value }
        if dialect.dropsPackages, name.first?.isUppercase ?? false { return Value(path: path) }
        if dialect.hasProperties, name == "Length" || name == "Count" { return .harmless }
        if name == "length", dialect.dropsPackages || dialect.functionsAreValues { return .harmless }
        return isWhollyKnown(base) ? Value(path: path) : Value(flows: deep(base).flows, path: path)
    }

    /// Whether the value is only objects made here, of which all members are known: one that is absent holds nothing.
    private func isWhollyKnown(_ value: Value) -> Bool {
        guard dialect.functionsAreValues, value.flows.isEmpty, !value.objects.isEmpty else { return false }
        return value.objects.allSatisfy { id in
            guard let object = live?.objects[id] else { return false }
            return object.items == nil && object.rest == nil && !object.fields.isEmpty
        }
    }

    /// A property of an object that was filled from outside, which holds what its type can.
    private func bound(_ name: String, of base: Value, _ owner: Int) -> Value? {
        guard dialect.hasProperties, base.objects.isEmpty, base.flows.contains(where: { $0.source >= 0 }),
            let field = classes[owner].fields.first(where: { $0.name == name })
        else { return nil }
        let value = Value(flows: base.flows)
        guard let type = field.type else { return value }
        return isEnumeration(type) ? .harmless : declared(value, type)
    }

    /// The path of the request, in a function that serves one fixed route.
    private func fixedRoute(_ path: Int) -> String? {
        guard path != 0, let function = frames.first?.function, let route = functions[function].route,
            !route.contains("<"), !route.contains("{")
        else { return nil }
        return book.fixedPaths.contains(paths.text(path)) ? route : nil
    }

    // MARK: Conditions and operators

    private func conditional(_ test: Expression, _ yes: Expression, _ no: Expression) -> Value {
        let truth = evaluate(test).truth
        if let truth { return evaluate(truth ? yes : no) }
        guard let before = live else { return .open }
        refine(test, to: true)
        var result = evaluate(yes)
        let after = live
        live = before
        refine(test, to: false)
        result.join(evaluate(no))
        merge(after)
        return result
    }

    private func negate(_ value: Value) -> Value {
        guard let truth = value.truth else { return .harmless }
        return Value(.truth(!truth))
    }

    private func minus(_ value: Value) -> Value {
        switch value.constant {
        case .integer(let number): Value(.integer(0 &- number))
        case .real(let number): Value(.real(-number))
        default: Value(flows: value.flows)
        }
    }

    private func binary(
        _ operation: Expression.Operator, _ left: Expression, _ right: Expression, at node: Int
    ) -> Value {
        let one = evaluate(left)
        if operation == .and || operation == .or { return logical(operation, one, left, right) }
        let two = evaluate(right)
        if let result = fold(operation, one, two) { return result }
        switch operation {
        case .contains, .lacks: return membership(one, of: two, isNegated: operation == .lacks)
        case .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual, .same, .other: return .harmless
        case .subtract, .power: return .harmless
        default:
            if dialect.functionsAreValues { return .harmless }
            if operation == .remainder, one.constant?.string != nil {
                let parts = [one, Value(flows: deep(two).flows)]
                return built(formatted(parts), of: parts, at: node)
            }
            return Value(flows: mixture([one, two]).flows, path: operation == .divide ? one.path : 0)
        }
    }

    private func logical(
        _ operation: Expression.Operator, _ one: Value, _ left: Expression, _ right: Expression
    ) -> Value {
        let decides = operation == .or
        if let truth = one.truth { return truth == decides ? one : evaluate(right) }
        guard let before = live else { return .open }
        refine(left, to: !decides)
        var result = evaluate(right)
        if let truth = result.truth, result.constants == [.truth(truth)] {
            result = truth == decides ? result : .harmless
        } else {
            result.join(one)
        }
        merge(before)
        return result
    }

    /// Computes on all the constants the operands can be.
    private func fold(_ operation: Expression.Operator, _ one: Value, _ two: Value) -> Value? {
        guard let first = one.constants, let second = two.constants else { return nil }
        let operation = operation == .divide && !dialect.divisionIsWhole ? nil : operation
        guard let operation else { return nil }
        var results: [Constant] = []
        for left in first {
            for right in second {
                guard let result = Constant.apply(operation, left, right) else { return nil }
                if !results.contains(result) { results.append(result) }
            }
        }
        guard results.count <= Value.mostConstants else { return nil }
        return Value(flows: mixture([one, two]).flows, constants: results)
    }

    private func membership(_ part: Value, of whole: Value, isNegated: Bool) -> Value {
        guard let constant = part.constant, whole.flows.isEmpty else { return .harmless }
        let items = whole.objects.compactMap { live?.objects[$0] }
        guard items.count == 1, whole.objects.count == 1, items[0].rest == nil else { return .harmless }
        if let list = items[0].items {
            let known = list.map(\.constant)
            if known.contains(constant) { return Value(.truth(!isNegated)) }
            return known.contains(nil) ? .harmless : Value(.truth(isNegated))
        }
        return Value(.truth((items[0].fields[constant.text] != nil) != isNegated))
    }

    /// A sum of numbers or texts, or one list after another.
    func sum(_ values: [Value], at node: Int) -> Value {
        var constants: Value? = values.first
        for value in values.dropFirst() { constants = constants.flatMap { fold(.add, $0, value) } }
        if let constants { return constants }
        if let lists = lists(values) {
            var whole = HeapObject.emptyList
            for list in lists {
                for item in list.items ?? [] { whole.append(item) }
                if list.items == nil { whole.collapse() }
                for value in [list.rest].compactMap({ $0 }) + list.orderedValues { whole.addRest(value) }
            }
            return Value(flows: mixture(values.map(\.content)).flows, objects: [allocate(node, whole)])
        }
        var result = mixture(values).cleaned(book.textKinds | anchored(values))
        result.start = beginning(values)
        return result
    }

    private func lists(_ values: [Value]) -> [HeapObject]? {
        var result: [HeapObject] = []
        for value in values {
            guard value.objects.count == 1, let object = live?.objects[value.objects[0]] else { return nil }
            result.append(object)
        }
        return result
    }

    private func cast(_ value: Value, _ type: String) -> Value {
        if dialect.isNumeric(type) {
            return Value(constants: value.constants?.contains { $0.string != nil } ?? true ? nil : value.constants)
        }
        var result = value
        if type != "Object", type != "String" || value.path != 0 { result.path = paths.number(type) }
        return result
    }
}
