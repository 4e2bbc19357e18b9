import SyntaxTree

extension CSharpLowering {
    /// - Parameter type: what `new()` makes here.
    mutating func expression(_ node: Int, type: String? = nil) -> Expression {
        // What is found is the expression itself, not what is written around it.
        var node = node
        while let kind = reader.kind(node), Self.wrappers.contains(kind), let inner = reader.named(node).first {
            node = inner
        }
        return nestedExpression(node) { $0.form(node, type: type) }
    }

    private static let wrappers: Set<CSharpKind> = [
        .parenthesized_expression, .await_expression, .checked_expression, .ref_expression, .throw_expression,
        .collection_element, .expression_element, .spread_element,
    ]

    private mutating func form(_ node: Int, type: String?) -> Expression.Form {
        switch reader.kind(node) {
        case .identifier: return .name(reader.text(node))
        case .generic_name: return .name(simpleName(node))
        case .predefined_type: return .name(Self.libraryName(reader.text(node)))
        case .this, .base: return .receiver
        case .invocation_expression: return call(node)
        case .object_creation_expression, .implicit_object_creation_expression,
            .anonymous_object_creation_expression, .array_creation_expression, .implicit_array_creation_expression,
            .initializer_expression, .element_binding_expression, .collection_expression:
            return creation(node, type: type)
        case .member_access_expression, .member_binding_expression, .conditional_access_expression,
            .element_access_expression:
            return access(node)
        case .binary_expression: return binary(node)
        case .prefix_unary_expression, .postfix_unary_expression: return unary(node)
        case .assignment_expression: return assignment(node)
        case .conditional_expression:
            guard let test = reader.child(node, .condition), let yes = reader.child(node, .consequence),
                let no = reader.child(node, .alternative)
            else { return mix(node) }
            return .conditional(expression(test), expression(yes), expression(no))
        case .cast_expression:
            guard let type = reader.child(node, .type), let value = reader.child(node, .value) else { return mix(node) }
            return .cast(typeName(type), expression(value))
        case .as_expression:
            guard let value = reader.child(node, .left), let type = reader.child(node, .right) else { return mix(node) }
            return .cast(typeName(type), expression(value))
        case .is_pattern_expression, .is_expression: return test(node)
        case .switch_expression: return selection(node)
        case .lambda_expression, .anonymous_method_expression: return lambda(node, isBound: false)
        case .tuple_expression: return .sequence(arguments(node).map(\.value))
        case .tuple_pattern: return .sequence(reader.named(node).map { expression($0) })
        case .declaration_expression, .declaration_pattern:
            return reader.child(node, .name).map { .name(reader.text($0)) } ?? .mixture([])
        case .typeof_expression, .default_expression, .sizeof_expression: return .mixture([])
        default: return literal(node) ?? mix(node)
        }
    }

    mutating func mix(_ node: Int) -> Expression.Form { .mixture(reader.named(node).map { expression($0) }) }

    /// `string.Format` is `String.Format`.
    static func libraryName(_ type: String) -> String {
        ["string": "String", "object": "Object", "bool": "Boolean", "char": "Char"][type] ?? "Int32"
    }

    /// A name without its type arguments.
    func simpleName(_ node: Int) -> String {
        let text = reader.text(node)
        return text.firstIndex(of: "<").map { String(text[..<$0]) } ?? text
    }

    // MARK: Literals

    private mutating func literal(_ node: Int) -> Expression.Form? {
        let text = reader.text(node)
        switch reader.kind(node) {
        case .string_literal, .character_literal:
            return .literal(.text(LiteralText.unescaped(text.dropFirst().dropLast())))
        case .verbatim_string_literal:
            return .literal(.text(String(text.dropFirst(2).dropLast()).replacing("\"\"", with: "\"")))
        case .raw_string_literal:
            let quotes = text.prefix { $0 == "\"" }.count
            return .literal(.text(String(text.dropFirst(quotes).dropLast(quotes))))
        case .interpolated_string_expression: return interpolated(node)
        case .integer_literal: return .literal(LiteralText.integer(text).map { .integer($0) } ?? .integer(0))
        case .real_literal: return LiteralText.real(text).map { .literal(.real($0)) } ?? .mixture([])
        case .boolean_literal: return .literal(.truth(text == "true"))
        case .null_literal: return .literal(.null)
        default: return nil
        }
    }

    private mutating func interpolated(_ node: Int) -> Expression.Form {
        var parts: [Expression] = []
        let start = reader.text(node).prefix { $0 != "\"" }
        let isVerbatim = start.contains("@")
        for part in reader.named(node) {
            let text = reader.text(part)
            switch reader.kind(part) {
            case .interpolation:
                parts +=
                    reader.named(part).first { reader.kind($0) != .interpolation_brace }.map { [expression($0)] } ?? []
            case .interpolation_start, .interpolation_quote: continue
            default:
                let written = isVerbatim ? text.replacing("\"\"", with: "\"") : LiteralText.unescaped(text)
                parts.append(Expression(node: part, form: .literal(.text(written))))
            }
        }
        return .text(parts)
    }

    // MARK: Operators

    private static let operators: [String: Expression.Operator] = [
        "-": .subtract, "*": .multiply, "/": .divide, "%": .remainder, "==": .equal, "!=": .unequal, "<": .less,
        "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual, "&&": .and, "||": .or,
    ]

