import SyntaxTree

extension GoLowering {
    mutating func call(_ node: Int) -> Expression.Form {
        guard var function = reader.child(node, .function), let list = reader.child(node, .arguments) else {
            return mix(node)
        }
        // `f[int](x)`
        if reader.kind(function) == .index_expression, let operand = reader.child(function, .operand) {
            function = operand
        }
        switch reader.kind(function) {
        case .identifier: return plain(reader.text(function), list, at: node)
        case .selector_expression:
            guard let operand = reader.child(function, .operand), let field = reader.child(function, .field) else {
                return mix(node)
            }
            return method(expression(operand), reader.text(field), list, at: node)
        case .parenthesized_expression:
            // `(*T)(x)` converts.
            let inner = reader.named(function).first
            if let inner, reader.kind(inner) == .unary_expression || reader.tree.kindName(inner).hasSuffix("_type") {
                return mix(list)
            }
            return applied(function, list, at: node)
        default: return applied(function, list, at: node)
        }
    }

    private mutating func applied(_ function: Int, _ list: Int, at node: Int) -> Expression.Form {
        program.calls[node] = ""
        return .apply(expression(function), arguments(list))
    }

    private mutating func arguments(_ list: Int) -> [Argument] {
        reader.named(list).map { node in
            if reader.kind(node) == .variadic_argument, let inner = reader.named(node).first {
                return Argument(name: nil, value: expression(inner), isSpread: true)
            }
            if reader.kind(node) == .unary_expression, reader.child(node, .operator).map(reader.text) == "&" {
                return Argument(name: nil, value: expression(node), isAddress: true)
            }
            return Argument(name: nil, value: expression(node))
        }
    }

    /// `Decode(x)`, `BindJSON(x)`: what is called fills its last argument, a pointer.
    private static func filling(_ name: String, _ values: [Argument]) -> [Argument] {
        let words = ["Bind", "ShouldBind", "Decode", "Unmarshal", "BodyParser", "QueryParser", "ReadJSON", "ParseForm"]
        guard let last = values.last, words.contains(where: name.hasPrefix) else { return values }
        return values.dropLast() + [Argument(name: nil, value: last.value, isAddress: true)]
    }

    // MARK: Functions without an owner

    private mutating func plain(_ name: String, _ list: Int, at node: Int) -> Expression.Form {
        let nodes = reader.named(list)
        switch name {
        case "make": return nodes.first.map { collection($0, at: node) } ?? .mixture([])
        case "new": return nodes.first.map { zero($0, at: node).form } ?? .mixture([])
        case "string": return nodes.first.map { expression($0).form } ?? .mixture([])
        case "append": return append(list, at: node)
        case "panic", "recover", "len", "cap", "min", "max", "copy", "delete", "clear", "close": break
        default:
            if Self.isNumber(name), nodes.count == 1 { return .cast(name, expression(nodes[0])) }
            if let type = numbers[qualified(name)], nodes.count == 1 { return .cast(type, expression(nodes[0])) }
        }
        program.calls[node] = name
        return .call(nil, name, formatted(name, arguments(list)))
    }

    private static func isNumber(_ name: String) -> Bool {
        switch name {
        case "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr",
            "float32", "float64", "byte", "bool", "complex64", "complex128":
            true
        default: false
        }
    }

    private mutating func collection(_ type: Int, at node: Int) -> Expression.Form {
        switch reader.kind(type) {
        case .map_type: return .mapping([])
        case .slice_type: return .sequence([])
        default: return typeName(type).map { .create($0, []) } ?? .mixture([])
        }
    }

    /// `append(list, a, b)` and `append(list, more...)` are what other languages call on a list.
    private mutating func append(_ list: Int, at node: Int) -> Expression.Form {
        var values = arguments(list)
        guard !values.isEmpty else { return .mixture([]) }
        let target = values.removeFirst().value
        return .call(target, values.last?.isSpread ?? false ? "append all" : "append", values)
    }

    // MARK: Methods and functions of packages

