import OrchestratorCore

/// Modules whose exports are one object: looked up where a value of theirs is used, not where it is imported.
extension FlowInterpreter {
    /// The path of an imported name, with the file it leads to in place of a relative specifier: `=src/db:js.query`.
    /// - Parameter file: the file in which the name stands; the one being run if nil.
    func located(_ path: String, in file: Int? = nil) -> String {
        guard let linker, JavaScriptLowering.isFile(path) else { return path }
        let origin = file ?? frames.last?.file ?? 0
        let key = "\(origin) \(path)"
        if let known = locatedNames[key] { return known }
        let parts = path.split(separator: ".", maxSplits: 1)
        let file = linker.path(ofModule: String(parts[0]), near: files[origin].path)
        let rest = parts.count > 1 ? "." + parts[1] : ""
        let result = file.map { "=" + $0.text.replacing(".", with: ":") + rest } ?? path
        locatedNames[key] = result
        return result
    }

    /// What a path into another file stands for; anything else as it is.
    func resolved(_ value: Value) -> Value {
        guard value.path != 0, value.objects.isEmpty, value.function == nil else { return value }
        let path = paths.text(value.path)
        guard path.utf8.first == UInt8(ascii: "="), var found = exported(path, depth: 0) else { return value }
        found.joinFlows(value.flows)
        return found
    }

    private func exported(_ path: String, depth: Int) -> Value? {
        let parts = path.split(separator: ".").map(String.init)
        guard let module = parts.first, case .module(let number) = link(module), depth < 4 else { return nil }
        let whole = files[number].globals["exports"] ?? .open
        if let id = whole.objects.first, live?.objects[id] == nil {
            live?.objects.merge(files[number].objects) { current, _ in current }
        }
        guard parts.count > 1 else { return whole }
        guard let value = field(parts[1], of: whole) else {
            for other in files[number].reexports {
                if let value = exported(located(other, in: number) + "." + parts[1], depth: depth + 1) { return value }
            }
            return parts.count == 2 && parts[1] == "default" ? resolved(whole) : nil
        }
        return parts.dropFirst(2).reduce(resolved(value)) { member($0, $1, at: 0) }
    }

    private func field(_ name: String, of value: Value) -> Value? {
        value.objects.lazy.compactMap { self.live?.objects[$0]?.fields[name] }.first
    }

    /// The class that a path names.
    func exportedClass(_ path: String) -> Int? {
        guard path.utf8.first == UInt8(ascii: "="), let value = exported(path, depth: 0), value.path != 0 else {
            return nil
        }
        return classNumbers[value.path] ?? nil
    }

    /// The path of a declared type, in the terms of the knowledge.
    func typePath(_ type: String) -> Int {
        guard dialect.functionsAreValues else { return paths.number(type) }
        return paths.number(book.supertypes[type] ?? located(type))
    }

    /// A new instance of what a name stands for: a class, a function, or a library's type.
    func createValue(_ type: String, _ values: [ArgumentValue], at node: Int) -> Value {
        let names = type.split(separator: ".").map(String.init)
        guard let first = names.first else { return .open }
        var callee = variable(first, at: node)
        for name in names.dropFirst() { callee = member(callee, name, at: node) }
        callee = resolved(callee)
        if let function = callee.function {
            let result = Value(objects: [allocate(node, HeapObject())])
            let returned = invoke(function, receiver: result, values, at: node)
            return returned.objects.isEmpty ? result : returned
        }
        if callee.path != 0, let owner = classNumber(callee.path) { return construct(owner, values, at: node) }
        for value in values {
            guard let function = value.value.function else { continue }
            _ = callBack(value.value, unknownArguments(function), at: value.node)
        }
        return createLibrary(callee.path == 0 ? type : paths.text(callee.path), values, at: node)
    }
}
