import SyntaxTree

extension GoLowering {
    mutating func block(_ node: Int) -> [Statement] {
        // What was learned of a variable inside holds inside.
        let outer = outcomes
        defer { outcomes = outer }
        return reader.named(node).flatMap { statement($0) }
    }

    mutating func single(_ node: Int) -> [Statement] {
        switch reader.kind(node) {
        case .block: return [Statement(node: node, form: .block(block(node)))]
        case .expression_statement, .go_statement, .defer_statement:
            return reader.named(node).prefix(1).map { Statement(node: node, form: .expression(expression($0))) }
        case .short_var_declaration, .assignment_statement, .receive_statement: return assignments(node)
        case .inc_statement, .dec_statement: return step(node)
        case .var_declaration: return variables(node, isGlobal: false)
        case .const_declaration: return constants(node)
        case .type_declaration:
            types(node)
            return []
        case .if_statement: return condition(node)
        case .for_statement: return loop(node)
        case .expression_switch_statement, .type_switch_statement: return choice(node)
        case .select_statement: return selection(node)
        case .return_statement: return [leave(node)]
        case .break_statement: return [Statement(node: node, form: .stop)]
        case .continue_statement: return [Statement(node: node, form: .again)]
        case .labeled_statement: return labelled(node)
        case .send_statement: return send(node)
        case .function_declaration, .method_declaration, .fallthrough_statement, nil: return []
        default: return [Statement(node: node, form: .expression(expression(node)))]
        }
    }

    private mutating func leave(_ node: Int) -> Statement {
        var values =
            reader.named(node).first.map { reader.kind($0) == .expression_list ? reader.named($0) : [$0] } ?? []
        if values.isEmpty, results.count > 1 {
            let items = results.map { Expression(node: $0.node, form: .name($0.name)) }
            return Statement(node: node, form: .leave(tuple(items, at: node)))
        }
        if values.isEmpty, let only = results.first {
            return Statement(node: node, form: .leave(Expression(node: node, form: .name(only.name))))
        }
        guard values.count > 1 else {
            return Statement(node: node, form: .leave(values.popLast().map { expression($0) }))
        }
        return Statement(node: node, form: .leave(tuple(values.map { expression($0) }, at: node)))
    }

    private func tuple(_ items: [Expression], at node: Int) -> Expression {
        Expression(node: node, form: .cast("tuple", Expression(node: node, form: .sequence(items))))
    }

    private mutating func condition(_ node: Int) -> [Statement] {
        let outer = outcomes
        defer { outcomes = outer }
        let first = reader.child(node, .start).map { statement($0) } ?? []
        let test = reader.child(node, .condition).map { expression($0) } ?? nothing(node)
        let then = reader.child(node, .consequence).map { block($0) } ?? []
        let otherwise = reader.child(node, .alternative).map { statement($0) } ?? []
        let branch = Statement(node: node, form: .branch(test, then: then, otherwise: otherwise))
        return first.isEmpty ? [branch] : [Statement(node: node, form: .block(first + [branch]))]
    }

    private mutating func loop(_ node: Int) -> [Statement] {
        let body = reader.child(node, .body)
        guard let head = reader.named(node).first, head != body else {
            return [endless(node, test: nil, body.map { block($0) } ?? [])]
        }
        switch reader.kind(head) {
        case .range_clause: return range(node, head, body)
        case .for_clause:
            let starts = reader.child(head, .start).map { statement($0) } ?? []
            let test = reader.child(head, .condition).map { expression($0) }
            let steps = reader.child(head, .update).map { statement($0) } ?? []
            let inner = body.map { block($0) } ?? []
            let loop = Statement(node: node, form: .loop(test: test, body: inner, step: steps, testsFirst: true))
            return starts + [loop]
        default: return [endless(node, test: expression(head), body.map { block($0) } ?? [])]
        }
    }

    /// A loop that is left from inner ones by its label may end at any time.
    private mutating func labelled(_ node: Int) -> [Statement] {
        guard let inner = reader.named(node).last else { return [] }
        let isLeft = reader.tree.subtree(node).contains {
            reader.kind($0) == .break_statement && !reader.named($0).isEmpty
        }
        guard isLeft, reader.kind(inner) == .for_statement, reader.named(inner).count == 1 else {
            return statement(inner)
        }
        return [endless(inner, test: nothing(inner), reader.named(inner).flatMap { block($0) })]
    }

    private func endless(_ node: Int, test: Expression?, _ body: [Statement]) -> Statement {
        Statement(node: node, form: .loop(test: test, body: body, step: [], testsFirst: true))
    }

    /// `for key, value := range source`.
    private mutating func range(_ node: Int, _ head: Int, _ body: Int?) -> [Statement] {
        let source = reader.child(head, .right).map { expression($0) } ?? nothing(head)
        let targets = reader.child(head, .left).map(reader.named) ?? []
        var inner: [Statement] = []
        if let key = targets.first, reader.text(key) != "_" {
            let keys = Expression(
                node: key, form: .call(nil, "range key", [Argument(name: nil, value: source)]))
            let stored = Expression(node: key, form: .assign(expression(key), keys, type: nil))
            inner.append(Statement(node: key, form: .expression(stored)))
        }
        if let body { inner += block(body) }
        let target = targets.count > 1 && reader.text(targets[1]) != "_" ? expression(targets[1]) : nothing(head)
        return [Statement(node: node, form: .forEach(target: target, type: nil, source: source, body: inner))]
    }

