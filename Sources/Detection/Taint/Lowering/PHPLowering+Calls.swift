import SyntaxTree

extension PHPLowering {
    /// Calls, creations and what else runs code: `include`, `print`, backticks.
    mutating func called(_ node: Int) -> Expression.Form? {
        switch reader.kind(node) {
        case .function_call_expression: return plainCall(node)
        case .member_call_expression, .nullsafe_member_call_expression, .scoped_call_expression:
            return memberCall(node)
        case .object_creation_expression: return creation(node)
        case .include_expression, .include_once_expression, .require_expression, .require_once_expression:
            return inclusion(node)
        case .print_intrinsic:
            return call("print", reader.named(node).map { expression($0) }, at: node).form
        case .shell_command_expression:
            let command = Expression(node: node, form: text(node))
            return call("shell_exec", [command], at: node).form
        case .throw_expression: return mix(node)
        default: return nil
        }
    }

    private mutating func arguments(_ node: Int?) -> [Argument] {
        guard let node else { return [] }
        return reader.named(node).compactMap { child in
            guard reader.kind(child) == .argument else { return nil }
            let name = reader.child(child, .name)
            guard let value = reader.named(child).last, value != name else { return nil }
            // Parameters are variables: `f(name: 1)` sets `$name`.
            return Argument(
                name: name.map { "$" + reader.text($0) }, value: expression(value),
                isSpread: reader.kind(value) == .variadic_unpacking)
        }
    }

    private mutating func plainCall(_ node: Int) -> Expression.Form {
        guard let function = reader.child(node, .function) else { return mix(node) }
        let values = arguments(reader.child(node, .arguments))
        switch reader.kind(function) {
        case .name, .qualified_name:
            let name = Self.lastPart(reader.text(function))
            program.calls[node] = name
            return special(name.lowercased(), values, at: node) ?? .call(nil, name, values)
        default:
            program.calls[node] = ""
            return .apply(expression(function), values)
        }
    }

    private mutating func memberCall(_ node: Int) -> Expression.Form {
        guard let name = reader.child(node, .name),
            let object = reader.child(node, .object) ?? reader.child(node, .scope)
        else { return mix(node) }
        let base = scope(object)
        let values = arguments(reader.child(node, .arguments))
        guard reader.kind(name) == .name else {
            return .mixture([base, expression(name)] + values.map(\.value))
        }
        program.calls[node] = reader.text(name)
        return .call(base, reader.text(name), values)
    }

    private mutating func creation(_ node: Int) -> Expression.Form {
        let parts = reader.named(node)
        let values = arguments(parts.first { reader.kind($0) == .arguments })
        var name: String
        if reader.hasToken(node, "class") {
            name = "class@\(node)"
            type(node, name: name)
        } else {
            guard let first = parts.first, reader.kind(first) == .name || reader.kind(first) == .qualified_name else {
                return .mixture(
                    parts.filter { reader.kind($0) != .arguments }.map { expression($0) } + values.map(\.value))
            }
            name = className(first)
        }
        program.creations[node] = name
        return .create(name, values)
    }

    /// The second argument is the known end of the file's name: what stands before it is a folder.
    private mutating func inclusion(_ node: Int) -> Expression.Form {
        guard let value = reader.named(node).first.map({ expression($0) }) else { return mix(node) }
        var values = [value]
        switch value.form {
        case .literal: values.append(value)
        case .text(let parts):
            let literals = parts.reversed().prefix { if case .literal = $0.form { true } else { false } }
            let end = literals.reversed().map { if case .literal(let constant) = $0.form { constant.text } else { "" } }
            let text = end.joined()
            let isPath = text.hasPrefix("/") || text.hasPrefix("../")
            if literals.count == parts.count || isPath || (literals.count > 0 && Self.isFolder(parts[0])) {
                values.append(Expression(node: node, form: .literal(.text(text))))
            } else if Self.isFolder(parts[0]) {
                // What a variable in it is may be known when it is run.
                values.append(Expression(node: node, form: .text(Array(parts.dropFirst()))))
            }
        default: break
        }
        return call("include", values, at: node).form
    }

