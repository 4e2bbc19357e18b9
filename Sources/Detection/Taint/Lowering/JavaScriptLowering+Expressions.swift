import SyntaxTree

extension JavaScriptLowering {
    /// - Parameter name: what the value is assigned to: functions without a name go by it.
    mutating func expression(_ node: Int, name: String = "") -> Expression {
        let isAwaited = reader.kind(node) == .await_expression
        let node = unwrapped(node)
        if isAwaited { program.awaited.insert(node) }
        return nestedExpression(node) { $0.form(node, name) }
    }

    /// The expression inside parentheses, assertions of types and `await`.
    private mutating func unwrapped(_ node: Int) -> Int {
        var node = node
        while true {
            switch reader.kind(node) {
            case .parenthesized_expression, .as_expression, .satisfies_expression, .non_null_expression,
                .await_expression:
                guard let inner = reader.named(node).first else { return node }
                node = inner
            case .type_assertion:
                guard let inner = reader.named(node).last else { return node }
                node = inner
            default: return node
            }
        }
    }

    private mutating func form(_ node: Int, _ name: String) -> Expression.Form {
        switch reader.kind(node) {
        case .identifier, .shorthand_property_identifier: return .name(reader.text(node))
        case .this: return .receiver
        case .undefined, .null: return .literal(.null)
        case .true_: return .literal(.truth(true))
        case .false_: return .literal(.truth(false))
        case .member_expression, .subscript_expression: return member(node)
        case .call_expression: return call(node)
        case .new_expression: return creation(node)
        case .function, .function_expression, .generator_function, .arrow_function:
            return .function(function(node, name: name))
        case .class_, .class_declaration: return .name(type(node))
        case .assignment_expression, .augmented_assignment_expression: return assignment(node)
        case .object: return mapping(node)
        case .array: return .sequence(reader.named(node).map { expression($0) })
        case .ternary_expression:
            guard let test = reader.child(node, .condition), let yes = reader.child(node, .consequence),
                let no = reader.child(node, .alternative)
            else { return mix(node) }
            return .conditional(expression(test), expression(yes, name: name), expression(no, name: name))
        case .spread_element, .yield_expression, .jsx_expression:
            return reader.named(node).first.map { expression($0).form } ?? .mixture([])
        case .jsx_element, .jsx_self_closing_element, .jsx_fragment: return markup(node)
        default: return operation(node) ?? literal(node) ?? mix(node)
        }
    }

    private mutating func mix(_ node: Int) -> Expression.Form { .mixture(reader.named(node).map { expression($0) }) }

    // MARK: Places

    /// What is assigned to: patterns take values apart.
    mutating func target(_ node: Int, declares: Bool) -> Expression {
        Expression(node: node, form: targetForm(node, declares))
    }

    private mutating func targetForm(_ node: Int, _ declares: Bool) -> Expression.Form {
        switch reader.kind(node) {
        case .identifier, .shorthand_property_identifier_pattern:
            if !scopes.isEmpty {
                let name = reader.text(node)
                if declares {
                    scopes[scopes.count - 1].declared.insert(name)
                } else {
                    scopes[scopes.count - 1].assigned.insert(name)
                }
            }
            return .name(reader.text(node))
        case .object_pattern: return .mapping(reader.named(node).map { part($0, declares) })
        case .array_pattern: return .sequence(positions(node, declares))
        case .assignment_pattern, .object_assignment_pattern:
            guard let left = reader.child(node, .left), let right = reader.child(node, .right) else { return mix(node) }
            return .assign(target(left, declares: declares), expression(right), type: nil)
        case .rest_pattern: return .mixture(reader.named(node).prefix(1).map { target($0, declares: declares) })
        default: return expression(node).form
        }
    }

    /// A key and the place its value goes to; no key for the rest.
    private mutating func part(_ node: Int, _ declares: Bool) -> (Expression, Expression) {
        switch reader.kind(node) {
        case .pair_pattern:
            guard let key = reader.child(node, .key), let value = reader.child(node, .value) else { break }
            return (self.key(key), target(value, declares: declares))
        case .rest_pattern:
            let inner = reader.named(node).first ?? node
            return (Expression(node: node, form: .mixture([])), target(inner, declares: declares))
        default: break
        }
        let name = reader.kind(node) == .object_assignment_pattern ? reader.child(node, .left) ?? node : node
        let key = Expression(node: name, form: .literal(.text(reader.text(name))))
        return (key, target(node, declares: declares))
    }

