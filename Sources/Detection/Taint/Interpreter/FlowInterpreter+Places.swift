/// What is known of members of things of which little else is known: `req.body.name` after it was checked.
extension FlowInterpreter {
    /// The place an expression reads, as it is written; nil unless it is a chain of names.
    func place(_ expression: Expression) -> String? {
        switch expression.form {
        case .member(let base, let name): return root(base).map { $0 + "." + name }
        default: return nil
        }
    }

    private func root(_ expression: Expression) -> String? {
        switch expression.form {
        case .name(let name): name
        case .receiver: "this"
        case .member(let base, let name): root(base).map { $0 + "." + name }
        default: nil
        }
    }

    /// What was learned of a place.
    func known(at expression: Expression) -> Value? {
        guard live?.places.isEmpty == false else { return nil }
        return place(expression).flatMap { live?.places[$0] }
    }

    /// Changes what is known of a variable or place.
    func learn(_ expression: Expression, _ change: (inout Value) -> Void) {
        if case .name(let name) = expression.form {
            guard var value = live?.variables[name] else { return }
            change(&value)
            live?.variables[name] = value
        } else if dialect.sendsMessages, case .member(let base, let name) = expression.form, case .receiver = base.form
        {
            learn(ownField: name, expression, change)
        } else if dialect.functionsAreValues, let key = place(expression) {
            var value = evaluate(expression)
            change(&value)
            live?.places[key] = value
        }
    }

    /// Forgets what was known of the places in one that is assigned to, and notes what it holds now.
    func assigned(_ target: Expression, _ value: Value?) {
        guard dialect.functionsAreValues, let key = root(target) else { return }
        if let places = live?.places, !places.isEmpty {
            live?.places = places.filter { !($0.key == key || $0.key.hasPrefix(key + ".")) }
        }
        if let value { live?.places[key] = value }
    }
}
