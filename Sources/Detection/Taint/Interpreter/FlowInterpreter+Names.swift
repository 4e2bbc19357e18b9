/// What names stand for: variables, fields, functions, classes, imports and sources.
extension FlowInterpreter {
    func variable(_ name: String, at node: Int) -> Value {
        if let value = live?.variables[name] { return name.hasSuffix("]") ? readAgain(value, at: node) : value }
        if let owner = frames.last?.owner, dialect.membersAreInScope, let value = field(name, of: owner) {
            return value
        }
        if let value = ownMember(name, at: node) { return value }
        if let value = file.globals[name] { return value }
        if dialect.functionsAreValues, file.imports[name] != nil { return library(name, at: node) }
        if let index = file.functionsByName[name]?.first(where: { functions[$0].owner == nil }) {
            return Value(function: index)
        }
        if let owner = file.classesByName[dialect.sendsMessages ? Dialect.simpleName(name) : name] {
            if dialect.functionsAreValues { classNumbers[paths.number(name)] = .some(owner) }
            return Value(path: paths.number(name))
        }
        if dialect.hasPackages, file.imports[name] == nil, let value = packageMember(file.package, name) {
            return value
        }
        return sourceElement(name, at: node) ?? library(name, at: node)
    }

    private func library(_ name: String, at node: Int) -> Value {
        if let path = file.imports[name] { return known(paths.number(located(path)), at: node) }
        let path = paths.number(name)
        // Another script of the page, or the one that runs this one, may have put anything there.
        if dialect.functionsAreValues, name.first?.isLowercase ?? false, book.members[name] == nil {
            return Value(flows: Value.open.flows, path: path)
        }
        if dialect.namesAreLibrary || name.first?.isUppercase ?? false || book.members[name] != nil {
            return known(path, at: node)
        }
        return Value(flows: Value.open.flows, path: path)
    }

    /// The value a path stands for: a source, or nothing an outsider controls.
    private func known(_ path: Int, at node: Int) -> Value {
        let text = paths.text(path)
        guard let source = book.members[text] else {
            let (owner, name) = Self.split(text)
            return linkedMember(owner, name) ?? Value(path: path)
        }
        return sourced(source, at: node, path: path)
    }

    /// An element of a source at a known key, `$_GET[id]`: a variable of its own, so that what is checked and assigned
    /// holds for it. Each place that reads it is where the value comes in.
    private func sourceElement(_ name: String, at node: Int) -> Value? {
        guard name.hasSuffix("]"), let bracket = name.firstIndex(of: "["),
            let source = book.members[String(name[..<bracket])]
        else { return nil }
        let fresh = sourced(source, at: node, path: 0)
        live?.variables[name] = fresh
        return fresh
    }

    /// The same for one that was read before: as clean as it is known to be.
    private func readAgain(_ value: Value, at node: Int) -> Value {
        guard value.flows.count == 1, value.flows[0].source >= 0 else { return value }
        let (flow, origin) = (value.flows[0], trace.origins[value.flows[0].source])
        guard flow.step == origin.step else { return value }
        var result = sourced(origin.source, at: node, path: value.path)
        result.flows[0].clean = flow.clean
        result.constants = value.constants
        return result
    }

    /// What a class of the program has from a library's: `self.path` of a `BaseHTTPRequestHandler`.
    func inheritedSource(_ name: String, of base: Value) -> FlowBook.SourceRef? {
        guard dialect.passesReceiver, base.path != 0, book.inheritable.contains(name),
            let owner = classNumber(base.path),
            !base.objects.contains(where: { live?.objects[$0]?.fields[name] != nil })
        else { return nil }
        return librarySupertypes(owner).lazy.compactMap { self.book.members[$0 + "." + name] }.first
    }

    /// The library's classes that a class of the program extends, by way of others if need be.
    private func librarySupertypes(_ owner: Int) -> [String] {
        var found: [String] = []
        var queue = classes[owner].supertypes
        while let name = queue.popLast(), found.count < 16 {
            if let inner = files[file(ofClass: owner)].classesByName[name], inner != owner {
                queue += classes[inner].supertypes
            }
            found.append(name)
            if let next = book.supertypes[name] { queue.append(next) }
        }
        return found
    }
}
