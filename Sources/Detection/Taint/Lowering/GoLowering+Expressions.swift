import SyntaxTree

extension GoLowering {
    mutating func expression(_ node: Int) -> Expression {
        var node = node
        while reader.kind(node) == .parenthesized_expression, let inner = reader.named(node).first { node = inner }
        return nestedExpression(node) { $0.form(node) }
    }

    private mutating func form(_ node: Int) -> Expression.Form {
        switch reader.kind(node) {
        case .identifier: return name(node)
        case .selector_expression:
            guard let operand = reader.child(node, .operand), let field = reader.child(node, .field) else {
                return mix(node)
            }
            return .member(expression(operand), reader.text(field))
        case .call_expression: return call(node)
        case .index_expression:
            guard let operand = reader.child(node, .operand), let index = reader.child(node, .index) else {
                return mix(node)
            }
            return .element(expression(operand), expression(index))
        case .slice_expression:
            guard let operand = reader.child(node, .operand) else { return mix(node) }
            return .slice(
                expression(operand), reader.child(node, .from).map { expression($0) },
                reader.child(node, .end).map { expression($0) })
        case .type_assertion_expression: return cast(reader.child(node, .operand), reader.child(node, .type), node)
        case .type_conversion_expression: return conversion(node)
        case .composite_literal: return composite(node)
        case .func_literal:
            var function = Function(name: "", node: node, isNamed: false)
            fill(&function, node)
            program.functions.append(function)
            return .function(program.functions.count - 1)
        case .unary_expression: return unary(node)
        case .binary_expression: return binary(node)
        default: return literal(node) ?? mix(node)
        }
    }

    /// A variable; an `ok` also stands for what it answers.
    private func name(_ node: Int) -> Expression.Form {
        let text = reader.text(node)
        guard let outcome = outcomes[text], case .element = outcome.form else { return .name(text) }
        return .binary(.and, Expression(node: node, form: .name(text)), outcome)
    }

    private mutating func literal(_ node: Int) -> Expression.Form? {
        let text = reader.text(node)
        switch reader.kind(node) {
        case .interpreted_string_literal: return .literal(.text(LiteralText.unescaped(text.dropFirst().dropLast())))
        case .raw_string_literal: return .literal(.text(String(text.dropFirst().dropLast())))
        case .rune_literal: return .literal(.text(LiteralText.unescaped(text.dropFirst().dropLast())))
        case .int_literal: return LiteralText.integer(text).map { .literal(.integer($0)) }
        case .float_literal: return LiteralText.real(text).map { .literal(.real($0)) }
        case .true_: return .literal(.truth(true))
        case .false_: return .literal(.truth(false))
        case .nil_: return .literal(.null)
        default: return nil
        }
    }

    mutating func mix(_ node: Int) -> Expression.Form { .mixture(reader.named(node).map { expression($0) }) }

    mutating func cast(_ value: Int?, _ type: Int?, _ node: Int) -> Expression.Form {
        guard let value else { return mix(node) }
        guard let name = type.flatMap({ typeName($0) }) else { return expression(value).form }
        return .cast(name, expression(value))
    }

    /// `[]byte(text)` holds the same text.
    private mutating func conversion(_ node: Int) -> Expression.Form {
        let type = reader.child(node, .type)
        let name = type.flatMap { typeName($0) }
        if name == "byte[]" || name == "rune[]" || name == "uint8[]" {
            return reader.child(node, .operand).map { expression($0).form } ?? mix(node)
        }
        return cast(reader.child(node, .operand), type, node)
    }

    private mutating func unary(_ node: Int) -> Expression.Form {
        guard let operand = reader.child(node, .operand) else { return mix(node) }
        switch reader.child(node, .operator).map(reader.text) {
        case "!": return .not(expression(operand))
        case "-": return .negative(expression(operand))
        case "<-": return .element(expression(operand), nothing(node))
        // Pointers are what they point to.
        case "&", "*", "+": return expression(operand).form
        default: return .cast("int", expression(operand))
        }
    }

    static let operators: [String: Expression.Operator] = [
        "-": .subtract, "*": .multiply, "/": .divide, "%": .remainder, "==": .equal, "!=": .unequal, "<": .less,
        "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual, "&&": .and, "||": .or,
    ]

    private mutating func binary(_ node: Int) -> Expression.Form {
        guard let sign = reader.child(node, .operator).map(reader.text), let left = reader.child(node, .left),
            let right = reader.child(node, .right)
        else { return mix(node) }
        guard sign != "+" else { return .sum(reader.operands(of: node, joinedBy: "+").map { expression($0) }) }
        let pair = (expression(left), expression(right))
        guard let operation = Self.operators[sign] else {
            return .cast("int", Expression(node: node, form: .mixture([pair.0, pair.1])))
        }
        let whole = Expression.Form.binary(operation, pair.0, pair.1)
        // `err != nil` says that the call failed.
        guard reader.kind(right) == .nil_, let success = outcomes[reader.text(left)], case .call = success.form else {
            return whole
        }
        let test = Expression(node: node, form: whole)
        guard operation == .unequal else { return operation == .equal ? .binary(.and, test, success) : whole }
        return .binary(.or, test, Expression(node: node, form: .not(success)))
    }

    // MARK: Composite literals

    private mutating func composite(_ node: Int) -> Expression.Form {
        guard let type = reader.child(node, .type), let body = reader.child(node, .body) else { return mix(node) }
        return elements(body, type)
    }

    /// - Parameter type: nil where the elements' type is left out.
    private mutating func elements(_ body: Int, _ type: Int?) -> Expression.Form {
        switch type.flatMap({ reader.kind($0) }) {
        case .slice_type, .array_type, .implicit_length_array_type:
            let inner = type.flatMap { reader.child($0, .element) }
            return .sequence(reader.named(body).map { element(lastPart(of: $0), inner) })
        case .map_type:
            let inner = type.flatMap { reader.child($0, .value) }
            let pairs = reader.named(body).compactMap { pair -> (Int, Int)? in
                let parts = reader.named(pair)
                return reader.kind(pair) == .keyed_element && parts.count == 2 ? (parts[0], parts[1]) : nil
            }
            return .mapping(pairs.map { (element($0.0, nil), element($0.1, inner)) })
        default: return structure(body, type)
        }
    }

    private mutating func lastPart(of node: Int) -> Int {
        reader.kind(node) == .keyed_element ? reader.named(node).last ?? node : node
    }

    private mutating func element(_ node: Int, _ type: Int?) -> Expression {
        var node = node
        while reader.kind(node) == .literal_element, let inner = reader.named(node).first { node = inner }
        guard reader.kind(node) == .literal_value else { return expression(node) }
        return Expression(node: node, form: elements(node, type))
    }

    private mutating func structure(_ body: Int, _ type: Int?) -> Expression.Form {
        let name = type.flatMap { typeName($0) }
        let parts = reader.named(body)
        if parts.isEmpty, let type { return made(type) }
        let fields = name.flatMap { name in program.classes.first { $0.name == name } }?.fields.map(\.name) ?? []
        var pairs: [(Expression, Expression)] = []
        for (position, part) in parts.enumerated() {
            let key: String
            if reader.kind(part) == .keyed_element, let first = reader.named(part).first {
                key = reader.text(first)
            } else {
                key = position < fields.count ? fields[position] : "\(position)"
            }
            let value = element(lastPart(of: part), nil)
            pairs.append((Expression(node: part, form: .literal(.text(key))), value))
        }
        let mapping = Expression(node: body, form: .mapping(pairs))
        return name.map { .cast($0, mapping) } ?? mapping.form
    }
}
