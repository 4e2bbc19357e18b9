/// Calls of what an interface or an abstract class only names: whichever class implements it may be the one that runs.
extension FlowInterpreter {
    private static let mostImplementers = 3

    /// Runs each of the methods as one of the ways the program may take.
    func invokeAny(_ indices: [Int], receiver: Value, _ values: [ArgumentValue], at node: Int) -> Value {
        guard let before = live else { return .open }
        var result: Value?
        var after: State?
        for index in indices {
            live = before
            let returned = invoke(index, receiver: receiver, values, at: node)
            if result == nil { result = returned } else { result?.join(returned) }
            after = joined(after, live)
        }
        live = after
        return result ?? .open
    }

    /// The methods of other files that implement what the receiver's class only names.
    func implementers(_ name: String, of receiver: Value, arity: Int) -> [Int] {
        guard dialect.seeksImplementers, receiver.path != 0, let owner = classNumber(receiver.path),
            files[file(ofClass: owner)].functionsByName[name]?.contains(where: {
                functions[$0].owner == owner && functions[$0].body.isEmpty
            }) ?? false
        else { return [] }
        return implementingClasses(of: owner).compactMap { type in
            let own = (files[file(ofClass: type)].functionsByName[name] ?? []).filter {
                functions[$0].owner == type && !functions[$0].body.isEmpty
            }
            return own.first { functions[$0].parameters.count == arity } ?? own.first
        }
    }

    /// The classes of other files that name this one as their supertype.
    private func implementingClasses(of owner: Int) -> [Int] {
        if let known = implementing[owner] { return known }
        var found: [Int] = []
        let type = classes[owner].name
        for unit in linker?.implementing(type, near: files[file(ofClass: owner)].path) ?? [] {
            guard found.count < Self.mostImplementers, hasRoomForFiles, live != nil else { break }
            let number = files.firstIndex { $0.path == unit.path } ?? add(unit.program, unit.path)
            found += files[number].classesByName.values.sorted().filter { classes[$0].extends(type) }
        }
        found = Array(found.prefix(Self.mostImplementers))
        implementing[owner] = found
        return found
    }
}

extension ClassForm {
    /// Whether a type is among the supertypes, by its simple name.
    func extends(_ type: String) -> Bool {
        supertypes.contains { $0.split(whereSeparator: { ".\\".contains($0) }).last.map(String.init) == type }
    }
}
