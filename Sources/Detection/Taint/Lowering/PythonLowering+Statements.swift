import SyntaxTree

extension PythonLowering {
    mutating func block(_ node: Int?) -> [Statement] {
        node.map { statements(reader.named($0)) } ?? []
    }

    mutating func single(_ node: Int) -> [Statement] {
        switch reader.kind(node) {
        case .function_definition: return define(node, marks: [])
        case .class_definition:
            type(node, marks: [])
            return []
        case .decorated_definition:
            let decorators = reader.named(node).filter { reader.kind($0) == .decorator }
            let marks = decorators.map(markName)
            guard let inner = reader.child(node, .definition) else { return [] }
            if reader.kind(inner) == .class_definition { type(inner, marks: marks) }
            guard reader.kind(inner) == .function_definition else { return [] }
            let result = define(inner, marks: marks)
            if decorators.count == 1 { program.functions[program.functions.count - 1].route = route(decorators[0]) }
            return result
        case .import_statement, .import_from_statement:
            importNames(node)
            return []
        case .if_statement: return [branch(node, alternatives: reader.children(node, .alternative)[...])]
        case .try_statement: return [attempt(node)]
        case .with_statement: return with(node)
        case .match_statement: return [choice(node)]
        case .return_statement:
            return [Statement(node: node, form: .leave(reader.named(node).first.map { expression($0) }))]
        case .raise_statement:
            return [Statement(node: node, form: .raise(reader.named(node).first.map { expression($0) }))]
        case .break_statement: return [Statement(node: node, form: .stop)]
        case .continue_statement: return [Statement(node: node, form: .again)]
        case .delete_statement: return deletions(node)
        default: return loop(node)
        }
    }

    /// The text a decorator is given first, an address if it is a route.
    private mutating func route(_ decorator: Int) -> String? {
        guard let call = reader.named(decorator).first, let list = reader.child(call, .arguments),
            let first = reader.named(list).first, case .literal(.text(let text)) = expression(first).form
        else { return nil }
        return text
    }

    private mutating func define(_ node: Int, marks: [String]) -> [Statement] {
        let number = function(node, marks: marks)
        return owner == nil ? [Statement(node: node, form: .define(number))] : []
    }

    private mutating func test(_ node: Int) -> Expression {
        reader.child(node, .condition).map { expression($0) } ?? Expression(node: node, form: .mixture([]))
    }

    private mutating func branch(_ node: Int, alternatives: ArraySlice<Int>) -> Statement {
        let condition = test(node)
        let then = block(reader.child(node, .consequence))
        var otherwise: [Statement] = []
        if let next = alternatives.first {
            if reader.kind(next) == .elif_clause, depth < Self.deepest {
                depth += 1
                otherwise = [branch(next, alternatives: alternatives.dropFirst())]
                depth -= 1
            } else {
                otherwise = block(reader.child(next, .body))
            }
        }
        return Statement(node: node, form: .branch(condition, then: then, otherwise: otherwise))
    }

    private mutating func loop(_ node: Int) -> [Statement] {
        switch reader.kind(node) {
        case .while_statement:
            let body = block(reader.child(node, .body))
            let after = reader.child(node, .alternative).map { block(reader.child($0, .body)) } ?? []
            return [Statement(node: node, form: .loop(test: test(node), body: body, step: [], testsFirst: true))]
                + after
        case .for_statement:
            guard let left = reader.child(node, .left), let right = reader.child(node, .right) else { return [] }
            let (target, source) = (expression(left), expression(right))
            let body = block(reader.child(node, .body))
            let after = reader.child(node, .alternative).map { block(reader.child($0, .body)) } ?? []
            return [Statement(node: node, form: .forEach(target: target, type: nil, source: source, body: body))]
                + after
        case .expression_statement, .assert_statement:
            return reader.named(node).prefix(1).map { Statement(node: node, form: .expression(expression($0))) }
        default:
            return [Statement(node: node, form: .expression(expression(node)))]
        }
    }

    private mutating func attempt(_ node: Int) -> Statement {
        var body = block(reader.child(node, .body))
        var handlers: [Statement.Handler] = []
        var finally: [Statement] = []
        for child in reader.named(node) {
            switch reader.kind(child) {
            case .except_clause, .except_group_clause:
                let parts = reader.named(child)
                let target = parts.first.flatMap { reader.kind($0) == .as_pattern ? reader.child($0, .alias) : nil }
                handlers.append(.init(name: target.map(reader.text), body: block(parts.last)))
            case .else_clause: body += block(reader.child(child, .body))
            case .finally_clause: finally = block(reader.named(child).last)
            default: break
            }
        }
        return Statement(node: node, form: .attempt(body: body, handlers: handlers, finally: finally))
    }

    private mutating func with(_ node: Int) -> [Statement] {
        var result: [Statement] = []
        let clause = reader.named(node).first { reader.kind($0) == .with_clause }
        for item in clause.map(reader.named) ?? [] {
            guard let value = reader.child(item, .value) else { continue }
            result.append(Statement(node: item, form: .expression(expression(value))))
        }
        return result + block(reader.child(node, .body))
    }

    /// `del map[key]`.
    private mutating func deletions(_ node: Int) -> [Statement] {
        let targets = reader.named(node).flatMap { reader.kind($0) == .expression_list ? reader.named($0) : [$0] }
        return targets.compactMap { target in
            guard reader.kind(target) == .subscript_, let value = reader.child(target, .value),
                let key = reader.child(target, .subscript_)
            else { return nil }
            let call = Expression(
                node: target,
                form: .call(expression(value), "__delitem__", [Argument(name: nil, value: expression(key))]))
            return Statement(node: target, form: .expression(call))
        }
    }

    private mutating func choice(_ node: Int) -> Statement {
        let subject = reader.child(node, .subject).map { expression($0) } ?? Expression(node: node, form: .mixture([]))
        var cases: [Statement.Case] = []
        let clauses = reader.child(node, .body).map(reader.named) ?? reader.children(node, .alternative)
        for clause in clauses where reader.kind(clause) == .case_clause || reader.kind(clause) == .case_block {
            let body = block(reader.child(clause, .consequence))
            let patterns = reader.named(clause).filter { $0 != reader.child(clause, .consequence) }
            cases.append(patternCase(patterns, body))
        }
        return Statement(node: node, form: .choose(subject, cases))
    }

    private mutating func patternCase(_ patterns: [Int], _ body: [Statement]) -> Statement.Case {
        let texts = patterns.map(reader.text)
        if texts == ["_"] { return .init(labels: [], body: body, fallsThrough: false, isOpen: false) }
        guard texts.count == 1, let pattern = patterns.first else {
            return .init(labels: [], body: body, fallsThrough: false, isOpen: true)
        }
        var labels: [Expression] = []
        for leaf in reader.tree.subtree(pattern) {
            switch reader.kind(leaf) {
            case .string, .integer, .true_, .false_, .nothing: labels.append(expression(leaf))
            case .case_pattern, .string_content, nil: break
            default:
                if reader.tree.isNamed(leaf), reader.tree.kindName(leaf).hasPrefix("string") { break }
                return .init(labels: [], body: body, fallsThrough: false, isOpen: true)
            }
        }
        return .init(labels: labels, body: body, fallsThrough: false, isOpen: labels.isEmpty)
    }
}
