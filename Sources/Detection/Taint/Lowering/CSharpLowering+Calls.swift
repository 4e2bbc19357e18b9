import SyntaxTree

/// Calls, creations and the ways to reach members.
extension CSharpLowering {
    mutating func access(_ node: Int) -> Expression.Form {
        switch reader.kind(node) {
        case .member_access_expression:
            guard let base = reader.child(node, .expression), let name = reader.child(node, .name) else {
                return mix(node)
            }
            if isNamespace(base) { return .name(simpleName(name)) }
            return .member(expression(base), simpleName(name))
        case .member_binding_expression:
            guard let base = conditionals.last, let name = reader.child(node, .name) else { return mix(node) }
            return .member(base, simpleName(name))
        case .conditional_access_expression:
            guard let base = reader.child(node, .condition), let rest = reader.named(node).last, rest != base else {
                return mix(node)
            }
            conditionals.append(expression(base))
            defer { conditionals.removeLast() }
            return expression(rest).form
        default:
            guard let base = reader.child(node, .expression), let list = reader.child(node, .subscript_) else {
                return mix(node)
            }
            return element(expression(base), of: list)
        }
    }

    private mutating func element(_ base: Expression, of list: Int) -> Expression.Form {
        guard let key = arguments(list).first?.value else { return base.form }
        // `Request["name"]` looks in all that came with the request.
        let isRequest =
            switch base.form {
            case .name("Request"), .member(_, "Request"): true
            default: false
            }
        let whole = isRequest ? Expression(node: base.node, form: .member(base, "Params")) : base
        return .element(whole, key)
    }

    /// Whether it is the `System.IO` of `System.IO.File`.
    private func isNamespace(_ node: Int) -> Bool {
        let text = reader.text(node)
        return ["System", "Microsoft"].contains(text) || text.hasPrefix("System.") || text.hasPrefix("Microsoft.")
            || text.hasPrefix("global::")
    }

    // MARK: Calls

    private static let routes: Set<String> = [
        "MapGet", "MapPost", "MapPut", "MapDelete", "MapPatch", "MapMethods", "Map", "MapFallback",
    ]

    /// Calls whose text becomes a statement with parameters when it is written in place.
    private static let interpolating: Set<String> = [
        "FromSql", "SqlQuery", "ExecuteSql", "ExecuteSqlAsync", "ExecuteSqlCommand", "ExecuteSqlCommandAsync",
    ]

    mutating func call(_ node: Int) -> Expression.Form {
        guard let function = reader.child(node, .function) else { return mix(node) }
        let list = reader.child(node, .arguments)
        guard let (base, called) = callee(function) else {
            return .apply(expression(function), list.map { arguments($0) } ?? [])
        }
        var name = called
        program.calls[node] = name
        let values = list.map { arguments($0, isRoute: Self.routes.contains(name)) } ?? []
        if name == "nameof" { return .literal(.text(list.map(reader.text) ?? "")) }
        if Self.interpolating.contains(name), !takesPlainSQL, let first = values.first,
            case .text = first.value.form
        {
            name = "FromSqlInterpolated"
        }
        if name == "IsMatch", isNarrow(values) { name = "IsMatch narrow" }
        return outputs(list, of: .call(base, name, values), at: node)
    }

    /// Whether a pattern spans the text and lets only harmless characters through.
    private func isNarrow(_ values: [Argument]) -> Bool {
        guard values.count >= 2, case .literal(.text(let pattern)) = values[1].value.form else { return false }
        return PlainPattern.admitsOnlyPlain(pattern)
    }

    /// What is called: the receiver and the name.
    private mutating func callee(_ node: Int) -> (Expression?, String)? {
        switch reader.kind(node) {
        case .identifier, .generic_name: return (nil, simpleName(node))
        case .member_access_expression:
            guard let base = reader.child(node, .expression), let name = reader.child(node, .name) else { return nil }
            return (expression(base), simpleName(name))
        case .member_binding_expression:
            guard let base = conditionals.last, let name = reader.child(node, .name) else { return nil }
            return (base, simpleName(name))
        case .conditional_access_expression:
            guard let base = reader.child(node, .condition), let rest = reader.named(node).last, rest != base else {
                return nil
            }
            conditionals.append(expression(base))
            defer { conditionals.removeLast() }
            return callee(rest)
        default: return nil
        }
    }

