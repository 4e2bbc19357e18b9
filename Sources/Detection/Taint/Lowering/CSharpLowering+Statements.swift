import SyntaxTree

extension CSharpLowering {
    /// A block, or the one statement that stands for it.
    mutating func block(_ node: Int?) -> [Statement] {
        guard let node else { return [] }
        return reader.kind(node) == .block ? statements(reader.named(node)) : statement(node)
    }

    mutating func single(_ node: Int) -> [Statement] {
        switch reader.kind(node) {
        case .block: return [Statement(node: node, form: .block(statements(reader.named(node))))]
        case .local_declaration_statement:
            return reader.named(node).filter { reader.kind($0) == .variable_declaration }.flatMap { variables($0) }
        case .expression_statement:
            return reader.named(node).prefix(1).map { Statement(node: node, form: .expression(expression($0))) }
        case .if_statement:
            let then = block(reader.child(node, .consequence))
            let otherwise = block(reader.child(node, .alternative))
            return [Statement(node: node, form: .branch(condition(node), then: then, otherwise: otherwise))]
        case .switch_statement: return [choice(node)]
        case .try_statement: return [attempt(node)]
        case .using_statement: return reader.named(node).flatMap { part in simple(part) }
        case .lock_statement, .checked_statement, .unsafe_statement, .fixed_statement, .labeled_statement:
            return block(reader.named(node).last)
        case .return_statement:
            return [Statement(node: node, form: .leave(reader.named(node).first.map { expression($0) }))]
        case .yield_statement: return [yield(node)]
        case .throw_statement:
            return [Statement(node: node, form: .raise(reader.named(node).first.map { expression($0) }))]
        case .break_statement: return [Statement(node: node, form: .stop)]
        case .continue_statement: return [Statement(node: node, form: .again)]
        case .local_function_statement: return [localFunction(node)]
        case .preproc_if, .preproc_elif, .preproc_else: return statements(reader.named(node))
        case .empty_statement, .goto_statement: return []
        default: return loop(node)
        }
    }

    private mutating func condition(_ node: Int) -> Expression {
        reader.child(node, .condition).map { expression($0) } ?? nothing(node)
    }

    /// What an iterator gives does not end it.
    private mutating func yield(_ node: Int) -> Statement {
        guard let value = reader.named(node).first else { return Statement(node: node, form: .leave(nil)) }
        let given = Statement(node: node, form: .leave(expression(value)))
        return Statement(node: node, form: .branch(nothing(node), then: [given], otherwise: []))
    }

    private mutating func localFunction(_ node: Int) -> Statement {
        var form = Function(name: reader.child(node, .name).map(reader.text) ?? "", node: node)
        form.parameters = parameters(reader.child(node, .parameters))
        form.body = body(node)
        program.functions.append(form)
        return Statement(node: node, form: .define(program.functions.count - 1))
    }

    private mutating func variables(_ node: Int) -> [Statement] {
        let written = reader.child(node, .type).map(typeName)
        return reader.named(node).compactMap { declarator in
            guard declarator != reader.child(node, .type) else { return nil }
            let target: Expression
            if let name = reader.child(declarator, .name) {
                target = Expression(node: name, form: .name(reader.text(name)))
            } else if let pattern = reader.named(declarator).first, reader.kind(pattern) == .tuple_pattern {
                target = expression(pattern)
            } else {
                return nil
            }
            // Without a value it still hides a field of the same name and has a type.
            let value = initial(declarator, type: written) ?? nothing(declarator)
            let assigned = Expression(node: declarator, form: .assign(target, value, type: written))
            return Statement(node: declarator, form: .expression(assigned))
        }
    }

    /// A part of `for (...)` or `using (...)`: a declaration, an expression, or the body.
    private mutating func simple(_ node: Int) -> [Statement] {
        switch reader.kind(node) {
        case .variable_declaration: return variables(node)
        default: return block(node)
        }
    }

    private mutating func loop(_ node: Int) -> [Statement] {
        switch reader.kind(node) {
        case .for_statement:
            let starts = reader.children(node, .start).flatMap { simple($0) }
            let test = reader.child(node, .condition).map { expression($0) }
            let steps = reader.children(node, .update).flatMap { simple($0) }
            let body = block(reader.child(node, .body))
            return starts + [Statement(node: node, form: .loop(test: test, body: body, step: steps, testsFirst: true))]
        case .while_statement, .do_statement:
            let testsFirst = reader.kind(node) == .while_statement
            let body = block(reader.child(node, .body))
            return [
                Statement(
                    node: node, form: .loop(test: condition(node), body: body, step: [], testsFirst: testsFirst))
            ]
        case .foreach_statement:
            guard let left = reader.child(node, .left), let right = reader.child(node, .right) else { return [] }
            var type = reader.child(node, .type).map(typeName).flatMap { $0 == "var" ? nil : $0 }
            if type == nil, readsArchives, reader.text(right).hasSuffix(".Entries") { type = "ZipArchiveEntry" }
            let target = expression(left)
            let source = expression(right)
            let body = block(reader.child(node, .body))
            return [Statement(node: node, form: .forEach(target: target, type: type, source: source, body: body))]
        default:
            return [Statement(node: node, form: .expression(expression(node)))]
        }
    }

    private mutating func attempt(_ node: Int) -> Statement {
        let body = block(reader.child(node, .body))
        var handlers: [Statement.Handler] = []
        var finally: [Statement] = []
        for child in reader.named(node) {
            if reader.kind(child) == .catch_clause {
                let declared = reader.named(child).first { reader.kind($0) == .catch_declaration }
                let name = declared.flatMap { reader.child($0, .name) }.map(reader.text)
                handlers.append(.init(name: name, body: block(reader.child(child, .body))))
            } else if reader.kind(child) == .finally_clause {
                finally = block(reader.named(child).first)
            }
        }
        return Statement(node: node, form: .attempt(body: body, handlers: handlers, finally: finally))
    }

    private mutating func choice(_ node: Int) -> Statement {
        let subject = reader.child(node, .value).map { expression($0) } ?? nothing(node)
        var cases: [Statement.Case] = []
        for section in reader.child(node, .body).map(reader.named) ?? [] {
            var parts = reader.named(section)
            let isDefault = reader.hasToken(section, "default")
            var labels: [Expression] = []
            var body: [Statement] = []
            if !isDefault, !parts.isEmpty {
                let pattern = parts.removeFirst()
                let constant = reader.kind(pattern) == .constant_pattern ? reader.named(pattern).first : nil
                if let constant, parts.first.map({ reader.kind($0) != .when_clause }) ?? true {
                    labels = [expression(constant)]
                } else {
                    body.append(Statement(node: pattern, form: .expression(fits(subject, pattern, at: pattern))))
                }
            }
            for part in parts { body += statement(part) }
            cases.append(
                .init(labels: labels, body: body, fallsThrough: true, isOpen: !isDefault && labels.isEmpty))
        }
        return Statement(node: node, form: .choose(subject, cases))
    }
}
