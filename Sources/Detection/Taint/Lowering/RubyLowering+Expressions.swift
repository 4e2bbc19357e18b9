import SyntaxTree

extension RubyLowering {
    mutating func expression(_ node: Int) -> Expression {
        // What is found is the expression itself, not the parentheses around it.
        var node = node
        while reader.kind(node) == .parenthesized_statements {
            let inner = reader.named(node)
            guard inner.count == 1 else { break }
            node = inner[0]
        }
        guard reader.kind(node) == .call else { return nestedExpression(node) { $0.form(node) } }
        let place = place(ofCall: node)
        let form = nestedExpression(node) { $0.called(node, at: place) }.form
        return Expression(node: place, form: form)
    }

    private mutating func form(_ node: Int) -> Expression.Form {
        switch reader.kind(node) {
        case .identifier: return name(node)
        case .constant: return .name(reader.text(node))
        case .scope_resolution: return constant(node)
        case .self_: return .receiver
        case .instance_variable: return .member(receiver(node), String(reader.text(node).dropFirst()))
        case .class_variable: return .member(receiver(node), reader.text(node))
        case .global_variable: return .name(reader.text(node))
        case .assignment: return assignment(node)
        case .operator_assignment: return operatorAssignment(node)
        case .element_reference: return element(node)
        case .binary, .unary, .range: return operation(node)
        case .conditional:
            guard let test = reader.child(node, .condition), let yes = reader.child(node, .consequence),
                let no = reader.child(node, .alternative)
            else { return mix(node) }
            return .conditional(expression(test), expression(yes), expression(no))
        case .rescue_modifier:
            guard let body = reader.child(node, .body), let handler = reader.child(node, .handler) else {
                return mix(node)
            }
            return .conditional(nothing(node), expression(body), expression(handler))
        case .array, .right_assignment_list: return .sequence(reader.named(node).map { expression($0) })
        case .hash: return hash(node)
        case .lambda: return .function(function(block: node, name: "", isStatic: false))
        case .super_:
            return superCall(node, scope.parameters.map { Argument(name: nil, value: variable($0, at: node)) })
        case .match_pattern, .test_pattern: return matched(node)
        case .if_, .unless, .case_, .case_match, .begin, .parenthesized_statements, .if_modifier, .unless_modifier,
            .while_, .until, .while_modifier, .until_modifier, .for_:
            return value(node)
        default: return literal(node) ?? mix(node)
        }
    }

    mutating func mix(_ node: Int) -> Expression.Form { .mixture(reader.named(node).map { expression($0) }) }

    func receiver(_ node: Int) -> Expression { Expression(node: node, form: .receiver) }

    /// The value of a statement: it runs before, and leaves its value in a variable.
    private mutating func value(_ node: Int) -> Expression.Form {
        let name = "$value \(node)"
        let before = [kept(variable(name, at: node), Expression(node: node, form: .literal(.null)), at: node)]
        pending += before + block(node, .kept(name))
        return .name(name)
    }

    // MARK: Names

    /// What a request holds goes by name; other names that are no variables are calls.
    private static let requestNames: Set<String> = ["params", "cookies"]

    private mutating func name(_ node: Int) -> Expression.Form {
        let text = reader.text(node)
        if scope.locals.contains(text) { return .name(text) }
        if text == "__dir__" || text == "__method__" || text.hasPrefix("__") { return .mixture([]) }
        program.calls[node] = text
        return Self.requestNames.contains(text) ? .name(text) : .call(nil, text, [])
    }

    private mutating func constant(_ node: Int) -> Expression.Form {
        let text = constantName(node)
        // `Sort::COLUMNS` is a constant of a class, `Net::HTTP` a class.
        let simple = Dialect.simpleName(text)
        guard simple.count > 1, simple.allSatisfy({ $0.isUppercase || $0 == "_" || $0.isNumber }), simple.contains("_"),
            let scope = reader.child(node, .scope)
        else { return .name(text) }
        return .member(expression(scope), simple)
    }

