import SyntaxTree

/// Calls, operators and literals.
extension JavaScriptLowering {
    mutating func call(_ node: Int) -> Expression.Form {
        guard let named = reader.child(node, .function) else { return .mixture([]) }
        if let module = required(node) { return module }
        let function = callee(named)
        let list = reader.child(node, .arguments)
        if let list, reader.kind(list) == .template_string { return tagged(function, list) }
        program.calls[node] = reader.text(reader.child(function, .property) ?? function)
        let values = arguments(list)
        switch reader.kind(function) {
        case .identifier: return plain(reader.text(function), values, node)
        case .super_: return .mixture(values.map(\.value))
        case .member_expression, .subscript_expression: return methodCall(function, list, values, node)
        default: return .apply(expression(function), values)
        }
    }

    /// The called expression: `(0, f)(x)` calls `f`.
    private mutating func callee(_ node: Int) -> Int {
        var node = node
        while true {
            switch reader.kind(node) {
            case .parenthesized_expression, .non_null_expression, .as_expression:
                guard let inner = reader.named(node).first else { return node }
                node = inner
            case .sequence_expression:
                guard let last = reader.child(node, .right) else { return node }
                node = last
            default: return node
            }
        }
    }

    private func plain(_ name: String, _ values: [Argument], _ node: Int) -> Expression.Form {
        guard name == "isNaN", values.count == 1 else { return .call(nil, name, values) }
        return .not(Expression(node: node, form: .call(nil, "isFinite", values)))
    }

    private mutating func methodCall(_ function: Int, _ list: Int?, _ values: [Argument], _ node: Int)
        -> Expression.Form
    {
        guard let object = reader.child(function, .object) else { return .apply(expression(function), values) }
        let key = reader.child(function, .property) ?? reader.child(function, .index)
        guard let key, let name = reader.kind(key) == .string ? plainText(key) : memberName(key, function) else {
            return .apply(expression(function), values)
        }
        if ["then", "catch", "finally"].contains(name) { program.awaited.insert(object) }
        if let check = patternCheck(object, name, list, values) { return check }
        let receiver = expression(object)
        switch name {
        case "bind" where !values.isEmpty: return receiver.form
        case "call" where !values.isEmpty: return .apply(receiver, Array(values.dropFirst()))
        case "apply" where values.count == 2: return .apply(receiver, [values[1]])
        case "isNaN" where reader.text(object) == "Number":
            return .not(Expression(node: node, form: .call(nil, "isFinite", values)))
        default: return .call(receiver, name, values)
        }
    }

    private mutating func memberName(_ key: Int, _ function: Int) -> String? {
        reader.kind(function) == .member_expression ? reader.text(key) : nil
    }

    mutating func arguments(_ list: Int?) -> [Argument] {
        (list.map(reader.named) ?? []).map { node in
            Argument(name: nil, value: expression(node), isSpread: reader.kind(node) == .spread_element)
        }
    }

    /// A template with a function in front: the function gets the values one by one.
    private mutating func tagged(_ function: Int, _ template: Int) -> Expression.Form {
        let values = reader.named(template).compactMap { reader.named($0).first }.map {
            Argument(name: nil, value: expression($0))
        }
        let name = reader.text(reader.child(function, .property) ?? function)
        return .call(nil, "tag " + name, values)
    }

    mutating func creation(_ node: Int) -> Expression.Form {
        guard let constructor = reader.child(node, .constructor) else { return .mixture([]) }
        let name = reader.text(callee(constructor))
        program.creations[node] = name
        let values = arguments(reader.child(node, .arguments))
        switch reader.kind(callee(constructor)) {
        case .identifier, .member_expression: return .create(name, values)
        case .class_: return .create(type(callee(constructor)), values)
        default: return .mixture([expression(constructor)] + values.map(\.value))
        }
    }

    // MARK: Regular expressions

    /// `/^\w+$/.test(x)` says that `x` is plain; `x.replace(/\W/g, "")` makes it so.
    private mutating func patternCheck(_ object: Int, _ name: String, _ list: Int?, _ values: [Argument])
        -> Expression.Form?
    {
        let first = list.flatMap { reader.named($0).first }
        switch name {
        case "test", "exec":
            guard isPlain(object, inverted: false), let subject = values.first else { return nil }
            return .call(nil, "is plain", [subject])
        case "match":
            guard let first, isPlain(first, inverted: false) else { return nil }
            return .call(nil, "is plain", [Argument(name: nil, value: expression(object))])
        case "replace", "replaceAll":
            guard let first, isPlain(first, inverted: true), values.count == 2,
                case .literal(.text(let new)) = values[1].value.form,
                new.allSatisfy({ $0.isLetter || "_- ".contains($0) })
            else { return nil }
            return .call(nil, "made plain", [Argument(name: nil, value: expression(object))])
        default: return nil
        }
    }

    /// Whether a pattern allows nothing but characters that do no harm anywhere, or (inverted) fits all others.
    private mutating func isPlain(_ node: Int, inverted: Bool) -> Bool {
        guard reader.kind(node) == .regex else { return false }
        let text = reader.text(node)
        guard let end = text.lastIndex(of: "/") else { return false }
        let pattern = text[text.index(after: text.startIndex)..<end]
        let flags = text[text.index(after: end)...]
        return inverted
            ? flags.contains("g") && PlainPattern.removesTheRest(pattern)
            : !flags.contains("m") && PlainPattern.admitsOnlyPlain(pattern)
    }

    // MARK: Operators