    mutating func arguments(_ list: Int, isRoute: Bool = false) -> [Argument] {
        reader.named(list).compactMap { argument in
            guard reader.kind(argument) == .argument else { return nil }
            // `this` is a token.
            guard let value = reader.named(argument).last else {
                return Argument(name: nil, value: Expression(node: argument, form: .receiver))
            }
            let name = reader.child(argument, .name)
            if isRoute, reader.kind(value) == .lambda_expression {
                return Argument(name: nil, value: Expression(node: value, form: lambda(value, isBound: true)))
            }
            return Argument(name: name.map(reader.text), value: expression(value))
        }
    }

    /// What `out` names gets what the call gives: its arguments and receiver say what that can be.
    private mutating func outputs(_ list: Int?, of call: Expression.Form, at node: Int) -> Expression.Form {
        var result = call
        for argument in list.map(reader.named) ?? [] where reader.hasToken(argument, "out") {
            guard let place = reader.named(argument).last, reader.kind(place) != .discard, reader.text(place) != "_"
            else { continue }
            let type = reader.child(place, .type).map(typeName)
            result = .assign(expression(place), Expression(node: node, form: result), type: type)
        }
        return result
    }

    // MARK: Creations

    mutating func creation(_ node: Int, type expected: String?) -> Expression.Form {
        let parts = reader.named(node)
        switch reader.kind(node) {
        case .initializer_expression: return collection(node)
        case .element_binding_expression: return .sequence(arguments(node).map(\.value))
        case .collection_expression: return .sequence(parts.map { expression($0) })
        case .anonymous_object_creation_expression: return anonymous(node)
        case .array_creation_expression, .implicit_array_creation_expression:
            let list = parts.last { reader.kind($0) == .initializer_expression }
            return list.map { collection($0) } ?? .create("Array", [])
        default: break
        }
        let type = reader.child(node, .type).map(typeName) ?? expected ?? ""
        let list = reader.child(node, .arguments) ?? parts.first { reader.tree.kindName($0) == "argument_list" }
        let values = list.map { arguments($0) } ?? []
        program.creations[node] = type
        guard let start = parts.last, reader.kind(start) == .initializer_expression else {
            return outputs(list, of: .create(type, values), at: node)
        }
        let inner = reader.named(start)
        let isObject = inner.contains {
            reader.kind($0) == .assignment_expression
                && reader.child($0, .left).flatMap { reader.kind($0) } == .identifier
        }
        if !isObject, !inner.isEmpty { return collection(start) }
        return .create(type, values + properties(inner))
    }

    /// `{ Name = value }` after `new` are arguments with names.
    private mutating func properties(_ nodes: [Int]) -> [Argument] {
        nodes.compactMap { part in
            guard reader.kind(part) == .assignment_expression, let name = reader.child(part, .left),
                let value = reader.child(part, .right)
            else { return nil }
            return Argument(name: reader.text(name), value: expression(value))
        }
    }

    /// `{ a, b }`, `{ ["a"] = b }` and `{ { "a", b } }`.
    private mutating func collection(_ node: Int) -> Expression.Form {
        var pairs: [(Expression, Expression)] = []
        var elements: [Expression] = []
        for part in reader.named(node) {
            let inner = reader.named(part)
            if reader.kind(part) == .assignment_expression, let left = reader.child(part, .left),
                reader.kind(left) == .element_binding_expression,
                let key = arguments(left).first?.value, let right = reader.child(part, .right)
            {
                pairs.append((key, expression(right)))
            } else if reader.kind(part) == .initializer_expression, inner.count == 2 {
                pairs.append((expression(inner[0]), expression(inner[1])))
            } else {
                elements.append(expression(part))
            }
        }
        return pairs.isEmpty ? .sequence(elements) : .mapping(pairs)
    }

    /// `new { a = 1, b }`: names, signs and values in a row.
    private mutating func anonymous(_ node: Int) -> Expression.Form {
        var pairs: [(Expression, Expression)] = []
        var parts = reader.tree.children(node).filter { reader.tree.isNamed($0) || reader.tree.kindName($0) == "=" }[
            ...]
        while let part = parts.popFirst() {
            var (key, value) = (reader.text(part).split(separator: ".").last.map(String.init) ?? "", part)
            if let sign = parts.first, !reader.tree.isNamed(sign), let written = parts.dropFirst().first {
                (key, value) = (reader.text(part), written)
                parts = parts.dropFirst(2)
            }
            pairs.append((Expression(node: value, form: .literal(.text(key))), expression(value)))
        }
        return .mapping(pairs)
    }
}
