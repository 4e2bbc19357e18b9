/// Assignments, elements and fields.
extension FlowInterpreter {
    func assignment(_ target: Expression, _ value: Expression, _ type: String?) -> Value {
        let result = evaluate(value)
        let label = label(target)
        // Names with a space are none of the source's.
        let step =
            label.contains(" ") && label.hasPrefix("$")
            ? result : trace.extend(result, at: here(target.node)) { "assigned to '\(label)'" }
        assign(target, step, type: type)
        return result
    }

    /// What a reader calls the target.
    private func label(_ target: Expression) -> String {
        switch target.form {
        case .name(let name), .member(_, let name): name
        case .element(let base, _): label(base)
        default: "several variables"
        }
    }

    func assign(_ target: Expression, _ value: Value, type: String?) {
        guard live != nil else { return }
        let value = type.map { declared(value, $0) } ?? value
        switch target.form {
        case .name(let name):
            assigned(target, nil)
            assign(name, value, isDeclaration: type != nil, at: here(target.node))
        case .member(let base, let name):
            let whole = resolved(evaluate(base))
            assigned(target, whole.objects.isEmpty ? value : nil)
            store(value, in: whole, base, field: name, at: here(target.node))
        case .element(let base, let key):
            store(value, in: evaluate(base), base, key: evaluate(key), at: here(target.node))
        case .sequence(let targets):
            for (index, inner) in targets.enumerated() {
                let isWhole = dialect.hasPackages && value.objects.isEmpty
                let item = isWhole ? part(index, of: value) : element(of: value, at: Value(.integer(index)))
                assign(inner, item, type: nil)
            }
        case .cast(let type, let inner): assign(inner, declared(value, type), type: nil)
        case .mapping(let pairs): takeApart(value, pairs)
        case .assign(let inner, let standard, _):
            var value = value
            if value.constants == [.null], value.flows.isEmpty {
                value = evaluate(standard)
            } else if value.constants?.contains(.null) ?? true {
                value.join(evaluate(standard))
            }
            assign(inner, value, type: nil)
        case .mixture(let rest): if let inner = rest.first { assign(inner, deep(value), type: nil) }
        default: break
        }
    }

    /// `{a, b: c, ...rest} = value`.
    private func takeApart(_ value: Value, _ pairs: [(Expression, Expression)]) {
        for (key, inner) in pairs {
            if case .literal(let name) = key.form, dialect.functionsAreValues {
                assign(inner, member(value, name.text, at: here(key.node)), type: nil)
            } else if case .mixture(let parts) = key.form, parts.isEmpty {
                assign(inner, value, type: nil)
            } else {
                assign(inner, element(of: value, at: evaluate(key)), type: nil)
            }
        }
    }

    private func assign(_ name: String, _ value: Value, isDeclaration: Bool, at node: Int) {
        var value = value
        if !isDeclaration, let old = live?.variables[name], old.path != 0, !paths.text(old.path).hasSuffix(")") {
            if value.path == 0 || paths.text(value.path).hasSuffix(")"), dialect.dropsPackages { value.path = old.path }
            if dialect.isNumeric(paths.text(old.path)) { value.flows = [] }
        }
        if !isDeclaration, live?.variables[name] == nil, dialect.membersAreInScope, let owner = frames.last?.owner,
            classes[owner].fields.contains(where: { $0.name == name }), let receiver = frames.last?.receiver
        {
            return setField(name, value, of: receiver, owner: owner)
        }
        checkStore(value, key: nil, ownerPath: "", name: name, at: node)
        live?.variables[name] = value
    }

    private func setField(_ name: String, _ value: Value, of receiver: Value, owner: Int) {
        for id in receiver.objects.isEmpty ? [statics(of: owner)] : receiver.objects {
            live?.objects[id]?.fields[name] = value
        }
    }

    /// A declared type cleans if it holds no text, and says what the value is unless that is known better.
    func declared(_ value: Value, _ type: String) -> Value {
        var result = value
        if dialect.isNumeric(type) { result.flows = [] }
        if value.path == 0 || paths.text(value.path).hasSuffix(")"), !["var", "Object", "String"].contains(type) {
            result.path = typePath(type)
        }
        return result
    }

    private func store(_ value: Value, in base: Value, _ place: Expression, field name: String, at node: Int) {
        if dialect.functionsAreValues || dialect.hasProperties {
            let owner = base.path == 0 ? label(place) : paths.text(base.path)
            checkStore(value, key: nil, ownerPath: owner, name: name, at: node)
        }
        if base.objects.isEmpty {
            // What of a request is from outside is known by name, and places remember what was put there.
            let isKnown = dialect.functionsAreValues && book.carriers.contains(paths.text(base.path))
            // A record that is given a value is none.
            return isKnown || dialect.sendsMessages ? () : weaken(place, with: value)
        }
        let isCertain = base.objects.count == 1
        for id in base.objects {
            if isCertain { live?.objects[id]?.fields[name] = value } else { live?.objects[id]?.joinField(name, value) }
        }
    }

    private func store(_ value: Value, in base: Value, _ place: Expression, key: Value, at node: Int) {
        let path = base.path == 0 ? label(place) : paths.text(base.path)
        let (owner, name) = Self.split(path)
        checkStore(value, key: key, ownerPath: owner, name: name, at: node)
        let base = begun(base, place) ?? base
        if base.objects.isEmpty { return weaken(place, with: value) }
        for id in base.objects { put(value, at: key, in: id, isCertain: base.objects.count == 1) }
    }

