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

    /// An expression of which nothing is known.
    func nothing(_ node: Int) -> Expression { Expression(node: node, form: .mixture([])) }
}
