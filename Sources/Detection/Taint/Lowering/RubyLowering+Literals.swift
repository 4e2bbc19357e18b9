import SyntaxTree

/// Operators, texts and other literals.
extension RubyLowering {
    private static let operators: [String: Expression.Operator] = [
        "*": .multiply, "/": .divide, "**": .power, "==": .equal, "===": .equal, "!=": .unequal, "<": .less,
        "<=": .lessOrEqual, ">": .greater, ">=": .greaterOrEqual, "&&": .and, "and": .and, "||": .or, "or": .or,
    ]

    mutating func operation(_ node: Int) -> Expression.Form {
        guard reader.kind(node) == .binary else { return single(operand: node) }
        guard let sign = reader.child(node, .operator).map(reader.text), let one = reader.child(node, .left),
            let two = reader.child(node, .right)
        else { return mix(node) }
        switch sign {
        case "+": return .sum(reader.operands(of: node, joinedBy: "+").map { expression($0) })
        case "<<":
            // The list or text is changed; where it has a name, that holds the result.
            let (place, value) = (expression(one), expression(two))
            let longer = Expression(
                node: node, form: .call(place, "<<", [Argument(name: nil, value: value)]))
            switch place.form {
            case .name, .member, .element: return .assign(place, longer, type: nil)
            default: return longer.form
            }
        case "=~": return check(one, two, at: node) ?? .mixture([])
        case "!~": return check(one, two, at: node).map { .not(Expression(node: node, form: $0)) } ?? .mixture([])
        case "%":
            let (format, value) = (expression(one), expression(two))
            return formatted(format, value) ?? .binary(.remainder, format, value)
        case "-":
            let (left, right) = (expression(one), expression(two))
            if case .literal = right.form { return .binary(.subtract, left, right) }
            return .mixture([left, right])
        default:
            let (left, right) = (expression(one), expression(two))
            return Self.operators[sign].map { .binary($0, left, right) } ?? .mixture([left, right])
        }
    }

    private mutating func single(operand node: Int) -> Expression.Form {
        guard reader.kind(node) == .unary, let operand = reader.child(node, .operand),
            let sign = reader.child(node, .operator).map(reader.text)
        else { return mix(node) }
        switch sign {
        case "!", "not": return .not(expression(operand))
        case "-": return .negative(expression(operand))
        case "defined?": return .mixture([])
        default: return .mixture([expression(operand)])
        }
    }

    /// `"%s %d" % [a, b]`.
    private func formatted(_ format: Expression, _ value: Expression) -> Expression.Form? {
        var values = [Argument(name: nil, value: format)]
        switch value.form {
        case .sequence(let parts): values += parts.map { Argument(name: nil, value: $0) }
        default: values.append(Argument(name: nil, value: value))
        }
        if let parts = Self.formatted(values) { return .text(parts) }
        switch format.form {
        case .literal(.text), .text: return .text([format, value])
        default: return nil
        }
    }

    // MARK: Literals

    mutating func literal(_ node: Int) -> Expression.Form? {
        switch reader.kind(node) {
        case .string, .bare_string, .bare_symbol, .delimited_symbol: return text(node)
        case .chained_string: return .text(reader.named(node).map { expression($0) })
        case .heredoc_beginning: return heredocs[node].map { text($0) } ?? .literal(.text(""))
        case .subshell:
            program.calls[node] = "backticks"
            let command = Expression(node: node, form: text(node))
            return .call(nil, "backticks", [Argument(name: nil, value: command)])
        case .string_array, .symbol_array: return .sequence(reader.named(node).map { expression($0) })
        case .simple_symbol, .hash_key_symbol: return symbol(node).map { .literal(.text($0)) }
        case .character: return .literal(.text(String(reader.text(node).dropFirst())))
        case .regex:
            guard reader.named(node).contains(where: { reader.kind($0) == .interpolation }) else { return .mixture([]) }
            program.creations[node] = "Regexp"
            return .create("Regexp", [Argument(name: nil, value: Expression(node: node, form: text(node)))])
        case .integer: return LiteralText.integer(reader.text(node)).map { .literal(.integer($0)) }
        case .float: return LiteralText.real(reader.text(node)).map { .literal(.real($0)) }
        case .true_: return .literal(.truth(true))
        case .false_: return .literal(.truth(false))
        case .nil_: return .literal(.null)
        default: return nil
        }
    }