    private mutating func binary(_ node: Int) -> Expression.Form {
        guard let sign = reader.child(node, .operator).map(reader.text), let left = reader.child(node, .left),
            let right = reader.child(node, .right)
        else { return mix(node) }
        if sign == "+" { return .sum(reader.operands(of: node, joinedBy: "+").map { expression($0) }) }
        let pair = (expression(left), expression(right))
        if sign == "??" { return .conditional(nothing(node), pair.0, pair.1) }
        return Self.operators[sign].map { .binary($0, pair.0, pair.1) } ?? .mixture([pair.0, pair.1])
    }

    private mutating func unary(_ node: Int) -> Expression.Form {
        guard let operand = reader.named(node).first else { return mix(node) }
        let value = expression(operand)
        if reader.kind(node) == .prefix_unary_expression {
            if reader.hasToken(node, "!") { return .not(value) }
            if reader.hasToken(node, "-") { return .negative(value) }
        }
        let isStep = reader.hasToken(node, "++") || reader.hasToken(node, "--")
        // `x!` and `+x` are `x`.
        guard isStep else { return value.form }
        let one = Expression(node: node, form: .literal(.integer(1)))
        let operation: Expression.Operator = reader.hasToken(node, "++") ? .add : .subtract
        return .assign(value, Expression(node: node, form: .binary(operation, value, one)), type: nil)
    }

    private mutating func assignment(_ node: Int) -> Expression.Form {
        guard let left = reader.child(node, .left), let right = reader.child(node, .right) else { return mix(node) }
        let (target, value) = (expression(left), expression(right))
        let sign = reader.child(node, .operator).map(reader.text) ?? "="
        let combined: Expression.Form
        switch sign {
        case "=": return .assign(target, value, type: nil)
        case "+=": combined = .sum([target, value])
        case "??=": combined = .conditional(nothing(node), target, value)
        default:
            combined =
                Self.operators[String(sign.dropLast())].map { .binary($0, target, value) } ?? .mixture([target, value])
        }
        return .assign(target, Expression(node: node, form: combined), type: nil)
    }

    // MARK: Patterns

    /// `x is string s`, `x is null`, `x is "a" or "b"`.
    private mutating func test(_ node: Int) -> Expression.Form {
        let parts = reader.named(node)
        guard parts.count >= 2, reader.kind(node) == .is_pattern_expression else { return mix(node) }
        return fits(expression(parts[0]), parts[1], at: node).form
    }

    /// Whether a value fits a pattern; names in it are then bound.
    mutating func fits(_ subject: Expression, _ pattern: Int, at node: Int) -> Expression {
        let parts = reader.named(pattern)
        let form: Expression.Form
        switch reader.kind(pattern) {
        case .constant_pattern where parts.count == 1:
            form = .binary(.equal, subject, expression(parts[0]))
        case .declaration_pattern, .var_pattern:
            guard let name = reader.child(pattern, .name) else { return unknown(subject, node) }
            let type = reader.child(pattern, .type).map(typeName)
            let bound = Expression(
                node: name, form: .assign(Expression(node: name, form: .name(reader.text(name))), subject, type: type))
            // Whether it fits is not known.
            form = .binary(.other, bound, nothing(node))
        case .negated_pattern where parts.count == 1: form = .not(fits(subject, parts[0], at: node))
        case .or_pattern where parts.count == 2:
            form = .binary(.or, fits(subject, parts[0], at: node), fits(subject, parts[1], at: node))
        case .and_pattern where parts.count == 2:
            form = .binary(.and, fits(subject, parts[0], at: node), fits(subject, parts[1], at: node))
        default: return unknown(subject, node)
        }
        return Expression(node: node, form: form)
    }

    private func unknown(_ subject: Expression, _ node: Int) -> Expression {
        Expression(node: node, form: .binary(.other, subject, nothing(node)))
    }

    /// A switch expression, as one condition after another.
    private mutating func selection(_ node: Int) -> Expression.Form {
        let parts = reader.named(node)
        guard let first = parts.first else { return .mixture([]) }
        let subject = expression(first)
        var arms: [(test: Expression?, value: Expression)] = []
        for arm in parts.dropFirst() where reader.kind(arm) == .switch_expression_arm {
            let inner = reader.named(arm)
            guard inner.count >= 2, let value = inner.last else { continue }
            let isRest = inner.count == 2 && reader.kind(inner[0]) == .discard
            arms.append((isRest ? nil : fits(subject, inner[0], at: arm), expression(value)))
        }
        guard var result = arms.last?.value else { return .mixture([]) }
        for arm in arms.dropLast().reversed() {
            result = Expression(node: arm.value.node, form: .conditional(arm.test ?? nothing(node), arm.value, result))
        }
        return result.form
    }

    // MARK: Functions

    /// - Parameter isBound: whether requests call it.
    mutating func lambda(_ node: Int, isBound: Bool) -> Expression.Form {
        var function = Function(name: "", node: node)
        function.parameters = parameters(reader.child(node, .parameters))
        if isBound { function.parameters = function.parameters.map(bound) }
        if let body = reader.child(node, .body) ?? reader.named(node).last {
            function.body =
                reader.kind(body) == .block
                ? statements(reader.named(body)) : [Statement(node: body, form: .leave(expression(body)))]
        }
        program.functions.append(function)
        return .function(program.functions.count - 1)
    }
}