    private mutating func method(_ base: Expression, _ name: String, _ list: Int, at node: Int) -> Expression.Form {
        program.calls[node] = name
        let values = Self.filling(name, arguments(list))
        guard case .name(let package) = base.form, let known = program.imports[package] else {
            if let plain = contentType(base, name, values, at: node) { return plain }
            return .call(base, name, formatted(name, values))
        }
        switch (known, name) {
        case ("fmt", "Sprintf"):
            guard let parts = format(values[...]) else { break }
            program.calls[node] = nil
            return .text(parts)
        case ("strings", "Replace"), ("bytes", "Replace"): return .call(base, "ReplaceAll", Array(values.prefix(3)))
        case ("filepath", "Clean"), ("path", "Clean"), ("filepath", "Join"), ("path", "Join"):
            // Nothing leads out of the root.
            if let first = values.first?.value, Self.startsAtRoot(first) {
                return .call(base, name + " rooted", values)
            }
        default: break
        }
        return .call(base, name, formatted(name, values))
    }

    private static func startsAtRoot(_ value: Expression) -> Bool {
        switch value.form {
        case .literal(.text(let text)): text == "/"
        case .sum(let parts): parts.first.map(startsAtRoot) ?? false
        case .call(_, "string", let values): values.first.map { startsAtRoot($0.value) } ?? false
        default: false
        }
    }

    /// `w.Header().Set("Content-Type", "text/plain")`: what is written to `w` from now on is no page.
    private mutating func contentType(
        _ base: Expression, _ name: String, _ values: [Argument], at node: Int
    ) -> Expression.Form? {
        guard name == "Set" || name == "Add", values.count == 2, case .call(.some(let writer), "Header", _) = base.form,
            case .literal(.text(let header)) = values[0].value.form, header.lowercased() == "content-type"
        else { return nil }
        var isPage = false
        if case .literal(.text(let type)) = values[1].value.form {
            isPage = ["html", "xml", "svg"].contains { type.lowercased().contains($0) }
        }
        program.calls[node] = nil
        let cast = Expression(node: node, form: .cast(isPage ? "http.ResponseWriter" : "http.PlainWriter", writer))
        return .assign(writer, cast, type: nil)
    }

    // MARK: Formats

    /// `Printf("%d", x)` and the like with the text they make in place of a known format and what goes into it.
    private mutating func formatted(_ name: String, _ values: [Argument]) -> [Argument] {
        guard name.hasSuffix("f") || name == "String", values.count > 1,
            let position = values.prefix(2).firstIndex(where: { argument in
                if case .literal(.text) = argument.value.form { true } else { false }
            }), position + 1 < values.count, let parts = format(values[position...])
        else { return values }
        let text = Expression(node: values[position].value.node, form: .text(parts))
        return values[..<position] + [Argument(name: nil, value: text)]
    }

    /// The parts of a text made from a known format: what `%d` takes is a number. Nil for unusual formats.
    private mutating func format(_ values: ArraySlice<Argument>) -> [Expression]? {
        guard let first = values.first?.value, case .literal(.text(let format)) = first.form else { return nil }
        var arguments = values.dropFirst()
        var parts: [Expression] = []
        var literal = ""
        var rest = format[...]
        while let character = rest.popFirst() {
            guard character == "%" else {
                literal.append(character)
                continue
            }
            rest = rest.drop { "0123456789.+-# ".contains($0) }
            guard let letter = rest.popFirst(), letter != "*", letter != "[" else { return nil }
            guard letter != "%" else {
                literal.append("%")
                continue
            }
            guard let argument = arguments.popFirst(), !argument.isSpread else { return nil }
            parts.append(Expression(node: first.node, form: .literal(.text(literal))))
            literal = ""
            parts.append(Self.written(argument.value, letter))
        }
        return parts + [Expression(node: first.node, form: .literal(.text(literal)))]
    }

    private static func written(_ value: Expression, _ letter: Character) -> Expression {
        switch letter {
        case "s", "v", "w", "+": return value
        case "q":
            let package = Expression(node: value.node, form: .name("strconv"))
            return Expression(
                node: value.node, form: .call(package, "Quote", [Argument(name: nil, value: value)]))
        default: return Expression(node: value.node, form: .cast("int", value))
        }
    }
}
