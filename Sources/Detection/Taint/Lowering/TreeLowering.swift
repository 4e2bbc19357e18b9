/// What all lowerings into a `Program` share: how far they follow nesting, and statements one by one.
protocol TreeLowering {
    /// What came of the tree so far.
    var program: Program { get set }
    /// How deep what is being lowered is nested.
    var depth: Int { get set }

    /// Lowers a statement whose depth is allowed.
    mutating func single(_ node: Int) -> [Statement]
}

extension TreeLowering {
    /// Deeper nesting is left out and the program marked as partial.
    static var deepest: Int { 150 }

    /// Lowers what is nested one level deeper; `nothing` where that is too deep.
    mutating func nested<Result>(
        else nothing: @autoclosure () -> Result, _ lower: (inout Self) -> Result
    ) -> Result {
        guard depth < Self.deepest else {
            program.isWhole = false
            return nothing()
        }
        depth += 1
        defer { depth -= 1 }
        return lower(&self)
    }

    mutating func nestedExpression(_ node: Int, _ form: (inout Self) -> Expression.Form) -> Expression {
        nested(else: Expression(node: node, form: .mixture([]))) { Expression(node: node, form: form(&$0)) }
    }

    mutating func statement(_ node: Int) -> [Statement] { nested(else: []) { $0.single(node) } }

    mutating func statements(_ nodes: [Int]) -> [Statement] { nodes.flatMap { statement($0) } }

    /// The parts of a text made from a known format: what `%d` takes is a number. Nil for unusual formats.
    static func formatted(_ values: [Argument]) -> [Expression]? {
        guard case .literal(.text(let format)) = values[0].value.form else { return nil }
        let node = values[0].value.node
        var parts: [Expression] = []
        var literal = ""
        var next = 1
        var rest = format[...]
        while let character = rest.popFirst() {
            guard character == "%" else {
                literal.append(character)
                continue
            }
            let flags = rest.prefix { "0123456789.+-'$".contains($0) }
            rest = rest.dropFirst(flags.count)
            guard let letter = rest.popFirst(), letter == "%" || letter.isLetter else { return nil }
            if letter == "%" {
                literal.append("%")
                continue
            }
            var position = next
            if let sign = flags.firstIndex(of: "$") {
                guard let number = Int(flags[..<sign]) else { return nil }
                position = number
            } else {
                next += 1
            }
            guard position > 0, position < values.count, !values[position].isSpread else { return nil }
            parts.append(Expression(node: node, form: .literal(.text(literal))))
            literal = ""
            let value = values[position].value
            parts.append(
                letter == "s" || letter == "p" ? value : Expression(node: value.node, form: .cast("int", value)))
        }
        return parts + [Expression(node: node, form: .literal(.text(literal)))]
    }

    /// An expression of which nothing is known.
    func nothing(_ node: Int) -> Expression { Expression(node: node, form: .mixture([])) }
}
