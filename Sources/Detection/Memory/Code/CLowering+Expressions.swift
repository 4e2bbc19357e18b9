import SyntaxTree

extension CLowering {
    mutating func expression(_ node: Int) -> CExpression {
        guard depth < Self.deepest else {
            code.isWhole = false
            return make(node, .opaque([]))
        }
        depth += 1
        defer { depth -= 1 }
        return make(node, form(node))
    }

    private mutating func form(_ node: Int) -> CExpression.Form {
        switch reader.kind(node) {
        case .identifier, .qualified_identifier: return .name(reader.text(node))
        case .number_literal: return number(reader.text(node))
        case .char_literal: return CLiteral.character(reader.text(node)).map { .integer($0, .int) } ?? .opaque([])
        case .string_literal: return CLiteral.text(reader.text(node))
        case .concatenated_string: return joined(node)
        case .true: return .integer(1, .int)
        case .false, .null, .nullptr: return .integer(0, .int)
        case .parenthesized_expression: return reader.named(node).first.map { expression($0).form } ?? .opaque([])
        case .comma_expression:
            return .sequence(
                [reader.child(node, .left), reader.child(node, .right)].compactMap { $0 }.map { expression($0) })
        case .assignment_expression: return assignment(node)
        case .binary_expression: return binary(node)
        case .unary_expression, .pointer_expression, .update_expression: return unary(node)
        case .subscript_expression, .field_expression: return access(node)
        case .call_expression: return call(node)
        case .cast_expression, .sizeof_expression, .new_expression, .delete_expression: return typed(node)
        case .conditional_expression:
            guard let test = reader.child(node, .condition), let no = reader.child(node, .alternative) else { break }
            let yes = reader.child(node, .consequence) ?? test
            return .conditional(expression(test), expression(yes), expression(no))
        case .initializer_list: return .list(reader.named(node).map { expression($0) })
        default: break
        }
        return .opaque([])
    }

    private func number(_ text: String) -> CExpression.Form { CLiteral.number(text) }

    private mutating func joined(_ node: Int) -> CExpression.Form {
        var text = ""
        var isWide = false
        for child in reader.named(node) {
            guard reader.kind(child) == .string_literal, case .text(_, let wide, let content) = form(child) else {
                return .opaque([])
            }
            text += content
            isWide = isWide || wide
        }
        return .text(count: text.utf8.count, isWide: isWide, content: text)
    }

    private mutating func assignment(_ node: Int) -> CExpression.Form {
        guard let left = reader.child(node, .left), let right = reader.child(node, .right) else { return .opaque([]) }
        let sign = reader.child(node, .operator).map(reader.text) ?? "="
        return .assign(expression(left), expression(right), operation: sign == "=" ? nil : String(sign.dropLast()))
    }

    private mutating func binary(_ node: Int) -> CExpression.Form {
        guard let left = reader.child(node, .left), let right = reader.child(node, .right),
            let sign = reader.child(node, .operator).map(reader.text)
        else { return .opaque([]) }
        return .binary(sign, expression(left), expression(right))
    }

    private mutating func unary(_ node: Int) -> CExpression.Form {
        guard let argument = reader.child(node, .argument), let mark = reader.child(node, .operator) else {
            return .opaque([])
        }
        let inner = expression(argument)
        switch reader.text(mark) {
        case "-":
            if case .integer(let number, let type) = inner.form { return .integer(-number, type) }
            return .negative(inner)
        case "!", "not": return .not(inner)
        case "~": return .complement(inner)
        case "*": return .dereference(inner)
        case "&": return .address(inner)
        case "++": return .change(inner, by: 1, isPrefix: mark < argument)
        case "--": return .change(inner, by: -1, isPrefix: mark < argument)
        default: return inner.form
        }
    }

    private mutating func access(_ node: Int) -> CExpression.Form {
        guard let argument = reader.child(node, .argument) else { return .opaque([]) }
        let inner = expression(argument)
        if reader.kind(node) == .field_expression {
            let name = reader.child(node, .field).map(reader.text) ?? ""
            return .member(inner, name, isArrow: reader.hasToken(node, "->"))
        }
        let index = reader.child(node, .index) ?? reader.named(node).last.flatMap { reader.named($0).first ?? $0 }
        return index.map { .element(inner, expression($0)) } ?? .opaque([inner])
    }

    private mutating func call(_ node: Int) -> CExpression.Form {
        guard let function = reader.child(node, .function), let list = reader.child(node, .arguments) else {
            return .opaque([])
        }
        let arguments = reader.named(list).map { expression($0) }
        if reader.kind(function) == .identifier { code.called.insert(reader.text(function)) }
        return .call(expression(function), arguments)
    }

    private mutating func typed(_ node: Int) -> CExpression.Form {
        let kind = reader.child(node, .type).map { type($0) }
        switch reader.kind(node) {
        case .cast_expression:
            guard let value = reader.child(node, .value) else { return .opaque([]) }
            return .cast(kind ?? .unknown, expression(value))
        case .sizeof_expression:
            if let kind { return .sizeOfType(kind) }
            guard let value = reader.child(node, .value) else { return .opaque([]) }
            return .sizeOf(expression(value))
        case .new_expression:
            guard reader.child(node, .start) == nil,
                !reader.named(node).contains(where: {
                    reader.tree.kindName($0) == "argument_list" && $0 < (reader.child(node, .type) ?? 0)
                })
            else { return .opaque([]) }
            guard let declarator = reader.child(node, .declarator) else {
                return .make(kind ?? .unknown, count: nil, isArray: false)
            }
            let count = reader.named(declarator).first.map { expression($0) }
            return .make(kind ?? .unknown, count: count, isArray: true)
        default:
            guard let value = reader.named(node).last else { return .opaque([]) }
            return .destroy(expression(value), isArray: reader.hasToken(node, "["))
        }
    }
}
