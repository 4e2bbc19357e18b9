import SyntaxTree

/// Constants, variables and assignments of Go.
extension GoLowering {
    /// `const ( A = iota; B )`: a constant without a value repeats the one before.
    mutating func constants(_ node: Int) -> [Statement] {
        var result: [Statement] = []
        var values: [Int] = []
        for specification in reader.named(node) where reader.kind(specification) == .const_spec {
            if let list = reader.child(specification, .value) { values = reader.named(list) }
            for (position, name) in reader.children(specification, .name).enumerated() where position < values.count {
                result.append(store(expression(values[position]), as: reader.text(name), at: name))
            }
        }
        return result
    }

    /// - Parameter isGlobal: true where others may assign to them.
    mutating func variables(_ node: Int, isGlobal: Bool) -> [Statement] {
        var result: [Statement] = []
        for child in reader.named(node) {
            if reader.kind(child) == .var_spec_list {
                result += variables(child, isGlobal: isGlobal)
            } else if reader.kind(child) == .var_spec {
                result += variable(child, isGlobal: isGlobal)
            }
        }
        return result
    }

    private mutating func variable(_ node: Int, isGlobal: Bool) -> [Statement] {
        let names = reader.children(node, .name).filter { reader.kind($0) == .identifier }
        let type = reader.child(node, .type)
        guard let list = reader.child(node, .value) else {
            return names.map { name in
                let value = isGlobal ? loosened(zero(type, at: name), type) : zero(type, at: name)
                return store(value, as: reader.text(name), at: name)
            }
        }
        let declared = type.flatMap { typeName($0) }
        let values = reader.named(list)
        guard values.count == names.count else { return several(names, values, at: node) }
        return zip(names, values).map { name, value in
            var value = expression(value)
            if isGlobal { value = loosened(value, type) }
            return store(value, as: reader.text(name), at: name, type: declared)
        }
    }

    /// What a variable of the package may hold: a plain value may have been replaced by another.
    private mutating func loosened(_ value: Expression, _ type: Int?) -> Expression {
        guard case .literal = value.form else { return value }
        let unknown = Expression(node: value.node, form: .mixture([]))
        guard let name = type.flatMap({ typeName($0) }) else { return unknown }
        return Expression(node: value.node, form: .cast(name, unknown))
    }

    /// `a, b := x, y`, `a, err := f()`, `v, ok := m[k]`.
    mutating func assignments(_ node: Int) -> [Statement] {
        guard let left = reader.child(node, .left), let right = reader.child(node, .right) else { return [] }
        let targets = reader.kind(left) == .expression_list ? reader.named(left) : [left]
        let values = reader.kind(right) == .expression_list ? reader.named(right) : [right]
        let sign = reader.child(node, .operator).map(reader.text) ?? "="
        guard sign == "=" || sign == ":=" else { return combined(targets, values, sign, at: node) }
        guard targets.count == values.count else { return several(targets, values, at: node) }
        guard targets.count > 1 else { return [single(targets[0], values[0])].compactMap { $0 } }
        // All values are read before any is stored: `a, b = b, a`.
        let lowered = targets.map { target($0) }
        let all = Expression(
            node: right, form: .cast("tuple", Expression(node: right, form: .sequence(values.map { expression($0) }))))
        for name in targets { outcomes[reader.text(name)] = nil }
        return [assigned(Expression(node: left, form: .sequence(lowered)), all, at: node)]
    }

    private func assigned(_ target: Expression, _ value: Expression, at node: Int, type: String? = nil) -> Statement {
        Statement(node: node, form: .expression(Expression(node: node, form: .assign(target, value, type: type))))
    }

    private mutating func single(_ target: Int, _ value: Int) -> Statement? {
        let value = expression(value)
        guard reader.text(target) != "_" else { return Statement(node: target, form: .expression(value)) }
        let name = reader.text(target)
        outcomes[name] = nil
        let type = Self.outcomeType(name)
        if type != nil { outcomes[name] = outcome(of: value) }
        return assigned(expression(target), value, at: target, type: type)
    }