    private static let operators: [String: Expression.Operator] = [
        "==": .equal, "===": .equal, "!=": .unequal, "!==": .unequal, "<": .less, "<=": .lessOrEqual, ">": .greater,
        ">=": .greaterOrEqual, "&&": .and, "||": .or, "??": .or, "in": .contains, "*": .multiply, "-": .subtract,
        "%": .remainder, "/": .divide, "**": .power,
    ]

    mutating func operation(_ node: Int) -> Expression.Form? {
        switch reader.kind(node) {
        case .binary_expression: return binary(node)
        case .unary_expression:
            guard let operand = reader.child(node, .argument) else { return nil }
            let value = expression(operand)
            switch reader.child(node, .operator).map(reader.text) {
            case "!": return .not(value)
            case "-": if case .literal = value.form { return .negative(value) } else { fallthrough }
            case "+", "~": return .call(nil, "Number", [Argument(name: nil, value: value)])
            case "typeof": return .call(nil, "typeof", [Argument(name: nil, value: value)])
            default: return .call(nil, "typeof", [Argument(name: nil, value: value)])
            }
        case .update_expression:
            guard let argument = reader.child(node, .argument) else { return nil }
            let place = target(argument, declares: false)
            let one = Expression(node: node, form: .literal(.integer(1)))
            let sign = reader.hasToken(node, "--") ? Expression.Operator.subtract : .add
            return .assign(place, Expression(node: node, form: .binary(sign, place, one)), type: nil)
        default: return nil
        }
    }

    private mutating func binary(_ node: Int) -> Expression.Form? {
        guard let sign = reader.child(node, .operator).map(reader.text) else { return nil }
        guard sign == "+" else {
            guard let left = reader.child(node, .left), let right = reader.child(node, .right) else { return nil }
            // Constructors that are called without `new` create themselves: not what happens.
            if sign == "instanceof", reader.kind(left) == .this { return .literal(.truth(true)) }
            let pair = (expression(left), expression(right))
            if let test = Self.rewritten(sign, pair.0, pair.1, node) { return test }
            guard let operation = Self.operators[sign] else { return .mixture([]) }
            return .binary(operation, pair.0, pair.1)
        }
        return .sum(reader.operands(of: node, joinedBy: "+").map { expression($0) })
    }

    /// Comparisons that ask what a function of their own asks: `typeof x === "string"`, `x.indexOf(y) === 0`.
    private static func rewritten(_ sign: String, _ left: Expression, _ right: Expression, _ node: Int)
        -> Expression.Form?
    {
        func turned(_ form: Expression.Form, _ holds: Bool) -> Expression.Form {
            holds ? form : .not(Expression(node: node, form: form))
        }
        let isEqual = sign == "===" || sign == "=="
        let isComparison = isEqual || sign == "!==" || sign == "!="
        switch (left.form, right.form) {
        case (.call(nil, "typeof", let values), .literal(.text(let type))) where isComparison:
            return turned(.call(nil, "typeof " + type, values), isEqual)
        case (.call(.some(let text), "indexOf", let values), .literal(.integer(0))) where values.count == 1:
            if isComparison { return turned(.call(text, "startsWith", values), isEqual) }
            return sign == ">=" || sign == "<" ? turned(.call(text, "includes", values), sign == ">=") : nil
        case (.call(.some(let text), "indexOf", let values), .negative(let one)) where values.count == 1:
            guard case .literal(.integer(1)) = one.form, isComparison || sign == ">" else { return nil }
            return turned(.call(text, "includes", values), !isEqual)
        default: return nil
        }
    }

    // MARK: Literals

    mutating func literal(_ node: Int) -> Expression.Form? {
        switch reader.kind(node) {
        case .string: return .literal(.text(plainText(node)))
        case .template_string: return template(node)
        case .number:
            let text = reader.text(node)
            return (LiteralText.integer(text).map { .integer($0) } ?? LiteralText.real(text).map { .real($0) })
                .map { Expression.Form.literal($0) } ?? .mixture([])
        case .regex: return pattern(node)
        default: return nil
        }
    }

    /// A pattern that fits one text everywhere stands for that text: `replace(/'/g, "")`.
    private mutating func pattern(_ node: Int) -> Expression.Form {
        let text = reader.text(node)
        guard text.hasSuffix("/g"), text.count > 3 else { return .mixture([]) }
        let inner = text.dropFirst().dropLast(2)
        let isLiteral = inner.allSatisfy { !"\\^$.|?*+()[]{}".contains($0) }
        return isLiteral ? .literal(.text(String(inner))) : .mixture([])
    }

    private mutating func template(_ node: Int) -> Expression.Form {
        let bytes = reader.source.bytes
        var parts: [Expression] = []
        var position = reader.tree.bytes(node).lowerBound + 1
        func piece(_ end: Int) -> Expression? {
            guard end > position else { return nil }
            let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[position..<end]), as: UTF8.self)
            return Expression(node: node, form: .literal(.text(LiteralText.unescaped(text))))
        }
        for hole in reader.named(node) where reader.kind(hole) == .template_substitution {
            let range = reader.tree.bytes(hole)
            if let text = piece(range.lowerBound) { parts.append(text) }
            if let value = reader.named(hole).first { parts.append(expression(value)) }
            position = range.upperBound
        }
        if let text = piece(reader.tree.bytes(node).upperBound - 1) { parts.append(text) }
        if parts.isEmpty { return .literal(.text("")) }
        if parts.count == 1, case .literal = parts[0].form { return parts[0].form }
        return .text(parts)
    }
}
