import SyntaxTree

extension RubyLowering {
    mutating func single(_ node: Int) -> [Statement] { last(node, .dropped) }

    /// The statements of a body, or of a lone statement.
    mutating func block(_ node: Int, _ tail: Tail) -> [Statement] {
        switch reader.kind(node) {
        case .body_statement, .block_body, .then, .do_, .begin, .else_, .ensure, .parenthesized_statements,
            .begin_block:
            return sequence(reader.named(node), tail)
        default: return statement(node, tail)
        }
    }

    private mutating func statement(_ node: Int, _ tail: Tail) -> [Statement] {
        nested(else: []) { $0.last(node, tail) }
    }

    /// - Parameter tail: what becomes of the last one's value.
    private mutating func sequence(_ nodes: [Int], _ tail: Tail) -> [Statement] {
        let clauses: Set<RubyKind> = [.rescue, .ensure, .else_]
        let own = nodes.filter { node in
            guard let kind = reader.kind(node) else { return true }
            return !clauses.contains(kind) && kind != .heredoc_body && kind != .empty_statement
        }
        let handlers = nodes.filter { reader.kind($0) == .rescue }
        let ensure = nodes.first { reader.kind($0) == .ensure }
        let otherwise = nodes.first { reader.kind($0) == .else_ }
        guard !handlers.isEmpty || ensure != nil else { return plain(own, tail) }
        let body = otherwise.map { plain(own, .dropped) + block($0, tail) } ?? plain(own, tail)
        let caught = handlers.map { handler($0, tail) }
        let finally = ensure.map { block($0, .dropped) } ?? []
        let form = Statement.Form.attempt(body: body, handlers: caught, finally: finally)
        return [Statement(node: nodes[0], form: form)]
    }

    private mutating func plain(_ nodes: [Int], _ tail: Tail) -> [Statement] {
        guard let end = nodes.last else { return [] }
        return statements(Array(nodes.dropLast())) + statement(end, tail)
    }

    private mutating func handler(_ node: Int, _ tail: Tail) -> Statement.Handler {
        let variable = reader.child(node, .variable).flatMap { reader.named($0).first }
        var name: String?
        if let variable, reader.kind(variable) == .identifier {
            name = reader.text(variable)
            scope.locals.insert(reader.text(variable))
        }
        return .init(name: name, body: reader.child(node, .body).map { block($0, tail) } ?? [])
    }

    /// Lowers a statement with what runs before it.
    private mutating func last(_ node: Int, _ tail: Tail) -> [Statement] {
        let waiting = pending
        pending = []
        let own = lowered(node, tail)
        let result = pending + own
        pending = waiting
        return result
    }

    private mutating func lowered(_ node: Int, _ tail: Tail) -> [Statement] {
        switch reader.kind(node) {
        case .method: return definition(node, isStatic: false)
        case .singleton_method: return definition(node, isStatic: true)
        case .class_, .module:
            type(node)
            return []
        case .if_, .unless, .elsif, .if_modifier, .unless_modifier: return branch(node, tail)
        case .case_, .case_match: return choice(node, tail)
        case .while_, .until, .while_modifier, .until_modifier, .for_: return loop(node)
        case .begin, .parenthesized_statements, .begin_block: return block(node, tail)
        case .return_, .next, .break_, .redo, .retry: return jump(node)
        case .binary: return decided(node, tail) ?? valued(node, tail)
        case .alias, .undef, .singleton_class, .heredoc_body: return []
        default: return raised(node) ?? valued(node, tail)
        }
    }

    private mutating func valued(_ node: Int, _ tail: Tail) -> [Statement] {
        let value = expression(node)
        switch tail {
        case .dropped: return [Statement(node: node, form: .expression(value))]
        case .left: return [Statement(node: node, form: .leave(value))]
        case .kept(let name): return [kept(variable(name, at: node), value, at: node)]
        }
    }

    /// Methods outside classes; those in a function belong to its class.
    private mutating func definition(_ node: Int, isStatic: Bool) -> [Statement] {
        let number = function(node, isStatic: isStatic)
        return owner == nil ? [Statement(node: node, form: .define(number))] : []
    }

    // MARK: Branches