    /// The results of one call, or of a test: `v, ok := x.(T)`.
    private mutating func several(_ targets: [Int], _ values: [Int], at node: Int) -> [Statement] {
        guard values.count == 1, let source = values.first, targets.count > 1 else {
            return values.map { Statement(node: $0, form: .expression(expression($0))) }
        }
        let value = expression(source)
        for name in targets { outcomes[reader.text(name)] = nil }
        let last = reader.text(targets[targets.count - 1])
        if case .call = value.form {
            if Self.outcomeType(last) != nil { outcomes[last] = outcome(of: value) }
            return [assigned(Expression(node: node, form: .sequence(targets.map { target($0) })), value, at: node)]
        }
        if case .apply = value.form {
            return [assigned(Expression(node: node, form: .sequence(targets.map { target($0) })), value, at: node)]
        }
        if case .element = value.form, last != "_" { outcomes[last] = value }
        var result = [single(targets[0], value)]
        if last != "_" { result.append(store(nothing(targets[1]), as: last, at: targets[1])) }
        return result
    }

    private mutating func single(_ target: Int, _ value: Expression) -> Statement {
        guard reader.text(target) != "_" else { return Statement(node: target, form: .expression(value)) }
        return assigned(expression(target), value, at: target)
    }

    /// A place of several that are assigned to; errors and answers carry nothing of what they are about.
    private mutating func target(_ node: Int) -> Expression {
        let name = reader.text(node)
        guard name != "_" else { return nothing(node) }
        let place = expression(node)
        return Self.outcomeType(name).map { Expression(node: node, form: .cast($0, place)) } ?? place
    }

    private static func outcomeType(_ name: String) -> String? {
        switch name {
        case "err", "error": "error"
        case "ok", "found", "exists", "isOk", "valid": "bool"
        default:
            name.hasPrefix("err") && name.dropFirst(3).allSatisfy(\.isNumber) || name.hasSuffix("Err") ? "error" : nil
        }
    }

    /// Functions that fail where their argument is not a number, an address or the like.
    private static let parsers: Set<String> = [
        "Atoi", "ParseInt", "ParseUint", "ParseFloat", "ParseBool", "ParseAddr", "ParseDuration", "ObjectIDFromHex",
    ]

    /// What the success of a call says.
    private func outcome(of value: Expression) -> Expression? {
        guard case .call(let base, let name, let arguments) = value.form, !arguments.isEmpty else { return nil }
        var package = ""
        if case .name(let text) = base?.form { package = text }
        guard Self.parsers.contains(name) || (name == "Parse" && (package == "uuid" || package == "ulid")) else {
            return nil
        }
        return Expression(node: value.node, form: .call(nil, "parses", arguments))
    }

    private mutating func combined(_ targets: [Int], _ values: [Int], _ sign: String, at node: Int) -> [Statement] {
        guard let left = targets.first, let right = values.first else { return [] }
        let (place, value) = (expression(left), expression(right))
        let form: Expression.Form
        if sign == "+=" {
            form = .sum([place, value])
        } else if let operation = Self.operators[String(sign.dropLast())] {
            form = .binary(operation, place, value)
        } else {
            form = .cast("int", Expression(node: node, form: .mixture([place, value])))
        }
        return [assigned(place, Expression(node: node, form: form), at: node)]
    }

    /// `x++`, `x--`.
    mutating func step(_ node: Int) -> [Statement] {
        guard let operand = reader.named(node).first else { return [] }
        let place = expression(operand)
        let one = Expression(node: node, form: .literal(.integer(1)))
        let operation: Expression.Operator = reader.kind(node) == .inc_statement ? .add : .subtract
        return [assigned(place, Expression(node: node, form: .binary(operation, place, one)), at: node)]
    }
}