    /// An array that begins to be with its first element: `$rows[] = 1`, where there was no `$rows`.
    private func begun(_ base: Value, _ place: Expression) -> Value? {
        guard dialect.linksByName, base.objects.isEmpty else { return nil }
        var object = HeapObject(items: [])
        switch place.form {
        case .name(let name):
            guard live?.variables[name] == nil, book.members[name] == nil else { return nil }
            // What the whole program shares may have other elements.
            if frames.last?.function == nil || name.hasPrefix("$_") { object.rest = .open }
        case .element:
            guard base.constants == [.null] else { return nil }
        default: return nil
        }
        let fresh = Value(objects: [allocate(here(place.node), object)])
        assign(place, fresh, type: nil)
        return fresh
    }

    /// Puts a value at a key or position.
    func put(_ value: Value, at key: Value, in id: Int, isCertain: Bool) {
        guard var object = live?.objects[id] else { return }
        if object.items != nil, let index = key.constant?.integer {
            let count = object.items?.count ?? 0
            let position = index < 0 ? count + index : index
            if position >= 0, position < count {
                if isCertain { object.items?[position] = value } else { object.items?[position].join(value) }
            } else {
                object.addRest(value)
            }
        } else if let key = key.constant, object.items == nil || object.items?.isEmpty == true,
            object.fields.count < 200
        {
            if isCertain { object.fields[key.text] = value } else { object.joinField(key.text, value) }
        } else {
            object.addRest(value)
        }
        live?.objects[id] = object
    }

    /// Something unknown inside a variable may now hold the value.
    private func weaken(_ place: Expression, with value: Value) {
        guard dialect.linksByName || !value.flows.isEmpty else { return }
        let flows = deep(value).flows
        guard !flows.isEmpty else { return }
        switch place.form {
        case .name(let name):
            if dialect.linksByName, live?.variables[name] == nil {
                let unknown = evaluate(place)
                live?.variables[name] = unknown
            }
            live?.variables[name]?.joinFlows(flows)
        case .element(let base, _), .member(let base, _):
            guard dialect.linksByName else { return }
            let outer = evaluate(base)
            if outer.objects.isEmpty { return weaken(base, with: value) }
            for id in outer.objects { live?.objects[id]?.addRest(Value(flows: flows)) }
        default: break
        }
    }

    /// `a.b.c` -> `a.b`, `c`.
    static func split(_ path: String) -> (owner: String, name: String) {
        guard let dot = path.lastIndex(of: ".") else { return ("", path) }
        return (String(path[..<dot]), String(path[path.index(after: dot)...]))
    }

    // MARK: Elements

    /// Any element of a collection.
    func element(of collection: Value) -> Value {
        var result = collection.content
        for id in collection.objects { if let object = live?.objects[id] { result.join(object.all) } }
        if collection.objects.isEmpty { result.path = elementPath(collection.path) } else { result.constants = nil }
        return result
    }

    private func elementPath(_ path: Int) -> Int {
        let text = paths.text(path)
        return text.hasSuffix("[]") ? paths.number(String(text.dropLast(2))) : 0
    }

    /// - Parameter node: where it is read.
    func element(of collection: Value, at key: Value, node: Int = 0) -> Value {
        var found: Value?
        for id in collection.objects {
            guard let object = live?.objects[id] else { continue }
            let value = element(of: object, at: key)
            if found == nil { found = value } else { found?.join(value) }
        }
        if var found {
            found.joinFlows(collection.flows)
            // It may as well be an element of something from outside, of which nothing is known.
            if collection.flows.contains(where: { $0.source >= 0 }) { found.constants = nil }
            return found
        }
        if collection.path != 0, let name = key.constant?.string {
            let path = paths.child(collection.path, name)
            if let source = book.members[paths.text(path)] { return sourced(source, at: node, path: path) }
        }
        if let text = collection.constant?.string, let index = key.constant?.integer {
            let position = index < 0 ? text.utf16.count + index : index
            if let character = TextOperation.character(of: text, at: position) {
                return Value(flows: collection.flows, constants: [.text(character)])
            }
        }
        return Value(flows: collection.flows, path: elementPath(collection.path))
    }

    private func element(of object: HeapObject, at key: Value) -> Value {
        if let items = object.items, let index = key.constant?.integer {
            let position = index < 0 ? items.count + index : index
            if position >= 0, position < items.count {
                var value = items[position]
                if let rest = object.rest { value.join(rest) }
                return value
            }
            return object.rest ?? Value(.null)
        }
        if let key = key.constant { return object.value(at: key.text) ?? Value(.null) }
        var all = object.all
        all.constants = nil
        return all
    }

    func slice(_ value: Value, _ from: Value?, _ to: Value?) -> Value {
        if let text = value.constant?.string {
            let start = from.map { $0.constant?.integer } ?? 0
            let end = to.map { $0.constant?.integer } ?? text.utf16.count
            if let start, let end, let part = TextOperation.slice(text, start, end) {
                return Value(flows: value.flows, constants: [.text(part)])
            }
        }
        return deep(value)
    }
}

extension HeapObject {
    mutating func joinField(_ name: String, _ value: Value) {
        if fields[name] == nil { fields[name] = value } else { fields[name]?.join(value) }
    }
}
