import SyntaxTree

/// Blocks: in a function their statements run where they stand, for every element or once.
extension RubyLowering {
    /// How a method uses the block it is given.
    private enum Use {
        /// Its value is the receiver, one element, what the block gave, or nothing of interest.
        case each, pick, map, test
        /// With the second parameter: a number, or an object that is passed on.
        case numbered, memo
        /// Gives the block's value to the next round.
        case fold
        /// Passes the receiver, and gives it back or the block's value.
        case tap, pass
        case times
    }

    private static let uses: [String: Use] = {
        var uses: [String: Use] = [:]
        func add(_ use: Use, _ names: [String]) { for name in names { uses[name] = use } }
        add(
            .each,
            [
                "each", "each_pair", "each_value", "each_key", "select", "filter", "reject", "sort_by", "find_all",
                "each_entry", "reverse_each", "each_line", "each_char", "each_byte", "select!", "reject!", "delete_if",
                "keep_if", "sort", "sort!", "sort_by!", "partition", "group_by", "index_by", "uniq", "find_each",
                "find_in_batches", "in_batches", "each_slice", "each_cons", "take_while", "drop_while", "chunk_while",
                "filter!", "each_child", "uniq!", "slice_when", "cycle",
            ])
        add(.pick, ["find", "detect", "min_by", "max_by", "find_index"])
        add(
            .map,
            [
                "map", "collect", "flat_map", "filter_map", "map!", "collect!", "transform_values", "to_h", "sum",
                "collect_concat", "each_entry", "transform_keys", "to_set", "index_with",
            ])
        add(.test, ["any?", "all?", "none?", "one?", "count"])
        add(.numbered, ["each_with_index", "with_index", "each_index"])
        add(.memo, ["each_with_object", "with_object"])
        add(.fold, ["inject", "reduce"])
        add(.tap, ["tap"])
        add(.pass, ["then", "yield_self"])
        add(.times, ["times", "upto", "downto", "step"])
        return uses
    }()

    /// A call with a block.
    mutating func blockCall(_ call: Call, _ block: Int) -> Expression.Form {
        let values = arguments(call.list)
        if let base = call.base, let use = Self.uses[call.name] { return iterated(call, base, use, values, block) }
        guard scope.isInFunction else { return outside(call, values, block) }
        let result = "$call \(call.node)"
        let value = "$block \(call.node)"
        let made = Expression(node: call.place, form: form(of: call, values))
        pending.append(kept(variable(result, at: call.place), made, at: call.place))
        pending.append(kept(variable(value, at: call.place), null(call.place), at: call.place))
        let passed = bind(block, to: variable(result, at: call.place), second: nil)
        let inner = passed + body(block, keeping: value)
        pending.append(once(inner, at: call.node))
        return .conditional(
            nothing(call.node), variable(result, at: call.node), variable(value, at: call.node))
    }

    /// Statements that may run, at most once; `next` leaves them.
    private func once(_ body: [Statement], at node: Int) -> Statement {
        let inner = body + [Statement(node: node, form: .stop)]
        return Statement(node: node, form: .loop(test: nothing(node), body: inner, step: [], testsFirst: true))
    }

    private func null(_ node: Int) -> Expression { Expression(node: node, form: .literal(.null)) }

    /// Outside functions a block is one itself, which the method is given.
    private mutating func outside(_ call: Call, _ values: [Argument], _ block: Int) -> Expression.Form {
        let marks = isRoute(call.node) ? ["route"] : []
        let number = function(block: block, name: "", isStatic: false, marks: marks)
        let given = Argument(name: nil, value: Expression(node: block, form: .function(number)))
        return form(of: call, marks.isEmpty ? values + [given] : values)
    }

    /// - Parameter rest: where `next` puts its value, if not in the same place.
    private mutating func body(_ block: Int, keeping name: String, skipping rest: String? = nil) -> [Statement] {
        scope.enclosing.append(.block(rest ?? name))
        defer { scope.enclosing.removeLast() }
        return reader.child(block, .body).map { self.block($0, .kept(name)) } ?? []
    }