    private static func isFolder(_ part: Expression) -> Bool {
        if case .name(let name) = part.form { name.first != "$" } else { false }
    }

    // MARK: Functions that are more than calls

    /// Functions whose meaning depends on a literal argument, or that change one; nil for all others.
    private mutating func special(_ name: String, _ values: [Argument], at node: Int) -> Expression.Form? {
        switch (name, values.count) {
        case ("dirname", 1...2):
            if case .literal(.text("")) = values[0].value.form { return .literal(.text("/..")) }
            if case .name("__FILE__") = values[0].value.form { return .literal(.text("")) }
            return nil
        case ("define", 2...):
            guard case .literal(.text(let text)) = values[0].value.form else { return nil }
            return .assign(Expression(node: node, form: .name(text)), values[1].value, type: nil)
        case ("settype", 2):
            guard case .literal(.text(let type)) = values[1].value.form,
                ["int", "integer", "float", "double", "bool", "boolean"].contains(type)
            else { return nil }
            let number = Expression(node: node, form: .cast("int", values[0].value))
            return .assign(values[0].value, number, type: nil)
        case ("in_array", 2...), ("array_key_exists", 2): return .binary(.contains, values[0].value, values[1].value)
        case ("isset", 1):
            guard case .element(let base, let key) = values[0].value.form, case .name = key.form else { return nil }
            return .binary(.contains, key, base)
        case ("filter_var", 2...): return filtered(name, values, values[1].value)
        case ("filter_input", 3...): return filtered(name, values, values[2].value)
        case ("request", 1...): return .call(nil, "request input", values)
        case ("file_get_contents", 1...), ("fopen", 1...):
            guard case .literal(.text("php://input")) = values[0].value.form else { return nil }
            return .call(nil, "file_get_contents php://input", [])
        case ("compact", 1...): return compact(values)
        case ("sprintf", 2...): return Self.formatted(values).map { .text($0) }
        case ("printf", 2...):
            return Self.formatted(values).map { parts in
                let text = Expression(node: node, form: .text(parts))
                return .call(nil, "printf", [Argument(name: nil, value: text)])
            }
        case ("array_map", 2...), ("array_filter", 2): return mapped(name, values, at: node)
        case ("str_replace", 3...), ("str_ireplace", 3...): return .call(nil, name, [values[2], values[0], values[1]])
        case ("explode", 2...): return .call(nil, name, [values[1], values[0]])
        case ("preg_replace", 3...), ("preg_match", 2...), ("preg_match_all", 3...), ("parse_str", 2):
            return matched(name, values, at: node)
        default: return nil
        }
    }

    /// `filter_var($x, FILTER_VALIDATE_INT)` is known as the function `filter_var FILTER_VALIDATE_INT`.
    private func filtered(_ name: String, _ values: [Argument], _ filter: Expression) -> Expression.Form? {
        guard case .name(let constant) = filter.form, constant.first != "$" else { return nil }
        return .call(nil, name + " " + constant, values)
    }

    private func compact(_ values: [Argument]) -> Expression.Form? {
        let pairs = values.compactMap { argument -> (Expression, Expression)? in
            guard case .literal(.text(let name)) = argument.value.form else { return nil }
            return (argument.value, Expression(node: argument.value.node, form: .name("$" + name)))
        }
        return pairs.count == values.count ? .mapping(pairs) : nil
    }

    /// A function applied to every element.
    private func mapped(_ name: String, _ values: [Argument], at node: Int) -> Expression.Form? {
        let isMap = name == "array_map"
        let function = values[isMap ? 0 : 1].value
        let all = Expression(
            node: node, form: .mixture(values[(isMap ? 1 : 0)..<(isMap ? values.count : 1)].map(\.value)))
        if case .literal(.text(let name)) = function.form {
            if isMap { return .call(nil, name, [Argument(name: nil, value: all)]) }
            return ["is_numeric", "ctype_digit", "is_int", "ctype_alnum"].contains(name) ? .cast("int", all) : nil
        }
        guard isMap else { return nil }
        return .apply(function, [Argument(name: nil, value: all)])
    }

