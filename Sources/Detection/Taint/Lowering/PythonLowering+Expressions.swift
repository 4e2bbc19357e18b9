import SyntaxTree

extension PythonLowering {
    mutating func expression(_ node: Int) -> Expression {
        // What is found is the expression itself, not the parentheses around it.
        var node = node
        while reader.kind(node) == .parenthesized_expression || reader.kind(node) == .await,
            let inner = reader.named(node).first
        { node = inner }
        return nestedExpression(node) { $0.form(node) }
    }

    private mutating func form(_ node: Int) -> Expression.Form {
        switch reader.kind(node) {
        case .identifier: return reader.text(node) == "self" ? .receiver : .name(reader.text(node))
        case .parenthesized_expression, .await: return reader.named(node).first.map { form($0) } ?? .mixture([])
        case .call: return call(node)
        case .attribute:
            guard let object = reader.child(node, .object), let name = reader.child(node, .attribute) else {
                return mix(node)
            }
            return .member(expression(object), reader.text(name))
        case .subscript_: return element(node)
        case .assignment, .augmented_assignment: return assignment(node)
        case .named_expression:
            guard let name = reader.child(node, .name), let value = reader.child(node, .value) else { return mix(node) }
            return .assign(expression(name), expression(value), type: nil)
        case .list, .tuple, .set, .expression_list, .pattern_list, .tuple_pattern, .list_pattern:
            return .sequence(reader.named(node).map { expression($0) })
        case .dictionary: return mapping(node)
        case .list_comprehension, .set_comprehension, .generator_expression, .dictionary_comprehension:
            return comprehension(node)
        case .lambda: return lambda(node)
        case .as_pattern:
            guard let value = reader.named(node).first, let alias = reader.child(node, .alias),
                let target = reader.named(alias).first
            else { return mix(node) }
            return .assign(expression(target), expression(value), type: nil)
        case .list_splat, .dictionary_splat: return reader.named(node).first.map { form($0) } ?? .mixture([])
        case .type_conversion, .format_specifier: return .mixture([])
        default: return operation(node) ?? literal(node) ?? mix(node)
        }
    }

    private mutating func mix(_ node: Int) -> Expression.Form { .mixture(reader.named(node).map { expression($0) }) }

    private mutating func call(_ node: Int) -> Expression.Form {
        guard let function = reader.child(node, .function) else { return mix(node) }
        program.calls[node] = reader.text(reader.child(function, .attribute) ?? function)
        let list = reader.child(node, .arguments)
        let values: [Argument]
        if let list, reader.kind(list) == .generator_expression {
            values = [Argument(name: nil, value: expression(list))]
        } else {
            values = list.map(reader.named)?.map { argument($0) } ?? []
        }
        switch reader.kind(function) {
        case .identifier: return .call(nil, reader.text(function), values)
        case .attribute:
            guard let object = reader.child(function, .object), let name = reader.child(function, .attribute) else {
                return .apply(expression(function), values)
            }
            return .call(expression(object), Self.meaning(of: reader.text(name), values), values)
        default: return .apply(expression(function), values)
        }
    }

    /// `re.sub(r"[^\w]", "", text)` leaves only harmless characters: `re.sub narrow`.
    private static func meaning(of name: String, _ values: [Argument]) -> String {
        guard name == "sub", values.count >= 3, case .literal(.text(let pattern)) = values[0].value.form,
            case .literal(.text(let replacement)) = values[1].value.form,
            replacement.allSatisfy({ $0.isLetter || $0 == "_" }),
            PlainPattern.removesTheRest(pattern)
        else { return name }
        return "sub narrow"
    }

    private mutating func argument(_ node: Int) -> Argument {
        if reader.kind(node) == .keyword_argument, let name = reader.child(node, .name),
            let value = reader.child(node, .value)
        {
            return Argument(name: reader.text(name), value: expression(value))
        }
        let isSpread = reader.kind(node) == .list_splat || reader.kind(node) == .dictionary_splat
        return Argument(name: nil, value: expression(node), isSpread: isSpread)
    }

    private mutating func element(_ node: Int) -> Expression.Form {
        guard let value = reader.child(node, .value), let key = reader.child(node, .subscript_) else {
            return mix(node)
        }
        guard reader.kind(key) == .slice else { return .element(expression(value), expression(key)) }
        var bounds: [Expression?] = [nil]
        for part in reader.tree.children(key) {
            if reader.tree.isNamed(part) {
                bounds[bounds.count - 1] = expression(part)
            } else {
                bounds.append(nil)
            }
        }
        guard bounds.count == 2 else { return .mixture([expression(value)]) }
        return .slice(expression(value), bounds[0], bounds[1])
    }

