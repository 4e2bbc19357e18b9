import SyntaxTree

extension JavaScriptLowering {
    /// Declared functions are there before the first statement runs.
    mutating func statements(_ nodes: [Int]) -> [Statement] {
        var hoisted: [Statement] = []
        var rest: [Statement] = []
        for node in nodes {
            let inner = reader.kind(node) == .export_statement ? reader.child(node, .declaration) ?? node : node
            switch reader.kind(inner) {
            case .function_declaration, .generator_function_declaration: hoisted += statement(node)
            default: rest += statement(node)
            }
        }
        return hoisted + rest
    }

    private mutating func block(_ node: Int?) -> [Statement] {
        guard let node else { return [] }
        return reader.kind(node) == .statement_block ? statements(reader.named(node)) : statement(node)
    }

    mutating func single(_ node: Int) -> [Statement] {
        switch reader.kind(node) {
        case .function_declaration, .generator_function_declaration:
            if let name = reader.child(node, .name), !scopes.isEmpty {
                scopes[scopes.count - 1].declared.insert(reader.text(name))
            }
            return [Statement(node: node, form: .define(function(node)))]
        case .class_declaration, .abstract_class_declaration:
            _ = type(node)
            return []
        case .import_statement:
            importNames(node)
            return []
        case .export_statement: return export(node)
        case .lexical_declaration, .variable_declaration:
            return reader.named(node).compactMap { declaration($0) }
        case .statement_block: return [Statement(node: node, form: .block(statements(reader.named(node))))]
        case .enum_declaration: return [enumeration(node)]
        case .internal_module, .module: return block(reader.child(node, .body))
        case .interface_declaration, .type_alias_declaration, .ambient_declaration, .empty_statement: return []
        default: return control(node)
        }
    }

    private mutating func control(_ node: Int) -> [Statement] {
        switch reader.kind(node) {
        case .expression_statement:
            guard let inner = reader.named(node).first else { return [] }
            if reader.kind(inner) == .internal_module { return statement(inner) }
            return [Statement(node: node, form: .expression(expression(inner)))]
        case .if_statement: return [branch(node)]
        case .for_statement, .for_in_statement, .while_statement, .do_statement: return loop(node)
        case .switch_statement: return [choice(node)]
        case .try_statement: return [attempt(node)]
        case .return_statement:
            return [Statement(node: node, form: .leave(reader.named(node).first.map { expression($0) }))]
        case .throw_statement:
            return [Statement(node: node, form: .raise(reader.named(node).first.map { expression($0) }))]
        case .break_statement: return [Statement(node: node, form: .stop)]
        case .continue_statement: return [Statement(node: node, form: .again)]
        case .labeled_statement: return block(reader.child(node, .body))
        default: return [Statement(node: node, form: .expression(expression(node)))]
        }
    }

    private mutating func declaration(_ node: Int) -> Statement? {
        guard reader.kind(node) == .variable_declarator, let name = reader.child(node, .name) else { return nil }
        let place = target(name, declares: true)
        let hint = reader.kind(name) == .identifier ? reader.text(name) : ""
        let value =
            reader.child(node, .value).map { expression($0, name: hint) }
            ?? Expression(node: node, form: .literal(.null))
        importRequired(place, value)
        let type = reader.child(node, .type).flatMap { typeName($0) }
        return Statement(
            node: node, form: .expression(Expression(node: node, form: .assign(place, value, type: type))))
    }

    /// An enumeration is an object of its members' values.
    private mutating func enumeration(_ node: Int) -> Statement {
        let name = reader.child(node, .name) ?? node
        var pairs: [(Expression, Expression)] = []
        for member in reader.child(node, .body).map(reader.named) ?? [] {
            let key = reader.child(member, .name) ?? member
            let value = reader.child(member, .value)
            pairs.append(
                (
                    Expression(node: key, form: .literal(.text(reader.text(key)))),
                    value.map { expression($0) } ?? Expression(node: key, form: .literal(.integer(pairs.count)))
                ))
        }
        let place = Expression(node: name, form: .name(reader.text(name)))
        let assignment = Expression.Form.assign(place, Expression(node: node, form: .mapping(pairs)), type: nil)
        return Statement(node: node, form: .expression(Expression(node: node, form: assignment)))
    }

    private mutating func branch(_ node: Int) -> Statement {
        let test = reader.child(node, .condition).map { expression($0) } ?? Expression(node: node, form: .mixture([]))
        let then = block(reader.child(node, .consequence))
        let otherwise = block(reader.child(node, .alternative).flatMap { reader.named($0).first })
        return Statement(node: node, form: .branch(test, then: then, otherwise: otherwise))
    }

    private mutating func loop(_ node: Int) -> [Statement] {
        if reader.kind(node) == .for_in_statement { return forEach(node) }
        var opening: [Statement] = []
        if let start = reader.child(node, .initializer) ?? reader.child(node, .start) { opening = statement(start) }
        let condition = reader.child(node, .condition).flatMap { part in
            reader.kind(part) == .expression_statement ? reader.named(part).first : part
        }
        let test = condition.flatMap { reader.kind($0) == .empty_statement ? nil : expression($0) }
        let body = block(reader.child(node, .body))
        let step = reader.child(node, .increment).map {
            [Statement(node: $0, form: .expression(expression($0)))]
        }
        let form = Statement.Form.loop(
            test: test, body: body, step: step ?? [], testsFirst: reader.kind(node) != .do_statement)
        return opening + [Statement(node: node, form: form)]
    }

    /// `for (x of list)` takes the elements, `for (x in object)` the keys.
    private mutating func forEach(_ node: Int) -> [Statement] {
        guard let left = reader.child(node, .left), let right = reader.child(node, .right) else { return [] }
        let declares = reader.child(node, .kind) != nil
        var source = expression(right)
        if reader.child(node, .operator).map(reader.text) == "in" {
            let keys = Expression.Form.call(
                Expression(node: right, form: .name("Object")), "keys", [Argument(name: nil, value: source)])
            source = Expression(node: right, form: keys)
        }
        let place = target(left, declares: declares)
        let body = block(reader.child(node, .body))
        return [Statement(node: node, form: .forEach(target: place, type: nil, source: source, body: body))]
    }

    private mutating func choice(_ node: Int) -> Statement {
        let subject = reader.child(node, .value).map { expression($0) } ?? Expression(node: node, form: .mixture([]))
        var cases: [Statement.Case] = []
        for part in reader.child(node, .body).map(reader.named) ?? [] {
            let label = reader.child(part, .value)
            let body = statements(reader.named(part).filter { $0 != label })
            let labels = label.map { [expression($0)] } ?? []
            cases.append(.init(labels: labels, body: body, fallsThrough: true, isOpen: false))
        }
        return Statement(node: node, form: .choose(subject, cases))
    }

    private mutating func attempt(_ node: Int) -> Statement {
        let body = block(reader.child(node, .body))
        var handlers: [Statement.Handler] = []
        if let clause = reader.child(node, .handler) {
            let name = reader.child(clause, .parameter).map(reader.text)
            if let name, !scopes.isEmpty { scopes[scopes.count - 1].declared.insert(name) }
            handlers = [.init(name: name, body: block(reader.child(clause, .body)))]
        }
        let finally = reader.child(node, .finalizer).flatMap { reader.child($0, .body) }
        return Statement(node: node, form: .attempt(body: body, handlers: handlers, finally: block(finally)))
    }
}