    private mutating func element(_ node: Int) -> Expression.Form {
        let parts = reader.named(node)
        guard let object = reader.child(node, .object), parts.count > 1 else { return mix(node) }
        let keys = parts.dropFirst().filter { reader.kind($0) != .block_argument }
        guard keys.count == 1 else { return .mixture([expression(object)]) }
        if reader.kind(object) == .identifier, let key = symbol(keys[0]), !scope.locals.contains(reader.text(object)),
            Self.requestNames.contains(reader.text(object))
        {
            program.calls[node] = reader.text(object)
            return .name("\(reader.text(object))[\(key)]")
        }
        let base = expression(object)
        if let pattern = pattern(keys[0]) {
            return pattern.isNarrow ? .call(nil, "narrow part", [Argument(name: nil, value: base)]) : .mixture([base])
        }
        if reader.kind(keys[0]) == .range { return .mixture([base]) }
        if case .name(let name) = base.form, name == "Dir" || name.hasSuffix("DB") {
            program.calls[node] = "[]"
            return .call(base, "[]", [Argument(name: nil, value: expression(keys[0]))])
        }
        return .element(base, expression(keys[0]))
    }

    // MARK: Assignments

    /// A place that is assigned to; a name becomes a local variable.
    mutating func target(_ node: Int) -> Expression {
        switch reader.kind(node) {
        case .identifier:
            scope.locals.insert(reader.text(node))
            return variable(reader.text(node), at: node)
        case .call:
            guard let object = reader.child(node, .receiver), let name = reader.child(node, .method) else {
                return nothing(node)
            }
            return Expression(node: node, form: .member(expression(object), reader.text(name)))
        case .left_assignment_list, .destructured_left_assignment, .destructured_parameter:
            return Expression(node: node, form: .sequence(reader.named(node).map { target($0) }))
        case .rest_assignment, .splat_parameter:
            guard let inner = reader.named(node).first else { return nothing(node) }
            return Expression(node: node, form: .mixture([target(inner)]))
        case .optional_parameter, .keyword_parameter:
            return reader.child(node, .name).map { target($0) } ?? nothing(node)
        case .element_reference: return Expression(node: node, form: element(node))
        default: return expression(node)
        }
    }

    private mutating func assignment(_ node: Int) -> Expression.Form {
        guard let left = reader.child(node, .left), let right = reader.child(node, .right) else { return mix(node) }
        if reader.kind(left) == .constant { note(reader.text(left), pattern: right) }
        let value = expression(right)
        return .assign(target(left), value, type: nil)
    }

    private mutating func operatorAssignment(_ node: Int) -> Expression.Form {
        guard let left = reader.child(node, .left), let right = reader.child(node, .right),
            let sign = reader.child(node, .operator).map(reader.text)
        else { return mix(node) }
        let value = expression(right)
        let place = target(left)
        let combined: Expression.Form
        switch sign {
        case "||=": combined = .binary(.or, place, value)
        case "&&=": combined = .binary(.and, place, value)
        case "+=": combined = .sum([place, value])
        case "<<=": combined = .call(place, "<<", [Argument(name: nil, value: value)])
        default: combined = .mixture([place, value])
        }
        return .assign(place, Expression(node: node, form: combined), type: nil)
    }

    /// `value => { name: }` binds names.
    private mutating func matched(_ node: Int) -> Expression.Form {
        guard let value = reader.child(node, .value), let pattern = reader.child(node, .pattern) else {
            return mix(node)
        }
        let subject = expression(value)
        pending += captures(pattern, of: subject)
        return .mixture([])
    }

    private mutating func hash(_ node: Int) -> Expression.Form {
        var pairs: [(Expression, Expression)] = []
        for child in reader.named(node) {
            if reader.kind(child) == .pair, let key = reader.child(child, .key) {
                let name = symbol(key).map { Expression(node: key, form: .literal(.text($0))) } ?? expression(key)
                pairs.append((name, pairValue(child, key)))
            } else if let inner = reader.named(child).first {
                pairs.append((nothing(child), expression(inner)))
            }
        }
        return .mapping(pairs)
    }

    /// `{ name: }` takes the value of the variable or method of that name.
    mutating func pairValue(_ pair: Int, _ key: Int) -> Expression {
        if let value = reader.child(pair, .value) { return expression(value) }
        let name = reader.text(key)
        if scope.locals.contains(name) { return variable(name, at: key) }
        return Expression(node: key, form: .call(nil, name, []))
    }
}