    /// The places of an array pattern; holes are places that take nothing.
    private mutating func positions(_ node: Int, _ declares: Bool) -> [Expression] {
        var result: [Expression] = []
        var isFilled = false
        for child in reader.tree.children(node) {
            if reader.tree.isNamed(child) {
                result.append(target(child, declares: declares))
                isFilled = true
            } else if reader.text(child) == "," {
                if !isFilled { result.append(Expression(node: node, form: .literal(.null))) }
                isFilled = false
            }
        }
        return result
    }

    private mutating func key(_ node: Int) -> Expression {
        switch reader.kind(node) {
        case .property_identifier, .private_property_identifier, .number:
            return Expression(node: node, form: .literal(.text(reader.text(node))))
        case .computed_property_name:
            return reader.named(node).first.map { expression($0) } ?? Expression(node: node, form: .mixture([]))
        default: return expression(node)
        }
    }

    private mutating func member(_ node: Int) -> Expression.Form {
        guard let object = reader.child(node, .object) else { return mix(node) }
        if reader.kind(node) == .subscript_expression {
            guard let index = reader.child(node, .index) else { return mix(node) }
            let key = expression(index)
            if case .literal(.text(let name)) = key.form { return .member(expression(object), name) }
            return .element(expression(object), key)
        }
        guard let property = reader.child(node, .property) else { return mix(node) }
        let name = reader.text(property)
        if name == "exports", reader.text(object) == "module" { return .name("exports") }
        return .member(expression(object), name)
    }

    // MARK: Assignments and objects

    private mutating func assignment(_ node: Int) -> Expression.Form {
        guard let left = reader.child(node, .left), let right = reader.child(node, .right) else { return mix(node) }
        let place = target(unwrapped(left), declares: false)
        let value = expression(right, name: label(place))
        guard reader.kind(node) == .augmented_assignment_expression else { return .assign(place, value, type: nil) }
        let sign = reader.child(node, .operator).map(reader.text) ?? "+="
        let combined: Expression.Form =
            switch sign {
            case "+=": .sum([place, value])
            case "||=", "??=": .binary(.or, place, value)
            case "&&=": .binary(.and, place, value)
            default: .call(nil, "Number", [Argument(name: nil, value: value)])
            }
        return .assign(place, Expression(node: node, form: combined), type: nil)
    }

    private func label(_ place: Expression) -> String {
        switch place.form {
        case .name(let name), .member(_, let name): name
        default: ""
        }
    }

    private mutating func mapping(_ node: Int) -> Expression.Form {
        var pairs: [(Expression, Expression)] = []
        for child in reader.named(node) {
            switch reader.kind(child) {
            case .pair:
                guard let key = reader.child(child, .key), let value = reader.child(child, .value) else { continue }
                let place = self.key(key)
                pairs.append((place, expression(value, name: reader.text(key))))
            case .shorthand_property_identifier:
                let key = Expression(node: child, form: .literal(.text(reader.text(child))))
                pairs.append((key, expression(child)))
            case .method_definition:
                guard let name = reader.child(child, .name), !reader.hasToken(child, "set") else { continue }
                let value = Expression(node: child, form: .function(function(child)))
                pairs.append((key(name), value))
            case .spread_element:
                pairs.append((Expression(node: child, form: .mixture([])), expression(child)))
            default: continue
            }
        }
        return .mapping(pairs)
    }

    // MARK: Markup

    /// Elements encode what they show, but for the one attribute that does not.
    private mutating func markup(_ node: Int) -> Expression.Form {
        var parts: [Argument] = []
        var queue = reader.named(node)[...]
        while let part = queue.popFirst() {
            switch reader.kind(part) {
            case .jsx_opening_element, .jsx_closing_element: queue += reader.named(part)
            case .jsx_attribute:
                let children = reader.named(part)
                guard children.count == 2 else { continue }
                let element = Expression(node: part, form: .name("element"))
                let place = Expression(node: part, form: .member(element, reader.text(children[0])))
                let value = expression(children[1])
                let form = Expression.Form.assign(place, value, type: nil)
                parts.append(Argument(name: nil, value: Expression(node: part, form: form)))
            case .jsx_text, .identifier, .nested_type_identifier: continue
            default: parts.append(Argument(name: nil, value: expression(part)))
            }
        }
        return .call(nil, "createElement", parts)
    }
}