    private mutating func branch(_ node: Int, _ tail: Tail) -> [Statement] {
        let kind = reader.kind(node)
        var condition = reader.child(node, .condition).map { expression($0) } ?? nothing(node)
        if kind == .unless || kind == .unless_modifier {
            condition = Expression(node: condition.node, form: .not(condition))
        }
        let body = reader.child(node, .consequence) ?? reader.child(node, .body)
        let then = body.map { block($0, tail) } ?? []
        let otherwise = reader.child(node, .alternative).map { block($0, tail) } ?? []
        return [Statement(node: node, form: .branch(condition, then: then, otherwise: otherwise))]
    }

    private static let jumps: Set<RubyKind> = [.return_, .next, .break_, .redo, .retry]

    /// `check or return`, `found || raise(Missing)`; nil where the right side is a value.
    private mutating func decided(_ node: Int, _ tail: Tail) -> [Statement]? {
        guard let sign = reader.child(node, .operator).map(reader.text), let left = reader.child(node, .left),
            let right = reader.child(node, .right), ["and", "or", "&&", "||"].contains(sign)
        else { return nil }
        let isJump = reader.kind(right).map(Self.jumps.contains) ?? false
        guard isJump || isRaise(right) else {
            guard case .dropped = tail else { return nil }
            return [decision(sign, left, right, at: node)]
        }
        let decision = decision(sign, left, right, at: node)
        guard case .dropped = tail else { return [decision] + (sign == "or" || sign == "||" ? valued(left, tail) : []) }
        return [decision]
    }

    private mutating func decision(_ sign: String, _ left: Int, _ right: Int, at node: Int) -> Statement {
        var condition = expression(left)
        if sign == "or" || sign == "||" { condition = Expression(node: left, form: .not(condition)) }
        return Statement(node: node, form: .branch(condition, then: statement(right, .dropped), otherwise: []))
    }

    private mutating func choice(_ node: Int, _ tail: Tail) -> [Statement] {
        let subject = reader.child(node, .value).map { expression($0) } ?? nothing(node)
        if reader.kind(node) == .case_, let branches = branches(node, subject, tail) { return branches }
        var cases: [Statement.Case] = []
        for clause in reader.named(node) {
            switch reader.kind(clause) {
            case .when: cases.append(when(clause, tail))
            case .in_clause:
                if let pattern = reader.child(clause, .pattern) { pending += captures(pattern, of: subject) }
                let body = reader.child(clause, .body).map { block($0, tail) } ?? []
                cases.append(.init(labels: [], body: body, fallsThrough: false, isOpen: true))
            case .else_: cases.append(.init(labels: [], body: block(clause, tail), fallsThrough: false, isOpen: false))
            default: break
            }
        }
        return [Statement(node: node, form: .choose(subject, cases))]
    }

    /// A choice between patterns, as branches; nil if there is none among what it chooses by.
    private mutating func branches(_ node: Int, _ subject: Expression, _ tail: Tail) -> [Statement]? {
        let clauses = reader.named(node).filter { reader.kind($0) == .when }
        let labels = clauses.map { clause in
            reader.named(clause).filter { reader.kind($0) == .pattern }.compactMap { reader.named($0).first }
        }
        guard labels.joined().contains(where: { reader.kind($0) == .regex }) else { return nil }
        var result: [Statement] = reader.named(node).first { reader.kind($0) == .else_ }.map { block($0, tail) } ?? []
        // `case name = value` is about the name.
        let kept = if case .assign(let place, _, _) = subject.form { place } else { subject }
        for (clause, labels) in zip(clauses, labels).reversed() {
            let tests = labels.map { test(kept, $0) }
            let whole = tests.dropFirst().reduce(tests.first ?? nothing(clause)) { one, two in
                Expression(node: clause, form: .binary(.or, one, two))
            }
            let then = reader.child(clause, .body).map { block($0, tail) } ?? []
            result = [Statement(node: clause, form: .branch(whole, then: then, otherwise: result))]
        }
        return [Statement(node: node, form: .expression(subject))] + result
    }

