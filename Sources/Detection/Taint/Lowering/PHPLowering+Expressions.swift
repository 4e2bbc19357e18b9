import SyntaxTree

extension PHPLowering {
    mutating func expression(_ node: Int) -> Expression {
        // What is found is the expression itself, not the parentheses around it.
        var node = node
        while let kind = reader.kind(node), Self.wrappers.contains(kind), let inner = reader.named(node).first {
            node = inner
        }
        return nestedExpression(node) { $0.form(node) }
    }

    private static let wrappers: Set<PHPKind> = [
        .parenthesized_expression, .clone_expression, .by_ref, .variadic_unpacking,
    ]

    private mutating func form(_ node: Int) -> Expression.Form {
        switch reader.kind(node) {
        case .variable_name: return reader.text(node) == "$this" ? .receiver : .name(reader.text(node))
        case .dynamic_variable_name:
            guard let name = reader.named(node).first, reader.kind(name) == .name else { return mix(node) }
            return .name("$" + reader.text(name))
        case .name, .qualified_name: return constant(node)
        case .subscript_expression: return element(node)
        case .member_access_expression, .nullsafe_member_access_expression, .scoped_property_access_expression,
            .class_constant_access_expression:
            return member(node)
        case .assignment_expression, .reference_assignment_expression: return assignment(node)
        case .augmented_assignment_expression: return combination(node)
        case .array_creation_expression, .list_literal: return array(node)
        case .conditional_expression: return conditional(node)
        case .match_expression: return match(node)
        case .anonymous_function_creation_expression, .arrow_function:
            return .function(function(node, isMember: false))
        case .update_expression: return update(node)
        default: return called(node) ?? operation(node) ?? literal(node) ?? mix(node)
        }
    }

    mutating func mix(_ node: Int) -> Expression.Form { .mixture(reader.named(node).map { expression($0) }) }

    /// A call of a library function that stands for a piece of syntax.
    mutating func call(_ name: String, _ values: [Expression], at node: Int) -> Expression {
        program.calls[node] = name
        return Expression(node: node, form: .call(nil, name, values.map { Argument(name: nil, value: $0) }))
    }

    /// Joins what either may be: PHP's `??` and `?:` test for more than truth.
    func either(_ one: Expression, _ two: Expression, at node: Int) -> Expression.Form {
        .conditional(nothing(node), one, two)
    }

    // MARK: Names, elements, members

    private func constant(_ node: Int) -> Expression.Form {
        let text = Self.lastPart(reader.text(node))
        // A file's folder is where includes start from.
        return text == "__DIR__" ? .literal(.text("")) : .name(text)
    }

    private mutating func element(_ node: Int) -> Expression.Form {
        let parts = reader.named(node)
        guard let base = parts.first else { return mix(node) }
        guard parts.count > 1 else { return .element(expression(base), nothing(node)) }
        var key = expression(parts[1])
        // Within a text, `$a[key]` needs no quotes.
        if reader.kind(parts[1]) == .name, let outer = reader.tree.parent(node),
            [.encapsed_string, .heredoc_body].contains(reader.kind(outer))
        {
            key = Expression(node: parts[1], form: .literal(.text(reader.text(parts[1]))))
        }
        let name = reader.text(base)
        switch name {
        case "$_GET", "$_POST", "$_REQUEST", "$_COOKIE", "$GLOBALS":
            guard case .literal(let constant) = key.form else { break }
            return .name(name == "$GLOBALS" ? "$" + constant.text : "\(name)[\(constant.text)]")
        case "$_SERVER":
            guard case .literal(let constant) = key.form else { break }
            return .member(expression(base), constant.text)
        case "$_FILES": return .member(expression(base), "file")
        default: break
        }
        return .element(expression(base), key)
    }

    private mutating func member(_ node: Int) -> Expression.Form {
        let parts = reader.named(node)
        guard let object = reader.child(node, .object) ?? reader.child(node, .scope) ?? parts.first,
            let name = reader.child(node, .name) ?? parts.dropFirst().first
        else { return mix(node) }
        let base = scope(object)
        let text = reader.text(name)
        switch reader.kind(name) {
        case .name:
            if text == "class", reader.kind(node) == .class_constant_access_expression {
                return .literal(.text(className(object)))
            }
            return .member(base, text)
        case .variable_name where reader.kind(node) == .scoped_property_access_expression:
            return .member(base, String(text.dropFirst()))
        case .string:
            guard case .literal(.text(let field)) = expression(name).form else { break }
            return .member(base, field)
        default: break
        }
        return .element(base, expression(name))
    }

    /// What stands before `->` or `::`.
    mutating func scope(_ node: Int) -> Expression {
        let text = reader.text(node).lowercased()
        switch reader.kind(node) {
        case .relative_scope where text == "parent":
            let receiver = Expression(node: node, form: .receiver)
            return Expression(node: node, form: .cast(className(node), receiver))
        case .relative_scope: return Expression(node: node, form: .receiver)
        case .name, .qualified_name: return Expression(node: node, form: .name(className(node)))
        default: return expression(node)
        }
    }

    // MARK: Assignments

