import SyntaxTree

/// Calls, creations, and methods that are more than calls.
extension RubyLowering {
    /// Where a call is found: in a chain over several lines, at its arguments.
    mutating func place(ofCall node: Int) -> Int {
        guard let method = reader.child(node, .method) else { return node }
        var link = node
        while reader.kind(link) == .call, let base = reader.child(link, .receiver),
            let name = reader.child(link, .method)
        {
            let gap = reader.tree.bytes(base).upperBound..<reader.tree.bytes(name).lowerBound
            if gap.contains(where: { reader.source.bytes[$0] == UInt8(ascii: "\n") }) {
                return reader.child(node, .arguments) ?? method
            }
            link = base
        }
        return node
    }

    /// - Parameter place: where the call is found.
    mutating func called(_ node: Int, at place: Int) -> Expression.Form {
        let list = reader.child(node, .arguments)
        guard let method = reader.child(node, .method) else {
            // `f.(x)`
            let callee = reader.child(node, .receiver).map { expression($0) } ?? nothing(node)
            return .apply(callee, arguments(list))
        }
        if reader.kind(method) == .super_ { return superCall(node, arguments(list)) }
        let name = reader.text(method)
        let base = reader.child(node, .receiver)
        if let form = pattern(base, name, list, at: node) { return form }
        let block = reader.child(node, .block)
        if let block, base == nil, ["lambda", "proc"].contains(name) {
            return .function(function(block: block, name: "", isStatic: false))
        }
        program.calls[place] = name
        let call = Call(node: node, place: place, base: base.map { expression($0) }, name: name, list: list)
        if let block { return blockCall(call, block) }
        let given = list.flatMap { reader.named($0).first { reader.kind($0) == .block_argument } }
        if let given, let form = givenCall(call, given) { return form }
        return form(of: call, arguments(list))
    }

    /// A call whose block is not yet looked at.
    struct Call {
        let node: Int
        let place: Int
        let base: Expression?
        let name: String
        let list: Int?
    }

    /// - Returns: what a call of a method is, blocks apart.
    mutating func form(of call: Call, _ values: [Argument]) -> Expression.Form {
        guard let base = call.base else {
            if call.name == "format" || call.name == "sprintf", let parts = Self.formatted(values) {
                return .text(parts)
            }
            return .call(nil, call.name, values)
        }
        switch (call.name, values.count) {
        case ("new", _):
            guard case .name(let type) = base.form, type.first?.isUppercase ?? false else { break }
            program.creations[call.place] = type
            return .create(type, values)
        case ("include?", 1), ("member?", 1), ("key?", 1), ("has_key?", 1), ("cover?", 1):
            return .binary(.contains, values[0].value, base)
        case ("in?", 1): return .binary(.contains, base, values[0].value)
        case ("exclude?", 1): return .binary(.lacks, values[0].value, base)
        case ("eql?", 1), ("equal?", 1): return .binary(.equal, base, values[0].value)
        case ("send", 1...), ("public_send", 1...), ("__send__", 1...), ("try", 1...):
            return sent(call, base, values)
        case ("concat", 1):
            guard case .name = base.form else { break }
            return .assign(base, Expression(node: call.place, form: .call(base, "<<", values)), type: nil)
        default: break
        }
        return .call(base, call.name, values)
    }

    /// `object.send(:name, value)` is `object.name(value)`.
    private mutating func sent(_ call: Call, _ base: Expression, _ values: [Argument]) -> Expression.Form {
        let name = Self.named(values[0].value)
        let rest = Array(values.dropFirst())
        guard case .literal(.text(let text)) = name.form,
            text.allSatisfy({ $0.isLetter || $0.isNumber || "_?!".contains($0) })
        else { return .call(base, call.name, [Argument(name: nil, value: name)] + rest) }
        return form(of: Call(node: call.node, place: call.place, base: base, name: text, list: nil), rest)
    }

    /// A name of a method: one with a long known end is one of a few.
    private static func named(_ value: Expression) -> Expression {
        guard case .text(let parts) = value.form, case .literal(.text(let end)) = parts.last?.form, end.count > 2 else {
            return value
        }
        return Expression(
            node: value.node, form: .call(nil, "narrow part", [Argument(name: nil, value: value)]))
    }

    /// Methods that are given patterns; nil for all others.
    private mutating func pattern(_ base: Int?, _ name: String, _ list: Int?, at node: Int) -> Expression.Form? {
        guard let base, let list, let first = reader.named(list).first else { return nil }
        switch name {
        case "match?", "match": return check(base, first, at: node)
        case "gsub", "gsub!", "delete", "tr":
            guard name.hasPrefix("gsub"), let pattern = pattern(first), pattern.keepsHarmless else { return nil }
            return .call(nil, "narrow part", [Argument(name: nil, value: expression(base))])
        default: return nil
        }
    }

    mutating func arguments(_ list: Int?) -> [Argument] {
        guard let list else { return [] }
        return reader.named(list).compactMap { node in
            switch reader.kind(node) {
            case .block_argument: return nil
            case .pair:
                guard let key = reader.child(node, .key) else { return nil }
                return Argument(name: symbol(key) ?? reader.text(key), value: pairValue(node, key))
            case .hash_splat_argument:
                guard let inner = reader.named(node).first else { return nil }
                return Argument(name: Dialect.spreadName, value: expression(inner))
            case .splat_argument:
                guard let inner = reader.named(node).first else { return nil }
                return Argument(name: nil, value: expression(inner), isSpread: true)
            default: return Argument(name: nil, value: expression(node))
            }
        }
    }

    /// The method of the same name of the class above.
    mutating func superCall(_ node: Int, _ values: [Argument]) -> Expression.Form {
        guard let owner, let base = program.classes[owner].supertypes.first, !scope.method.isEmpty else {
            return .mixture(values.map(\.value))
        }
        program.calls[node] = scope.method
        return .call(Expression(node: node, form: .cast(base, receiver(node))), scope.method, values)
    }
}