    /// A text with values in it; without any, a literal.
    private mutating func text(_ node: Int) -> Expression.Form {
        var parts: [Expression] = []
        var literal = ""
        let isRaw = reader.text(node).hasPrefix("'")
        func flush() {
            if !literal.isEmpty { parts.append(Expression(node: node, form: .literal(.text(literal)))) }
            literal = ""
        }
        for child in reader.named(node) {
            switch reader.kind(child) {
            case .string_content, .heredoc_content:
                literal += isRaw ? Self.unescapedSingle(reader.text(child)) : reader.text(child)
            case .escape_sequence: literal += LiteralText.unescaped(reader.text(child))
            case .interpolation:
                flush()
                if let value = reader.named(child).first { parts.append(written(expression(value))) }
            default: break
            }
        }
        guard !parts.isEmpty else { return .literal(.text(literal)) }
        flush()
        return .text(parts)
    }

    /// All of a request's values are written as they are inspected.
    private func written(_ value: Expression) -> Expression {
        guard case .name("params") = value.form else { return value }
        return Expression(node: value.node, form: .call(value, "inspect", []))
    }

    /// In single quotes only the quote and the backslash are escaped.
    private static func unescapedSingle(_ text: String) -> String {
        text.contains("\\") ? text.replacing("\\'", with: "'").replacing("\\\\", with: "\\") : text
    }

    /// Bodies of here-documents come in the order in which they are begun.
    mutating func findHeredocs() {
        var begun: [Int] = []
        var bodies: [Int] = []
        for node in reader.tree.subtree(0) {
            switch reader.kind(node) {
            case .heredoc_beginning: begun.append(node)
            case .heredoc_body: bodies.append(node)
            default: break
            }
        }
        guard begun.count == bodies.count else { return }
        heredocs = Dictionary(zip(begun, bodies)) { first, _ in first }
    }

    // MARK: Patterns

    /// What a regular expression lets through; nil for what is none. Its `^` and `$` are the ends of a line.
    mutating func pattern(_ node: Int) -> NarrowPattern? {
        switch reader.kind(node) {
        case .constant: return patterns[reader.text(node)]
        case .regex:
            let parts = reader.named(node)
            guard !parts.contains(where: { reader.kind($0) == .interpolation }) else { return nil }
            let body = parts.map(reader.text).joined()
            let spans = body.hasPrefix("\\A") && body.lowercased().hasSuffix("\\z")
            return NarrowPattern("/" + body + "/" + (spans ? "" : "m"))
        default: return nil
        }
    }

    mutating func note(_ constant: String, pattern node: Int) {
        var node = node
        while let inner = reader.child(node, .receiver), reader.kind(node) == .call { node = inner }
        if let pattern = pattern(node) { patterns[constant] = pattern }
    }

    /// A comparison of a value with a pattern; `match anchored` where only harmless characters pass. Nil where neither
    /// side is a pattern that is known.
    mutating func check(_ one: Int, _ two: Int, at node: Int) -> Expression.Form? {
        let isRight = reader.kind(two) == .regex || pattern(two) != nil
        return check(expression(isRight ? one : two), with: isRight ? two : one, at: node)
    }

    /// - Parameter regex: `match prefixed` if it demands a beginning.
    mutating func check(_ subject: Expression, with regex: Int, at node: Int) -> Expression.Form? {
        if reader.kind(regex) == .regex, demandsBeginning(regex) {
            return .call(nil, "match prefixed", [Argument(name: nil, value: subject)])
        }
        guard let pattern = pattern(regex) else { return nil }
        let isCheck = pattern.isNarrow && pattern.isAnchored
        return .call(
            nil, isCheck ? "match anchored" : "match?", [Argument(name: nil, value: subject)])
    }

    /// Whether a value must start with a known path or host: `/\A#{Regexp.escape(root)}/`, `%r{\Ahttps://example\.org/}`.
    private mutating func demandsBeginning(_ regex: Int) -> Bool {
        let parts = reader.named(regex)
        guard let first = parts.first, reader.kind(first) == .string_content || reader.kind(first) == .escape_sequence
        else { return false }
        let whole = reader.text(regex).drop { $0 != "\\" }
        guard whole.hasPrefix("\\A") else { return false }
        let rest = whole.dropFirst(2)
        return rest.hasPrefix("#{") || rest.hasPrefix("http") && rest.dropFirst(5).contains(".")
    }
}
