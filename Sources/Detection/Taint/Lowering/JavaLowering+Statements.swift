import SyntaxTree

extension JavaLowering {
    /// The statements of a body that may be a block or a single one.
    mutating func block(_ node: Int?) -> [Statement] {
        guard let node else { return [] }
        switch reader.kind(node) {
        case .block, .constructor_body: return statements(reader.named(node))
        default: return statement(node)
        }
    }

    mutating func single(_ node: Int) -> [Statement] {
        switch reader.kind(node) {
        case .block: return [Statement(node: node, form: .block(statements(reader.named(node))))]
        case .local_variable_declaration: return declarations(node)
        case .expression_statement, .assert_statement:
            return reader.named(node).prefix(1).map { Statement(node: node, form: .expression(expression($0))) }
        case .if_statement:
            let test = condition(node)
            let then = block(reader.child(node, .consequence))
            return [
                Statement(
                    node: node, form: .branch(test, then: then, otherwise: block(reader.child(node, .alternative))))
            ]
        case .switch_statement, .switch_expression: return [choice(node)]
        case .try_statement, .try_with_resources_statement: return [attempt(node)]
        case .return_statement, .yield_statement:
            return [Statement(node: node, form: .leave(reader.named(node).first.map { expression($0) }))]
        case .throw_statement:
            return [Statement(node: node, form: .raise(reader.named(node).first.map { expression($0) }))]
        case .break_statement: return [Statement(node: node, form: .stop)]
        case .continue_statement: return [Statement(node: node, form: .again)]
        case .labeled_statement: return reader.named(node).last.map { statement($0) } ?? []
        case .synchronized_statement: return block(reader.child(node, .body))
        case .class_declaration, .interface_declaration, .enum_declaration, .record_declaration:
            let name = reader.child(node, .name).map(reader.text) ?? ""
            body(reader.child(node, .body), of: node, name: name, supertypes: [])
            return []
        default: return loop(node)
        }
    }

    private mutating func condition(_ node: Int) -> Expression {
        reader.child(node, .condition).map { expression($0) } ?? Expression(node: node, form: .mixture([]))
    }

    private mutating func declarations(_ node: Int) -> [Statement] {
        let type = reader.child(node, .type).map(typeName)
        return reader.children(node, .declarator).compactMap { declarator in
            guard let name = reader.child(declarator, .name) else { return nil }
            // Without a value it still hides a field of the same name and has a type.
            let value = reader.child(declarator, .value).map { expression($0) }
            let target = Expression(node: name, form: .name(reader.text(name)))
            let nothing = Expression(node: declarator, form: .mixture([]))
            let assigned = Expression(node: declarator, form: .assign(target, value ?? nothing, type: type))
            return Statement(node: declarator, form: .expression(assigned))
        }
    }

    private mutating func loop(_ node: Int) -> [Statement] {
        switch reader.kind(node) {
        case .for_statement:
            let starts = reader.children(node, .initializer).flatMap { simple($0) }
            let test = reader.child(node, .condition).map { expression($0) }
            let steps = reader.children(node, .update).flatMap { simple($0) }
            let body = block(reader.child(node, .body))
            return starts + [Statement(node: node, form: .loop(test: test, body: body, step: steps, testsFirst: true))]
        case .while_statement:
            let body = block(reader.child(node, .body))
            return [Statement(node: node, form: .loop(test: condition(node), body: body, step: [], testsFirst: true))]
        case .do_statement:
            let body = block(reader.child(node, .body))
            return [Statement(node: node, form: .loop(test: condition(node), body: body, step: [], testsFirst: false))]
        case .enhanced_for_statement:
            guard let name = reader.child(node, .name), let value = reader.child(node, .value) else { return [] }
            let target = Expression(node: name, form: .name(reader.text(name)))
            let type = reader.child(node, .type).map(typeName)
            let source = expression(value)
            let body = block(reader.child(node, .body))
            return [Statement(node: node, form: .forEach(target: target, type: type, source: source, body: body))]
        default:
            return [Statement(node: node, form: .expression(expression(node)))]
        }
    }

    private mutating func simple(_ node: Int) -> [Statement] {
        reader.kind(node) == .local_variable_declaration
            ? declarations(node) : [Statement(node: node, form: .expression(expression(node)))]
    }

    private mutating func attempt(_ node: Int) -> Statement {
        var body: [Statement] = []
        if let resources = reader.child(node, .resources) {
            for resource in reader.named(resources) {
                guard let name = reader.child(resource, .name), let value = reader.child(resource, .value) else {
                    continue
                }
                let target = Expression(node: name, form: .name(reader.text(name)))
                let type = reader.child(resource, .type).map(typeName)
                let assigned = Expression(node: resource, form: .assign(target, expression(value), type: type))
                body.append(Statement(node: resource, form: .expression(assigned)))
            }
        }
        body += block(reader.child(node, .body))
        var handlers: [Statement.Handler] = []
        var finally: [Statement] = []
        for child in reader.named(node) {
            if reader.kind(child) == .catch_clause {
                let parameter = reader.named(child).first.flatMap { reader.child($0, .name) }
                handlers.append(.init(name: parameter.map(reader.text), body: block(reader.child(child, .body))))
            } else if reader.kind(child) == .finally_clause {
                finally = block(reader.named(child).first)
            }
        }
        return Statement(node: node, form: .attempt(body: body, handlers: handlers, finally: finally))
    }

    private mutating func choice(_ node: Int) -> Statement {
        var cases: [Statement.Case] = []
        for group in reader.child(node, .body).map(reader.named) ?? [] {
            let isRule = reader.kind(group) == .switch_rule
            var labels: [Expression] = []
            var isDefault = false
            var body: [Statement] = []
            for part in reader.named(group) {
                if reader.kind(part) == .switch_label {
                    let values = reader.named(part)
                    if values.isEmpty { isDefault = true }
                    labels += values.map { expression($0) }
                } else {
                    body += statement(part)
                }
            }
            cases.append(.init(labels: isDefault ? [] : labels, body: body, fallsThrough: !isRule, isOpen: false))
        }
        return Statement(node: node, form: .choose(condition(node), cases))
    }
}