    /// Functions that fill their last argument, and patterns that let only harmless characters through.
    private func matched(_ name: String, _ values: [Argument], at node: Int) -> Expression.Form? {
        var values = values
        var pattern: NarrowPattern?
        if name != "parse_str", case .literal(.text(let text)) = values[0].value.form { pattern = NarrowPattern(text) }
        if name == "preg_replace" {
            return pattern?.keepsHarmless ?? false ? .call(nil, "preg_replace narrow", values) : nil
        }
        let place = name == "parse_str" ? 1 : 2
        if values.count > place {
            let subject = values[name == "parse_str" ? 0 : 1].value
            let parts = Expression(node: node, form: .mixture(pattern?.isNarrow ?? false ? [] : [subject]))
            let filled = Expression(node: node, form: .assign(values[place].value, parts, type: nil))
            values[place] = Argument(name: nil, value: filled)
        }
        let isCheck = name == "preg_match" && pattern?.isNarrow ?? false && pattern?.isAnchored ?? false
        return .call(nil, isCheck ? "preg_match anchored" : name, values)
    }
}

/// What a regular expression lets through, as far as its text shows.
struct NarrowPattern {
    /// Only letters, digits and a few signs that no attack can be made of.
    private(set) var isNarrow = true
    private(set) var isAnchored = false
    /// It is one class that names all but such characters: replacing its matches leaves those.
    private(set) var keepsHarmless = false

    init?(_ text: String) {
        guard let mark = text.first, !mark.isLetter, !mark.isNumber, mark != "\\",
            let end = text.lastIndex(of: mark == "(" ? ")" : mark == "{" ? "}" : mark == "[" ? "]" : mark),
            end > text.startIndex
        else { return nil }
        let flags = text[text.index(after: end)...]
        var body = text[text.index(after: text.startIndex)..<end]
        keepsHarmless = body.hasPrefix("[^") && (body.hasSuffix("]") || body.hasSuffix("]+")) && !flags.contains("e")
        let hasStart = body.hasPrefix("^") || body.hasPrefix("\\A")
        // With several lines, the ends are those of a line.
        isAnchored = hasStart && (body.hasSuffix("$") || body.lowercased().hasSuffix("\\z")) && !flags.contains("m")
        if keepsHarmless { body = "[" + body.dropFirst(2) }
        if isAnchored {
            body = body.dropFirst(body.hasPrefix("^") ? 1 : 2).dropLast(body.hasSuffix("$") ? 1 : 2)
            // `^a|b$` binds neither side as a whole.
            if Self.hasOpenChoice(body) { isAnchored = false }
        }
        isNarrow = Self.isNarrow(body)
        keepsHarmless = keepsHarmless && isNarrow
    }

    private static func hasOpenChoice(_ body: Substring) -> Bool {
        var depth = 0
        for character in body {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == "|", depth == 0 { return true }
        }
        return false
    }

    private static func isNarrow(_ body: Substring) -> Bool {
        var rest = body
        var isInClass = false
        while let character = rest.popFirst() {
            switch character {
            case "\\":
                guard let escaped = rest.popFirst(), "wdb-_.sAzZ".contains(escaped) else { return false }
            case "[":
                guard !isInClass, rest.first != "^" else { return false }
                isInClass = true
            case "]": isInClass = false
            case ".": guard isInClass else { return false }
            case "(", ")", "|", "?", "*", "+", "{", "}", "^", "$", ":":
                guard !isInClass else { return false }
            case "-", "_", "@", ",", " ": break
            default: guard character.isASCII, character.isLetter || character.isNumber else { return false }
            }
        }
        return !isInClass
    }
}
