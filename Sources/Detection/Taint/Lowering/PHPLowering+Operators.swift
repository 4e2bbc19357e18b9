import SyntaxTree

extension PHPLowering {
    private static let operators: [String: Expression.Operator] = [
        "-": .subtract, "*": .multiply, "/": .divide, "%": .remainder, "**": .power, "+": .add,
        "==": .equal, "===": .equal, "!=": .unequal, "!==": .unequal, "<>": .unequal,
        "<": .less, "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual,
        "&&": .and, "and": .and, "||": .or, "or": .or, "xor": .unequal,
    ]

    mutating func operation(_ node: Int) -> Expression.Form? {
        switch reader.kind(node) {
        case .binary_expression: return binary(node)
        case .unary_op_expression:
            guard let operand = reader.named(node).first.map({ expression($0) }) else { return nil }
            if reader.hasToken(node, "!") { return .not(operand) }
            if reader.hasToken(node, "-") { return .negative(operand) }
            return reader.hasToken(node, "@") ? operand.form : .cast("int", operand)
        case .cast_expression:
            guard let value = reader.child(node, .value).map({ expression($0) }) else { return nil }
            let type = reader.child(node, .type).map { reader.text($0).lowercased() } ?? ""
            switch type {
            case "int", "integer", "float", "double", "real", "bool", "boolean": return .cast("int", value)
            case "string": return .text([value])
            default: return value.form
            }
        default: return nil
        }
    }

    private mutating func binary(_ node: Int) -> Expression.Form? {
        guard let sign = reader.child(node, .operator).map({ reader.text($0).lowercased() }) else { return nil }
        if sign == "." { return .text(outsideQuotes(joined(node))) }
        guard let one = reader.child(node, .left), let two = reader.child(node, .right) else { return nil }
        let left = expression(one)
        if sign == "instanceof" { return .cast("bool", left) }
        let right = expression(two)
        if let test = beginning(sign, left, right) { return test }
        switch sign {
        case "??": return either(left, right, at: node)
        case "|" where Self.isFlag(left) && Self.isFlag(right): return .sequence([left, right].flatMap(Self.flags))
        case "+", "-", "*", "/", "%", "**", "|", "&", "^", "<<", ">>", "<=>":
            return arithmetic(sign, left, right, at: node)
        default: return Self.operators[sign].map { .binary($0, left, right) }
        }
    }

    /// `strpos($path, $folder) === 0` asks whether it starts so.
    private func beginning(_ sign: String, _ left: Expression, _ right: Expression) -> Expression.Form? {
        guard case .call(nil, let name, let values) = left.form, case .literal(.integer(0)) = right.form,
            ["strpos", "stripos", "strncmp", "mb_strpos"].contains(name)
        else { return nil }
        let test = Expression.Form.call(nil, "str_starts_with", values)
        switch sign {
        case "===", "==": return test
        case "!==", "!=", "<>": return .not(Expression(node: left.node, form: test))
        default: return nil
        }
    }

    /// The parts of `$a . $b . $c`, in order.
    private mutating func joined(_ node: Int) -> [Expression] {
        reader.operands(of: node, joinedBy: ".").map { expression($0) }
    }

    private static let statementWords = [
        "select ", "insert into", "update ", "delete from", "where ", "order by", "limit ",
    ]

    /// In a text that reads like SQL, what stands outside quotes goes through `outside quotes`: escaping does not help
    /// there.
    private func outsideQuotes(_ parts: [Expression]) -> [Expression] {
        let literals = parts.map { if case .literal(let constant) = $0.form { constant.text } else { "" } }
        let whole = literals.joined().lowercased()
        guard Self.statementWords.contains(where: { whole.contains($0) }) else { return parts }
        var quote: Character?
        return zip(parts, literals).map { part, literal in
            for character in literal where "'\"`".contains(character) {
                if quote == nil { quote = character } else if quote == character { quote = nil }
            }
            switch part.form {
            case .literal, .text: return part
            default: break
            }
            guard quote == nil else { return part }
            return Expression(node: part.node, form: .call(nil, "outside quotes", [Argument(name: nil, value: part)]))
        }
    }

    /// A number, whatever the operands hold; `+` joins arrays where one side is an array or all of a request.
    func arithmetic(_ sign: String, _ left: Expression, _ right: Expression, at node: Int) -> Expression.Form {
        if sign == "+", Self.isArray(left) || Self.isArray(right) { return .mixture([left, right]) }
        guard let operation = Self.operators[sign] else {
            return .cast("int", Expression(node: node, form: .mixture([left, right])))
        }
        return .cast("int", Expression(node: node, form: .binary(operation, left, right)))
    }

    private static func isArray(_ expression: Expression) -> Bool {
        switch expression.form {
        case .sequence, .mapping: true
        case .name(let name): ["$_GET", "$_POST", "$_REQUEST", "$_COOKIE"].contains(name)
        default: false
        }
    }

    /// A named constant, or several joined by `|`.
    private static func isFlag(_ expression: Expression) -> Bool {
        switch expression.form {
        case .name(let name): name.first?.isUppercase ?? false
        case .sequence(let parts): parts.allSatisfy(isFlag)
        default: false
        }
    }

    private static func flags(_ expression: Expression) -> [Expression] {
        if case .sequence(let parts) = expression.form { parts } else { [expression] }
    }

    // MARK: Literals

    mutating func literal(_ node: Int) -> Expression.Form? {
        switch reader.kind(node) {
        case .string: return .literal(.text(Self.unescapedSingle(inner(node, "'"))))
        case .encapsed_string: return text(node)
        case .heredoc, .nowdoc: return reader.child(node, .value).map { text($0) } ?? .literal(.text(""))
        case .string_value: return .literal(.text(LiteralText.unescaped(reader.text(node))))
        case .integer: return LiteralText.integer(reader.text(node)).map { .literal(.integer($0)) }
        case .float: return LiteralText.real(reader.text(node)).map { .literal(.real($0)) }
        case .boolean: return .literal(.truth(reader.text(node).lowercased() == "true"))
        case .null: return .literal(.null)
        default: return nil
        }
    }

    private func inner(_ node: Int, _ mark: Character) -> String {
        var text = reader.text(node)[...]
        if let start = text.firstIndex(of: mark) { text = text[text.index(after: start)...] }
        return String(text.last == mark ? text.dropLast() : text)
    }

    /// In single quotes only the quote and the backslash are escaped.
    private static func unescapedSingle(_ text: String) -> String {
        guard text.contains("\\") else { return text }
        return text.replacing("\\\\", with: "\u{0}").replacing("\\'", with: "'").replacing("\u{0}", with: "\\")
    }

    /// A text with values in it; without any, a literal.
    mutating func text(_ node: Int) -> Expression.Form {
        var parts: [Expression] = []
        var literal = ""
        func flush() {
            if !literal.isEmpty { parts.append(Expression(node: node, form: .literal(.text(literal)))) }
            literal = ""
        }
        for child in reader.tree.children(node) where reader.tree.isNamed(child) {
            switch reader.tree.kindName(child) {
            case "string_value", "nowdoc_string": literal += reader.text(child)
            case "escape_sequence": literal += LiteralText.unescaped(reader.text(child))
            default:
                flush()
                parts.append(expression(child))
            }
        }
        guard !parts.isEmpty else { return .literal(.text(literal)) }
        flush()
        return .text(outsideQuotes(parts))
    }
}