    private mutating func assignment(_ node: Int) -> Expression.Form {
        guard let left = reader.child(node, .left) else { return mix(node) }
        guard let right = reader.child(node, .right) else { return .mixture([]) }
        let (target, value) = (expression(left), expression(right))
        let type = reader.child(node, .type).map(typeName)
        guard reader.kind(node) == .augmented_assignment else { return .assign(target, value, type: type) }
        let sign = reader.child(node, .operator).map(reader.text) ?? "+="
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

    private mutating func mapping(_ node: Int) -> Expression.Form {
        var pairs: [(Expression, Expression)] = []
        for child in reader.named(node) {
            if reader.kind(child) == .pair, let key = reader.child(child, .key), let value = reader.child(child, .value)
            {
                pairs.append((expression(key), expression(value)))
            } else {
                let spread = expression(child)
                pairs.append(
                    (Expression(node: child, form: .mixture([])), Expression(node: child, form: .mixture([spread]))))
            }
        }
        return .mapping(pairs)
    }

    private mutating func comprehension(_ node: Int) -> Expression.Form {
        let clauses = reader.named(node).filter { reader.kind($0) == .for_in_clause }
        guard clauses.count == 1, let left = reader.child(clauses[0], .left),
            let right = reader.child(clauses[0], .right),
            let body = reader.child(node, .body)
        else { return mix(node) }
        let tests = reader.named(node).filter { reader.kind($0) == .if_clause }.flatMap(reader.named)
        return .comprehension(
            element: expression(body), target: expression(left), source: expression(right),
            tests: tests.map { expression($0) })
    }

    private mutating func lambda(_ node: Int) -> Expression.Form {
        var function = Function(name: "", node: node)
        function.isStatic = true
        function.parameters = reader.child(node, .parameters).map { parameters($0) } ?? []
        if let body = reader.child(node, .body) {
            function.body = [Statement(node: body, form: .leave(expression(body)))]
        }
        program.functions.append(function)
        return .function(program.functions.count - 1)
    }
}

// MARK: - Operators and literals

extension PythonLowering {
    private static let operators: [String: Expression.Operator] = [
        "-": .subtract, "*": .multiply, "/": .divide, "//": .floorDivide, "%": .remainder, "**": .power,
        "==": .equal, "!=": .unequal, "<": .less, "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual,
        "and": .and, "or": .or, "in": .contains, "not in": .lacks, "is": .same, "is not": .other,
    ]

    private mutating func operation(_ node: Int) -> Expression.Form? {
        switch reader.kind(node) {
        case .binary_operator: return binary(node)
        case .boolean_operator:
            guard let left = reader.child(node, .left), let right = reader.child(node, .right) else { return nil }
            return .binary(reader.hasToken(node, "and") ? .and : .or, expression(left), expression(right))
        case .not_operator: return reader.child(node, .argument).map { .not(expression($0)) }
        case .unary_operator:
            guard let operand = reader.child(node, .argument) else { return nil }
            return reader.hasToken(node, "-") ? .negative(expression(operand)) : .mixture([expression(operand)])
        case .comparison_operator:
            let operands = reader.named(node)
            guard operands.count == 2 else { return nil }
            let sign = reader.tree.children(node).filter { !reader.tree.isNamed($0) }.map(reader.text).joined(
                separator: " ")
            guard let operation = Self.operators[sign] else { return nil }
            return .binary(operation, expression(operands[0]), expression(operands[1]))
        case .conditional_expression:
            let parts = reader.named(node)
            guard parts.count == 3 else { return nil }
            return .conditional(expression(parts[1]), expression(parts[0]), expression(parts[2]))
        default: return nil
        }
    }

    private mutating func binary(_ node: Int) -> Expression.Form? {
        guard let sign = reader.child(node, .operator).map(reader.text) else { return nil }
        guard sign == "+" else {
            guard let left = reader.child(node, .left), let right = reader.child(node, .right) else { return nil }
            let pair = (expression(left), expression(right))
            guard let operation = Self.operators[sign] else { return .mixture([pair.0, pair.1]) }
            return .binary(operation, pair.0, pair.1)
        }
        return .sum(reader.operands(of: node, joinedBy: "+").map { expression($0) })
    }

    private mutating func literal(_ node: Int) -> Expression.Form? {
        switch reader.kind(node) {
        case .string: return string(node)
        case .concatenated_string: return .text(reader.named(node).map { expression($0) })
        case .integer: return LiteralText.integer(reader.text(node)).map { .literal(.integer($0)) }
        case .float: return LiteralText.real(reader.text(node)).map { .literal(.real($0)) }
        case .true_: return .literal(.truth(true))
        case .false_: return .literal(.truth(false))
        case .nothing: return .literal(.null)
        default: return nil
        }
    }

    private mutating func string(_ node: Int) -> Expression.Form {
        let text = reader.text(node)
        let prefix = text.prefix { $0 != "\"" && $0 != "'" }.lowercased()
        let quoted = text.dropFirst(prefix.count)
        let mark = quoted.hasPrefix("\"\"\"") || quoted.hasPrefix("'''") ? 3 : 1
        let start = reader.tree.bytes(node).lowerBound + prefix.utf8.count + mark
        let end = max(start, reader.tree.bytes(node).upperBound - mark)
        let isRaw = prefix.contains("r")
        let holes = reader.named(node).filter { reader.kind($0) == .interpolation }
        guard !holes.isEmpty else { return .literal(.text(piece(start..<end, isRaw, braces: prefix.contains("f")))) }
        var parts: [Expression] = []
        var position = start
        for hole in holes {
            let range = reader.tree.bytes(hole)
            if range.lowerBound > position {
                let text = piece(position..<range.lowerBound, isRaw, braces: true)
                parts.append(Expression(node: node, form: .literal(.text(text))))
            }
            if let value = reader.named(hole).first { parts.append(expression(value)) }
            position = range.upperBound
        }
        if position < end {
            parts.append(Expression(node: node, form: .literal(.text(piece(position..<end, isRaw, braces: true)))))
        }
        return .text(parts)
    }

    private func piece(_ range: Range<Int>, _ isRaw: Bool, braces: Bool) -> String {
        let bytes = reader.source.bytes
        let clamped = range.clamped(to: 0..<bytes.count)
        var text = String(decoding: UnsafeBufferPointer(rebasing: bytes[clamped]), as: UTF8.self)
        if !isRaw { text = LiteralText.unescaped(text) }
        if braces, text.contains("{{") || text.contains("}}") {
            text = text.replacing("{{", with: "{").replacing("}}", with: "}")
        }
        return text
    }
}
