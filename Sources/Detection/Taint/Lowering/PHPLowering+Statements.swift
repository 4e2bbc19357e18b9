import SyntaxTree

extension PHPLowering {
    mutating func statements(_ nodes: [Int]) -> [Statement] {
        var result: [Statement] = []
        var isPrinted = false
        for node in nodes {
            switch reader.kind(node) {
            case .php_tag: isPrinted = reader.text(node) == "<?="
            case .text_interpolation:
                isPrinted =
                    reader.named(node).last.map { reader.kind($0) == .php_tag && reader.text($0) == "<?=" } ?? false
            case .expression_statement where isPrinted:
                result.append(printed(node, reader.named(node).first ?? node))
                isPrinted = false
            default:
                isPrinted = false
                result += statement(node)
            }
        }
        return result
    }

    /// A block, or the one statement that stands for it.
    mutating func block(_ node: Int?) -> [Statement] {
        guard let node else { return [] }
        switch reader.kind(node) {
        case .compound_statement, .colon_block: return statements(reader.named(node))
        default: return statement(node)
        }
    }

    mutating func single(_ node: Int) -> [Statement] {
        switch reader.kind(node) {
        case .compound_statement, .colon_block: return statements(reader.named(node))
        case .namespace_definition: return block(reader.child(node, .body))
        case .namespace_use_declaration: imports(node)
        case .function_definition: _ = function(node, isMember: false)
        case .class_declaration, .interface_declaration, .trait_declaration, .enum_declaration:
            type(node, name: reader.child(node, .name).map(reader.text) ?? "")
        case .expression_statement: return reader.named(node).first.map { simple($0) } ?? []
        case .echo_statement: return reader.named(node).first.map { [printed(node, $0)] } ?? []
        case .if_statement: return [branch(node, alternatives: reader.children(node, .alternative)[...])]
        case .switch_statement: return [choice(node)]
        case .try_statement: return [attempt(node)]
        case .return_statement:
            return [Statement(node: node, form: .leave(reader.named(node).first.map { expression($0) }))]
        case .break_statement, .continue_statement: return [jump(node)]
        case .unset_statement: return reader.named(node).map { deletion($0) }
        case .const_declaration, .function_static_declaration: return definitions(node)
        case .global_declaration: return shared(node)
        case .text, .php_tag, .text_interpolation, .empty_statement, .declare_statement: break
        default: return loop(node)
        }
        return []
    }

    /// `echo`, `<?=`: found at the list of values where there are several.
    private mutating func printed(_ node: Int, _ value: Int) -> Statement {
        let isList = reader.kind(value) == .sequence_expression
        let values = isList ? reader.named(value) : [value]
        let place = isList && reader.kind(node) == .echo_statement ? value : node
        return Statement(node: node, form: .expression(call("echo", values.map { expression($0) }, at: place)))
    }

    /// An expression that stands alone; `a() or die()` is a branch.
    private mutating func simple(_ node: Int) -> [Statement] {
        switch reader.kind(node) {
        case .throw_expression:
            return [Statement(node: node, form: .raise(reader.named(node).first.map { expression($0) }))]
        case .name where ["exit", "die"].contains(reader.text(node).lowercased()):
            return [Statement(node: node, form: .raise(nil))]
        case .binary_expression:
            guard let sign = reader.child(node, .operator).map({ reader.text($0).lowercased() }),
                ["or", "||", "and", "&&"].contains(sign), let left = reader.child(node, .left),
                let right = reader.child(node, .right)
            else { break }
            let test = expression(left)
            let then = simple(right)
            let isOr = sign == "or" || sign == "||"
            return [Statement(node: node, form: .branch(test, then: isOr ? [] : then, otherwise: isOr ? then : []))]
        default: break
        }
        return [Statement(node: node, form: .expression(expression(node)))]
    }

    private mutating func test(_ node: Int) -> Expression {
        reader.child(node, .condition).map { expression($0) } ?? nothing(node)
    }

    private mutating func branch(_ node: Int, alternatives: ArraySlice<Int>) -> Statement {
        let condition = test(node)
        let then = block(reader.child(node, .body))
        var otherwise: [Statement] = []
        if let next = alternatives.first {
            if reader.kind(next) == .else_if_clause, depth < Self.deepest {
                depth += 1
                otherwise = [branch(next, alternatives: alternatives.dropFirst())]
                depth -= 1
            } else {
                otherwise = block(reader.child(next, .body))
            }
        }
        return Statement(node: node, form: .branch(condition, then: then, otherwise: otherwise))
    }

    // MARK: Loops

    private mutating func body(_ node: Int?, isSwitch: Bool = false) -> [Statement] {
        enclosing.append(isSwitch)
        defer { enclosing.removeLast() }
        return block(node)
    }

    /// `continue` in a switch leaves the switch, as `break` does; with a number it goes on with the loop around.
    private mutating func jump(_ node: Int) -> Statement {
        let levels = reader.named(node).first.flatMap { LiteralText.integer(reader.text($0)) } ?? 1
        let isSwitch = enclosing.last ?? false
        if reader.kind(node) == .continue_statement, !isSwitch || levels > 1 {
            return Statement(node: node, form: .again)
        }
        return Statement(node: node, form: .stop)
    }

