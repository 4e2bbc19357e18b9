import SyntaxTree

extension JavaLowering {
    mutating func expression(_ node: Int) -> Expression {
        // What is found is the expression itself, not the parentheses around it.
        var node = node
        while reader.kind(node) == .parenthesized_expression || reader.kind(node) == .condition,
            let inner = reader.named(node).first
        { node = inner }
        return nestedExpression(node) { $0.form(node) }
    }

    private mutating func form(_ node: Int) -> Expression.Form {
        switch reader.kind(node) {
        case .identifier: return .name(reader.text(node))
        case .this, .super_: return .receiver
        case .parenthesized_expression, .condition:
            return reader.named(node).first.map { form($0) } ?? .mixture([])
        case .method_invocation: return call(node)
        case .object_creation_expression: return creation(node)
        case .field_access:
            guard let object = reader.child(node, .object), let field = reader.child(node, .field) else {
                return mix(node)
            }
            return .member(expression(object), reader.text(field))
        case .array_access:
            guard let array = reader.child(node, .array), let index = reader.child(node, .index) else {
                return mix(node)
            }
            return .element(expression(array), expression(index))
        case .array_creation_expression:
            return reader.child(node, .value).map { form($0) } ?? .create("Array", [])
        case .array_initializer: return .sequence(reader.named(node).map { expression($0) })
        case .binary_expression: return binary(node)
        case .unary_expression: return unary(node)
        case .update_expression: return update(node)
        case .assignment_expression: return assignment(node)
        case .ternary_expression:
            guard let test = reader.child(node, .condition), let yes = reader.child(node, .consequence),
                let no = reader.child(node, .alternative)
            else { return mix(node) }
            return .conditional(expression(test), expression(yes), expression(no))
        case .cast_expression:
            guard let type = reader.child(node, .type), let value = reader.child(node, .value) else { return mix(node) }
            return .cast(typeName(type), expression(value))
        case .lambda_expression: return lambda(node)
        case .switch_expression: return .mixture([])
        case .instanceof_expression:
            return .binary(.other, mixed(node), Expression(node: node, form: .mixture([])))
        default: return literal(node) ?? mix(node)
        }
    }

    private mutating func literal(_ node: Int) -> Expression.Form? {
        let text = reader.text(node)
        switch reader.kind(node) {
        case .string_literal:
            if text.hasPrefix("\"\"\""), text.utf8.count >= 6 {
                return .literal(.text(LiteralText.unescaped(text.dropFirst(3).dropLast(3))))
            }
            return .literal(.text(LiteralText.unescaped(text.dropFirst().dropLast())))
        case .character_literal: return .literal(.text(LiteralText.unescaped(text.dropFirst().dropLast())))
        case .decimal_integer_literal, .hex_integer_literal, .octal_integer_literal, .binary_integer_literal:
            return LiteralText.integer(text).map { .literal(.integer($0)) }
        case .decimal_floating_point_literal: return LiteralText.real(text).map { .literal(.real($0)) }
        case .true_: return .literal(.truth(true))
        case .false_: return .literal(.truth(false))
        case .null_literal: return .literal(.null)
        default: return nil
        }
    }

    private mutating func mix(_ node: Int) -> Expression.Form { .mixture(reader.named(node).map { expression($0) }) }

    private mutating func mixed(_ node: Int) -> Expression { Expression(node: node, form: mix(node)) }

    private mutating func arguments(_ node: Int) -> [Argument] {
        reader.child(node, .arguments).map(reader.named)?.map { Argument(name: nil, value: expression($0)) } ?? []
    }

    private mutating func call(_ node: Int) -> Expression.Form {
        let name = reader.child(node, .name).map(reader.text) ?? ""
        program.calls[node] = name
        let object = reader.child(node, .object).map { expression($0) }
        return .call(object, name, arguments(node))
    }

    private mutating func creation(_ node: Int) -> Expression.Form {
        let name = reader.child(node, .type).map(typeName) ?? ""
        program.creations[node] = name
        let values = arguments(node)
        if let members = reader.named(node).last, reader.kind(members) == .class_body {
            body(members, of: node, name: "", supertypes: [name])
        }
        return .create(name, values)
    }

    private mutating func binary(_ node: Int) -> Expression.Form {
        guard let sign = reader.child(node, .operator).map(reader.text) else { return mix(node) }
        guard sign == "+" else {
            guard let left = reader.child(node, .left), let right = reader.child(node, .right) else { return mix(node) }
            let pair = (expression(left), expression(right))
            guard let operation = Self.operators[sign] else { return .mixture([pair.0, pair.1]) }
            return .binary(operation, pair.0, pair.1)
        }
        return .sum(reader.operands(of: node, joinedBy: "+").map { expression($0) })
    }

    private static let operators: [String: Expression.Operator] = [
        "-": .subtract, "*": .multiply, "/": .divide, "%": .remainder, "==": .same, "!=": .other, "<": .less,
        "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual, "&&": .and, "||": .or,
    ]

    private mutating func unary(_ node: Int) -> Expression.Form {
        guard let operand = reader.child(node, .operand) else { return mix(node) }
        switch reader.child(node, .operator).map(reader.text) {
        case "!": return .not(expression(operand))
        case "-": return .negative(expression(operand))
        case "+": return form(operand)
        default: return .mixture([expression(operand)])
        }
    }

    private mutating func update(_ node: Int) -> Expression.Form {
        guard let operand = reader.named(node).first else { return mix(node) }
        let target = expression(operand)
        let one = Expression(node: node, form: .literal(.integer(1)))
        let operation: Expression.Operator = reader.hasToken(node, "++") ? .add : .subtract
        return .assign(target, Expression(node: node, form: .binary(operation, target, one)), type: nil)
    }

    private mutating func assignment(_ node: Int) -> Expression.Form {
        guard let left = reader.child(node, .left), let right = reader.child(node, .right) else { return mix(node) }
        let target = expression(left)
        let value = expression(right)
        let sign = reader.child(node, .operator).map(reader.text) ?? "="
        guard sign != "=" else { return .assign(target, value, type: nil) }
        let combined: Expression.Form
        if sign == "+=" {
            combined = .sum([target, value])
        } else if let operation = Self.operators[String(sign.dropLast())] {
            combined = .binary(operation, target, value)
        } else {
            combined = .mixture([target, value])
        }
        return .assign(target, Expression(node: node, form: combined), type: nil)
    }

    private mutating func lambda(_ node: Int) -> Expression.Form {
        var function = Function(name: "", node: node)
        if let list = reader.child(node, .parameters) {
            function.parameters =
                reader.kind(list) == .identifier
                ? [Parameter(name: reader.text(list), node: list)] : parameters(list)
        }
        if let body = reader.child(node, .body) {
            function.body =
                reader.kind(body) == .block
                ? statements(reader.named(body))
                : [Statement(node: body, form: .leave(expression(body)))]
        }
        program.functions.append(function)
        return .function(program.functions.count - 1)
    }
}
