import SyntaxTree

extension CLowering {
    mutating func statements(_ node: Int) -> [CStatement] {
        guard depth < Self.deepest else {
            code.isWhole = false
            return []
        }
        depth += 1
        defer { depth -= 1 }
        return reader.kind(node) == .compound_statement
            ? reader.named(node).flatMap { statement($0) } : statement(node)
    }

    private mutating func statement(_ node: Int) -> [CStatement] {
        let make = { [place = place(node)] (form: CStatement.Form) in [CStatement(place: place, form: form)] }
        switch reader.kind(node) {
        case .compound_statement: return make(.block(statements(node)))
        case .expression_statement:
            return reader.named(node).first.map { make(.expression(expression($0))) } ?? []
        case .declaration: return variables(node).map { CStatement(place: $0.place, form: .declare($0)) }
        case .type_definition: typeDefinition(node)
        case .struct_specifier, .union_specifier, .enum_specifier: _ = type(node)
        case .if_statement: return make(branch(node))
        case .else_clause: return reader.named(node).flatMap { statements($0) }
        case .while_statement, .do_statement, .for_statement: return make(loop(node))
        case .for_range_loop: return reader.child(node, .body).map { make(.block(statements($0))) } ?? []
        case .switch_statement: return make(choice(node))
        case .return_statement: return make(.leave(reader.named(node).first.map { expression($0) }))
        case .break_statement: return make(.stop)
        case .continue_statement: return make(.again)
        case .goto_statement: return reader.child(node, .label).map { make(.goto(reader.text($0))) } ?? []
        case .labeled_statement:
            hasLabels = true
            let label = reader.child(node, .label)
            let rest = reader.named(node).filter { $0 != label }.flatMap { statement($0) }
            return make(.label(label.map(reader.text) ?? "")) + rest
        case .preproc_if, .preproc_ifdef, .preproc_else, .preproc_elif:
            return live(node).flatMap { statement($0) }
        case .preproc_def, .preproc_function_def: macro(node)
        case .try_statement: return reader.child(node, .body).map { make(.block(statements($0))) } ?? []
        default: break
        }
        return []
    }

    private mutating func condition(_ node: Int) -> CExpression {
        guard let test = reader.child(node, .condition) else { return make(node, .opaque([])) }
        let inner =
            reader.kind(test) == .condition_clause ? reader.child(test, .value) ?? reader.named(test).last : test
        return inner.map { expression($0) } ?? make(node, .opaque([]))
    }

    private mutating func branch(_ node: Int) -> CStatement.Form {
        let test = condition(node)
        let then = reader.child(node, .consequence).map { statements($0) } ?? []
        return .branch(test, then, reader.child(node, .alternative).map { statements($0) })
    }

    private mutating func loop(_ node: Int) -> CStatement.Form {
        let kind = reader.kind(node)
        guard kind == .for_statement else {
            let body = reader.child(node, .body).map { statements($0) } ?? []
            return .loop(
                start: [], test: condition(node), step: nil, body: body, testsFirst: kind == .while_statement)
        }
        let start = reader.child(node, .start)
        let test = reader.child(node, .condition)
        let step = reader.child(node, .update)
        let body = reader.child(node, .body) ?? reader.named(node).last { ![start, test, step].contains($0) }
        var opening: [CStatement] = []
        if let start {
            opening =
                reader.kind(start) == .declaration
                ? variables(start).map { CStatement(place: $0.place, form: .declare($0)) }
                : [CStatement(place: place(start), form: .expression(expression(start)))]
        }
        return .loop(
            start: opening, test: test.map { expression($0) }, step: step.map { expression($0) },
            body: body.map { statements($0) } ?? [], testsFirst: true)
    }

    private mutating func choice(_ node: Int) -> CStatement.Form {
        let subject = condition(node)
        var cases: [(labels: [CExpression?], body: [CStatement])] = []
        for child in reader.child(node, .body).map(reader.named) ?? [] where reader.kind(child) == .case_statement {
            let value = reader.child(child, .value)
            let body = reader.named(child).filter { $0 != value }.flatMap { statement($0) }
            cases.append(([value.map { expression($0) }], body))
        }
        return .choose(subject, cases)
    }
}