    private mutating func loop(_ node: Int) -> [Statement] {
        switch reader.kind(node) {
        case .while_statement:
            let inner = body(reader.child(node, .body))
            return [Statement(node: node, form: .loop(test: test(node), body: inner, step: [], testsFirst: true))]
        case .do_statement:
            let inner = body(reader.child(node, .body))
            return [Statement(node: node, form: .loop(test: test(node), body: inner, step: [], testsFirst: false))]
        case .for_statement: return counting(node)
        case .foreach_statement: return each(node)
        default: return [Statement(node: node, form: .expression(expression(node)))]
        }
    }

    /// `for (start; test; step) body`, whose parts have no names in the grammar.
    private mutating func counting(_ node: Int) -> [Statement] {
        var parts: [[Int]] = [[], [], [], []]
        var part = 0
        for child in reader.tree.children(node) {
            if reader.tree.isNamed(child) {
                parts[min(part, 3)].append(child)
            } else if [";", ")", ":"].contains(reader.tree.kindName(child)) {
                part += 1
            }
        }
        let starts = parts[0].map { Statement(node: $0, form: .expression(expression($0))) }
        let condition = parts[1].last.map { expression($0) }
        let steps = parts[2].map { Statement(node: $0, form: .expression(expression($0))) }
        let inner = parts[3].flatMap { body($0) }
        return starts + [
            Statement(node: node, form: .loop(test: condition, body: inner, step: steps, testsFirst: true))
        ]
    }

    private mutating func each(_ node: Int) -> [Statement] {
        let parts = reader.named(node)
        guard parts.count >= 2 else { return [] }
        var source = expression(parts[0])
        var result: [Statement] = []
        var target = parts[1]
        var keys: [Statement] = []
        if reader.kind(target) == .pair, let key = reader.named(target).first, let value = reader.named(target).last {
            target = value
            if case .call = source.form {
                // The keys are asked for as well: what is looped over is worked out once.
                let name = Expression(node: parts[0], form: .name("$foreach \(node)"))
                let kept = Expression(node: parts[0], form: .assign(name, source, type: nil))
                result.append(Statement(node: parts[0], form: .expression(kept)))
                source = name
            }
            let all = call("array_keys", [source], at: key)
            let kept = Expression(node: key, form: .assign(self.target(key), all, type: nil))
            keys = [Statement(node: key, form: .expression(kept))]
        }
        let place = self.target(target)
        let inner = keys + body(reader.child(node, .body))
        result.append(Statement(node: node, form: .forEach(target: place, type: nil, source: source, body: inner)))
        return result
    }

    // MARK: Other statements

    private mutating func choice(_ node: Int) -> Statement {
        var cases: [Statement.Case] = []
        enclosing.append(true)
        for clause in reader.child(node, .body).map(reader.named) ?? [] {
            let label = reader.kind(clause) == .case_statement ? reader.child(clause, .value) : nil
            let inner = statements(reader.named(clause).filter { $0 != label })
            let labels = label.map { [expression($0)] } ?? []
            cases.append(.init(labels: labels, body: inner, fallsThrough: true, isOpen: false))
        }
        enclosing.removeLast()
        return Statement(node: node, form: .choose(test(node), cases))
    }

    private mutating func attempt(_ node: Int) -> Statement {
        let inner = block(reader.child(node, .body))
        var handlers: [Statement.Handler] = []
        var finally: [Statement] = []
        for child in reader.named(node) {
            if reader.kind(child) == .catch_clause {
                let name = reader.child(child, .name).map(reader.text)
                handlers.append(.init(name: name, body: block(reader.child(child, .body))))
            } else if reader.kind(child) == .finally_clause {
                finally = block(reader.child(child, .body))
            }
        }
        return Statement(node: node, form: .attempt(body: inner, handlers: handlers, finally: finally))
    }

    private mutating func deletion(_ node: Int) -> Statement {
        let place = expression(node)
        let form: Expression.Form
        if case .element(let base, let key) = place.form {
            form = .call(base, "unset", [Argument(name: nil, value: key)])
        } else {
            form = .assign(place, Expression(node: node, form: .literal(.null)), type: nil)
        }
        return Statement(node: node, form: .expression(Expression(node: node, form: form)))
    }

    /// `global $a`: what the file's own statements made of it, else unknown.
    private mutating func shared(_ node: Int) -> [Statement] {
        reader.named(node).map { name in
            let place = expression(name)
            return Statement(
                node: name, form: .expression(Expression(node: name, form: .assign(place, place, type: nil))))
        }
    }

    /// `const A = 1;` and `static $a = 1;`.
    private mutating func definitions(_ node: Int) -> [Statement] {
        reader.named(node).compactMap { element in
            let parts = reader.named(element)
            guard let name = parts.first, parts.count > 1 else { return nil }
            let place = Expression(node: name, form: .name(reader.text(name)))
            let assigned = Expression(node: element, form: .assign(place, expression(parts[1]), type: nil))
            return Statement(node: element, form: .expression(assigned))
        }
    }
}