    /// `ch <- value`: whoever reads the channel may get it.
    private mutating func send(_ node: Int) -> [Statement] {
        guard let channel = reader.child(node, .channel), let value = reader.child(node, .value) else { return [] }
        let place = Expression(node: channel, form: .element(expression(channel), nothing(channel)))
        return [
            Statement(
                node: node,
                form: .expression(Expression(node: node, form: .assign(place, expression(value), type: nil))))
        ]
    }

    // MARK: Switches

    private mutating func choice(_ node: Int) -> [Statement] {
        let outer = outcomes
        defer { outcomes = outer }
        let first = reader.child(node, .start).map { statement($0) } ?? []
        let switched: Statement
        if reader.kind(node) == .type_switch_statement {
            switched = typeSwitch(node)
        } else if let value = reader.child(node, .value) {
            switched = Statement(node: node, form: .choose(expression(value), cases(node)))
        } else {
            switched = conditions(node)
        }
        return first.isEmpty ? [switched] : [Statement(node: node, form: .block(first + [switched]))]
    }

    private mutating func cases(_ node: Int) -> [Statement.Case] {
        var result: [Statement.Case] = []
        for part in reader.named(node) {
            let kind = reader.kind(part)
            guard kind == .expression_case || kind == .default_case else { continue }
            let list = reader.child(part, .value)
            let labels = list.map { reader.named($0).map { expression($0) } } ?? []
            let falls = reader.named(part).contains { reader.kind($0) == .fallthrough_statement }
            result.append(.init(labels: labels, body: body(part, after: list), fallsThrough: falls, isOpen: false))
        }
        return leavable(result)
    }

    /// `break` leaves the switch, not the loop around it: so it does where a case runs into what follows, as the last may.
    private func leavable(_ cases: [Statement.Case]) -> [Statement.Case] {
        guard let last = cases.last else { return [] }
        return cases.dropLast() + [.init(labels: last.labels, body: last.body, fallsThrough: true, isOpen: last.isOpen)]
    }

    private mutating func body(_ part: Int, after list: Int?) -> [Statement] {
        let outer = outcomes
        defer { outcomes = outer }
        return reader.named(part).filter { $0 != list }.flatMap { statement($0) }
    }

    /// A switch without a value is a chain of conditions.
    private mutating func conditions(_ node: Int) -> Statement {
        let parts = reader.named(node).filter {
            reader.kind($0) == .expression_case || reader.kind($0) == .default_case
        }
        var chain: [Statement] = []
        if let last = parts.first(where: { reader.kind($0) == .default_case }) { chain = body(last, after: nil) }
        for part in parts.reversed() where reader.kind(part) == .expression_case {
            guard let list = reader.child(part, .value) else { continue }
            let tests = reader.named(list).map { expression($0) }
            guard let first = tests.first else { continue }
            let test = tests.dropFirst().reduce(first) {
                Expression(node: list, form: .binary(.or, $0, $1))
            }
            chain = [Statement(node: part, form: .branch(test, then: body(part, after: list), otherwise: chain))]
        }
        let whole = Statement.Case(labels: [], body: chain, fallsThrough: true, isOpen: false)
        return Statement(node: node, form: .choose(Expression(node: node, form: .literal(.truth(true))), [whole]))
    }

    private mutating func typeSwitch(_ node: Int) -> Statement {
        let alias = reader.child(node, .alias).flatMap { reader.named($0).first }
        let value = reader.child(node, .value).map { expression($0) } ?? nothing(node)
        var cases: [Statement.Case] = []
        for part in reader.named(node) {
            let kind = reader.kind(part)
            guard kind == .type_case || kind == .default_case else { continue }
            let types = reader.children(part, .type)
            var statements: [Statement] = []
            if let alias {
                let name = types.count == 1 ? typeName(types[0]) : nil
                let cast = name.map { Expression(node: alias, form: .cast($0, value)) } ?? value
                statements.append(store(cast, as: reader.text(alias), at: alias))
            }
            for child in reader.named(part) where !types.contains(child) { statements += statement(child) }
            cases.append(.init(labels: [], body: statements, fallsThrough: false, isOpen: kind == .type_case))
        }
        return Statement(node: node, form: .choose(nothing(node), leavable(cases)))
    }

    private mutating func selection(_ node: Int) -> [Statement] {
        var cases: [Statement.Case] = []
        for part in reader.named(node) {
            let kind = reader.kind(part)
            guard kind == .communication_case || kind == .default_case else { continue }
            let first = reader.child(part, .communication)
            let statements = (first.map { statement($0) } ?? []) + body(part, after: first)
            cases.append(.init(labels: [], body: statements, fallsThrough: false, isOpen: kind == .communication_case))
        }
        return [Statement(node: node, form: .choose(nothing(node), leavable(cases)))]
    }
}