    /// Puts what a block is passed into its parameters.
    /// - Parameter second: what the second parameter is passed; all get parts of the first if nil.
    private mutating func bind(_ block: Int, to value: Expression, second: Expression?) -> [Statement] {
        let parameters = (reader.child(block, .parameters).map(reader.named) ?? []).filter {
            reader.tree.field($0) == 0
        }
        guard !parameters.isEmpty else { return ["_1", "it"].compactMap { implicit($0, block, value) } }
        return parameters.enumerated().compactMap { position, parameter in
            if reader.kind(parameter) == .block_parameter { return nil }
            if let second, position > 0 { return kept(target(parameter), second, at: parameter) }
            let isPart = parameters.count > 1 && second == nil && position == 0
            let passed = isPart ? Expression(node: parameter, form: .mixture([value])) : value
            let isList = reader.kind(parameter) == .destructured_parameter
            return kept(
                target(parameter), isList ? Expression(node: parameter, form: .mixture([passed])) : passed,
                at: parameter)
        }
    }

    /// The parameter of a block that names none.
    private mutating func implicit(_ name: String, _ block: Int, _ value: Expression) -> Statement? {
        guard reader.tree.bytes(block).count < 400, reader.text(block).contains(name) else { return nil }
        scope.locals.insert(name)
        return kept(variable(name, at: block), value, at: block)
    }

    // MARK: Elements

    private mutating func iterated(
        _ call: Call, _ base: Expression, _ use: Use, _ values: [Argument], _ block: Int
    ) -> Expression.Form {
        let node = call.node
        let (source, value) = ("$each \(node)", "$block \(node)")
        let all = variable(source, at: call.place)
        pending.append(kept(all, base, at: call.place))
        let start = use == .fold ? values.first?.value ?? nothing(node) : null(node)
        pending.append(kept(variable(value, at: node), start, at: node))
        let (one, result) = (variable("$one \(node)", at: node), variable(value, at: node))
        if use == .tap || use == .pass {
            pending.append(once(bind(block, to: all, second: nil) + body(block, keeping: value), at: node))
            return use == .tap ? all.form : result.form
        }
        var inner: [Statement]
        switch use {
        case .fold:
            let before = "$before \(node)"
            inner = [kept(variable(before, at: node), result, at: node)]
            inner += bind(block, to: variable(before, at: node), second: one) + body(block, keeping: value)
        case .memo:
            pending.append(kept(variable(value, at: node), values.first?.value ?? nothing(node), at: node))
            inner = bind(block, to: one, second: result) + body(block, keeping: "$value \(node)")
        case .numbered: inner = bind(block, to: one, second: nothing(node)) + body(block, keeping: value)
        case .map: inner = bind(block, to: one, second: nil) + gathered(block, in: value)
        default: inner = bind(block, to: one, second: nil) + body(block, keeping: value)
        }
        let elements = use == .times ? nothing(node) : all
        pending.append(
            Statement(node: node, form: .forEach(target: one, type: nil, source: elements, body: inner)))
        switch use {
        case .each: return all.form
        case .pick: return .element(all, nothing(node))
        case .test, .times: return .mixture([])
        case .numbered: return .mixture([all, result])
        default: return result.form
        }
    }

    /// The values of all rounds, of which only what is in them is known.
    private mutating func gathered(_ block: Int, in value: String) -> [Statement] {
        let one = "$value \(block)"
        let place = variable(value, at: block)
        let all = Expression(node: block, form: .mixture([place, variable(one, at: block)]))
        return body(block, keeping: one, skipping: value) + [kept(place, all, at: block)]
    }

    /// `names.map(&:strip)`, `names.each(&method(:run))`; nil where what is given is no name.
    mutating func givenCall(_ call: Call, _ given: Int) -> Expression.Form? {
        guard let base = call.base, let use = Self.uses[call.name], let value = reader.named(given).first else {
            return nil
        }
        guard let name = symbol(value) else {
            let one = variable("$one \(call.node)", at: given)
            let applied = Expression(
                node: given, form: .apply(expression(value), [Argument(name: nil, value: one)]))
            return .comprehension(element: applied, target: one, source: base, tests: [])
        }
        switch use {
        case .map:
            program.calls[given] = name
            let one = variable("$one \(call.node)", at: given)
            let element = Expression(node: given, form: .call(one, name, []))
            return .comprehension(element: element, target: one, source: base, tests: [])
        case .each: return base.form
        case .pick: return .element(base, nothing(given))
        case .test: return .mixture([])
        default: return .mixture([base])
        }
    }
}