    private mutating func assignment(_ node: Int) -> Expression.Form {
        guard let left = reader.child(node, .left), let right = reader.child(node, .right) else { return mix(node) }
        return .assign(target(left), expression(right), type: nil)
    }

    /// Where a value is put: a place, or a list of places with or without keys.
    mutating func target(_ node: Int) -> Expression {
        var places: [(Int?, Int)] = []
        switch reader.kind(node) {
        case .by_ref: return reader.named(node).first.map { target($0) } ?? nothing(node)
        case .list_literal: places = listed(node)
        case .array_creation_expression:
            for child in reader.named(node) {
                let parts = reader.named(child)
                guard let last = parts.last else { continue }
                places.append((parts.count > 1 ? parts[0] : nil, last))
            }
        default: return expression(node)
        }
        return nestedExpression(node) { lowering in
            guard places.contains(where: { $0.0 != nil }) else {
                return .sequence(places.map { $0.1 < 0 ? lowering.nothing(node) : lowering.target($0.1) })
            }
            return .mapping(
                places.filter { $0.1 >= 0 }.map { key, place in
                    (key.map { lowering.expression($0) } ?? lowering.nothing(node), lowering.target(place))
                })
        }
    }

    /// The keys and places of `list('a' => $x, , $y)`; -1 for a place left out.
    private mutating func listed(_ node: Int) -> [(Int?, Int)] {
        var places: [(Int?, Int)] = []
        var key: Int?
        var last: Int?
        for child in reader.tree.children(node) {
            if reader.tree.isNamed(child) {
                last = child
            } else if reader.tree.kindName(child) == "=>" {
                key = last
                last = nil
            } else if reader.tree.kindName(child) == "," {
                places.append((key, last ?? -1))
                (key, last) = (nil, nil)
            }
        }
        if let last { places.append((key, last)) }
        return places
    }

    private mutating func combination(_ node: Int) -> Expression.Form {
        guard let left = reader.child(node, .left), let right = reader.child(node, .right),
            let sign = reader.child(node, .operator).map(reader.text)
        else { return mix(node) }
        let (place, value) = (expression(left), expression(right))
        let combined: Expression.Form
        switch sign {
        case ".=": combined = .text([place, value])
        case "??=": combined = either(place, value, at: node)
        default: combined = arithmetic(String(sign.dropLast()), place, value, at: node)
        }
        return .assign(place, Expression(node: node, form: combined), type: nil)
    }

    private mutating func update(_ node: Int) -> Expression.Form {
        guard let place = reader.named(node).first.map({ expression($0) }) else { return mix(node) }
        let one = Expression(node: node, form: .literal(.integer(1)))
        let changed = arithmetic(reader.hasToken(node, "++") ? "+" : "-", place, one, at: node)
        return .assign(place, Expression(node: node, form: changed), type: nil)
    }

    // MARK: Collections and choices

    private mutating func array(_ node: Int) -> Expression.Form {
        let elements = reader.named(node)
        let isPlain = elements.allSatisfy { child in
            let parts = reader.named(child)
            return parts.count == 1 && reader.kind(parts[0]) != .variadic_unpacking
        }
        if isPlain { return .sequence(elements.compactMap { reader.named($0).first }.map { expression($0) }) }
        var pairs: [(Expression, Expression)] = []
        var position = 0
        for child in elements {
            let parts = reader.named(child)
            guard let last = parts.last else { continue }
            let value = expression(last)
            if parts.count > 1 {
                pairs.append((expression(parts[0]), value))
            } else if reader.kind(last) == .variadic_unpacking {
                pairs.append((nothing(child), Expression(node: child, form: .mixture([value]))))
            } else {
                pairs.append((Expression(node: child, form: .literal(.integer(position))), value))
                position += 1
            }
        }
        return .mapping(pairs)
    }

    private mutating func conditional(_ node: Int) -> Expression.Form {
        guard let test = reader.child(node, .condition), let no = reader.child(node, .alternative) else {
            return mix(node)
        }
        guard let yes = reader.child(node, .body) else { return either(expression(test), expression(no), at: node) }
        return .conditional(expression(test), expression(yes), expression(no))
    }

    /// Arms tried one after another; more than that are mixed.
    private static let mostArms = 60

    private mutating func match(_ node: Int) -> Expression.Form {
        guard let subject = reader.child(node, .condition).map({ expression($0) }),
            let arms = reader.child(node, .body).map(reader.named), arms.count <= Self.mostArms
        else { return mix(node) }
        let isTrue: Bool
        if case .literal(.truth(true)) = subject.form { isTrue = true } else { isTrue = false }
        var result = nothing(node)
        for arm in arms.reversed() {
            guard let value = reader.child(arm, .return_expression).map({ expression($0) }) else { continue }
            guard let list = reader.child(arm, .conditional_expressions) else {
                result = value
                continue
            }
            let tests = reader.named(list).map { label -> Expression in
                let label = expression(label)
                return isTrue ? label : Expression(node: label.node, form: .binary(.equal, subject, label))
            }
            guard var test = tests.first else { continue }
            for other in tests.dropFirst() { test = Expression(node: test.node, form: .binary(.or, test, other)) }
            result = Expression(node: arm, form: .conditional(test, value, result))
        }
        return result.form
    }
}