    private mutating func test(_ subject: Expression, _ label: Int) -> Expression {
        if reader.kind(label) == .regex {
            return check(subject, with: label, at: label).map { Expression(node: label, form: $0) } ?? nothing(label)
        }
        let value = expression(label)
        guard case .literal = value.form else { return nothing(label) }
        return Expression(node: label, form: .binary(.equal, subject, value))
    }

    private mutating func when(_ clause: Int, _ tail: Tail) -> Statement.Case {
        let labels = reader.named(clause).filter { reader.kind($0) == .pattern }.compactMap { reader.named($0).first }
            .map { expression($0) }
        let isKnown = labels.allSatisfy { if case .literal = $0.form { true } else { false } }
        let body = reader.child(clause, .body).map { block($0, tail) } ?? []
        return .init(
            labels: isKnown ? labels : [], body: body, fallsThrough: false, isOpen: !isKnown || labels.isEmpty)
    }

    /// The names a pattern binds each hold something of the value.
    mutating func captures(_ pattern: Int, of subject: Expression) -> [Statement] {
        var result: [Statement] = []
        for node in reader.tree.subtree(pattern) where reader.tree.isNamed(node) {
            var name: String?
            switch reader.kind(node) {
            case .identifier: name = reader.text(node)
            case .keyword_pattern where reader.child(node, .value) == nil:
                name = reader.child(node, .key).map(reader.text)
            default: break
            }
            guard let name else { continue }
            scope.locals.insert(name)
            let part = Expression(node: node, form: .mixture([subject]))
            result.append(kept(variable(name, at: node), part, at: node))
        }
        return result
    }

    // MARK: Loops and jumps

    private mutating func loop(_ node: Int) -> [Statement] {
        let kind = reader.kind(node)
        guard kind != .for_ else { return each(node) }
        var test = reader.child(node, .condition).map { expression($0) } ?? nothing(node)
        if kind == .until || kind == .until_modifier { test = Expression(node: test.node, form: .not(test)) }
        let body = reader.child(node, .body)
        let testsFirst = body.map { reader.kind($0) != .begin } ?? true
        scope.enclosing.append(.loop)
        let inner = body.map { block($0, .dropped) } ?? []
        scope.enclosing.removeLast()
        return [Statement(node: node, form: .loop(test: test, body: inner, step: [], testsFirst: testsFirst))]
    }

    private mutating func each(_ node: Int) -> [Statement] {
        guard let pattern = reader.child(node, .pattern), let source = reader.child(node, .value),
            let list = reader.named(source).first
        else { return [] }
        let all = expression(list)
        let place = target(pattern)
        scope.enclosing.append(.loop)
        let inner = reader.child(node, .body).map { block($0, .dropped) } ?? []
        scope.enclosing.removeLast()
        return [Statement(node: node, form: .forEach(target: place, type: nil, source: all, body: inner))]
    }

    private mutating func jump(_ node: Int) -> [Statement] {
        let values = reader.named(node).first.map { reader.named($0).map { expression($0) } } ?? []
        let value =
            values.count > 1 ? Expression(node: node, form: .sequence(values)) : values.first
        switch reader.kind(node) {
        case .return_: return [Statement(node: node, form: .leave(value))]
        case .next:
            switch scope.enclosing.last {
            case .loop: return [Statement(node: node, form: .again)]
            case .block(let name):
                let place = variable(name, at: node)
                return (value.map { [kept(place, $0, at: node)] } ?? []) + [Statement(node: node, form: .again)]
            case .function, nil: return [Statement(node: node, form: .leave(value))]
            }
        case .break_:
            guard case .function? = scope.enclosing.last else { return [Statement(node: node, form: .stop)] }
            return [Statement(node: node, form: .leave(value))]
        default: return [Statement(node: node, form: .raise(nil))]
        }
    }

    private mutating func isRaise(_ node: Int) -> Bool {
        let method = reader.kind(node) == .call ? reader.child(node, .method) ?? node : node
        guard reader.child(node, .receiver) == nil else { return false }
        return ["raise", "fail", "abort", "exit"].contains(reader.text(method))
    }

    private mutating func raised(_ node: Int) -> [Statement]? {
        guard [.call, .identifier].contains(reader.kind(node)), isRaise(node) else { return nil }
        return [Statement(node: node, form: .raise(expression(node)))]
    }
}
