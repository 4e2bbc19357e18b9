/// Packages: files of one folder that see each other's functions, types and variables; imports are whole packages.
extension FlowInterpreter {
    /// Files taken in for one, where packages have many.
    static let mostPackageFiles = 24

    /// The function a call names, with the receiver it gets: what is embedded lends its methods.
    func packageFunction(_ receiver: Value, _ name: String, depth: Int = 0) -> (index: Int, receiver: Value)? {
        guard dialect.hasPackages, receiver.path != 0, depth < 4 else { return nil }
        let path = paths.text(receiver.path)
        guard let dot = path.firstIndex(of: ".") else {
            guard receiver.objects.isEmpty, receiver.flows.isEmpty, file.packages[path] != nil else { return nil }
            return packageFunction(path, name).map { ($0, .harmless) }
        }
        guard !path.hasSuffix(")"), !path.hasSuffix("]") else { return nil }
        let type = String(path[path.index(after: dot)...])
        if let index = method(name, ofType: path, String(path[..<dot]), type) {
            var receiver = receiver
            receiver.path = functions[index].owner.map { paths.number(classes[$0].name) } ?? receiver.path
            return (index, receiver)
        }
        guard let owner = classNumber(receiver.path) else { return nil }
        for embedded in classes[owner].supertypes {
            let inner = member(receiver, Self.split(embedded).name, at: 0)
            if let found = packageFunction(inner, name, depth: depth + 1) { return found }
        }
        return nil
    }

    /// A function of a package that is no method.
    func packageFunction(_ package: String, _ name: String) -> Int? {
        guard let number = declaring(package, name) else { return nil }
        return files[number].functionsByName[name]?.first { functions[$0].owner == nil }
    }

    private func method(_ name: String, ofType path: String, _ package: String, _ type: String) -> Int? {
        func own(_ file: ProgramFile) -> Int? {
            file.functionsByName[name]?.first { index in
                functions[index].owner.map { classes[$0].name == path } ?? false
            }
        }
        if let index = own(file) ?? files.lazy.compactMap(own).first { return index }
        if let number = declaring(package, type + "." + name) { return own(files[number]) }
        // The only type of the package that has such a method is what the interface stands for.
        guard let owner = classNumber(paths.number(path)), classes[owner].marks.contains("interface"),
            let folder = folder(of: package), let only = linker?.package(folder).onlyType(with: name),
            let number = declaring(package, only + "." + name)
        else { return nil }
        return files[number].functionsByName[name]?.first { index in
            functions[index].owner.map { classes[$0].name.hasSuffix("." + only) } ?? false
        }
    }

    /// A variable, constant or function of a package.
    func packageMember(_ package: String, _ name: String) -> Value? {
        guard let number = declaring(package, name) else { return nil }
        if let value = files[number].globals[name] { return value }
        return files[number].functionsByName[name]?.first { functions[$0].owner == nil }.map { Value(function: $0) }
    }

    func packageClass(_ path: String) -> Int? {
        let (package, type) = Self.split(path)
        guard !package.isEmpty, !package.contains("."), let number = declaring(package, type) else { return nil }
        return files[number].classesByName[path] ?? files[number].classesByName[files[number].package + "." + type]
    }

    /// The file that declares something of a package, as seen from the file being run.
    private func declaring(_ package: String, _ name: String) -> Int? {
        let key = "\(frames.last?.file ?? 0) \(package).\(name)"
        if let known = linkedFiles[key] { return known }
        let number = freshDeclaring(package, name)
        linkedFiles[key] = .some(number)
        return number
    }

    private func freshDeclaring(_ package: String, _ name: String) -> Int? {
        guard let linker, live != nil, let folder = folder(of: package),
            let path = linker.package(folder).declarations[name]
        else { return nil }
        if linker.isExamined(path) { return 0 }
        if let number = files.firstIndex(where: { $0.path == path }) { return number }
        guard files.count < Self.mostPackageFiles, let unit = linker.unit(path) else { return nil }
        return add(unit.program, unit.path)
    }

    private func folder(of package: String) -> String? {
        guard let linker, !package.isEmpty else { return nil }
        if package == file.package { return linker.folder(of: file.path) }
        let full = file.packages[package] ?? files.lazy.compactMap { $0.packages[package] }.first
        if let full { return linker.folder(ofImport: full) }
        return files.first { $0.package == package }.map { linker.folder(of: $0.path) }
    }

    // MARK: Members

    /// A field that was not stored here: of a package, of what is embedded, or as its type is declared.
    func typedMember(_ base: Value, _ name: String, depth: Int = 0) -> Value? {
        guard base.path != 0, depth < 4 else { return nil }
        let path = paths.text(base.path)
        guard path.contains(".") else {
            return base.objects.isEmpty && base.flows.isEmpty ? packageMember(path, name) : nil
        }
        guard let owner = classNumber(base.path) else { return nil }
        if let field = classes[owner].fields.first(where: { $0.name == name }) {
            let value = Value(flows: base.objects.isEmpty ? base.flows : [])
            return field.type.map { declared(value, $0) } ?? value
        }
        for embedded in classes[owner].supertypes {
            let inner = member(base, Self.split(embedded).name, at: 0)
            if hasField(inner, name, depth: depth + 1) { return member(inner, name, at: 0) }
        }
        return nil
    }

    private func hasField(_ value: Value, _ name: String, depth: Int) -> Bool {
        guard depth < 4, value.path != 0, let owner = classNumber(value.path) else { return false }
        return classes[owner].fields.contains { $0.name == name }
            || classes[owner].supertypes.contains { hasField(Value(path: paths.number($0)), name, depth: depth + 1) }
    }

    /// A field as its type is declared, where the type is known.
    /// - Parameter found: what was stored in it; nil if nothing.
    func typedField(_ found: Value?, of base: Value, _ name: String) -> Value? {
        guard let found else { return typedMember(base, name) }
        guard base.path != 0, let owner = classNumber(base.path) else { return nil }
        if let field = classes[owner].fields.first(where: { $0.name == name }) {
            return field.type.map { declared(found, $0) }
        }
        return classes[owner].supertypes.isEmpty ? nil : typedMember(base, name)
    }

    // MARK: Results and pointers

    /// One of the results of a call of which only the whole is known; types of several are written `a,b`.
    func part(_ index: Int, of value: Value) -> Value {
        let types = paths.text(value.path).split(separator: ",", omittingEmptySubsequences: false)
        guard types.count > 1 else { return index == 0 ? value : Value(flows: value.flows) }
        var part = Value(flows: value.flows)
        if index < types.count { part.path = paths.number(String(types[index])) }
        return part
    }

    /// What is called may have stored its result where a pointer led.
    func fill(_ arguments: [Argument], _ result: Value) {
        for argument in arguments where argument.isAddress {
            let value = evaluate(argument.value)
            let content = deep(result)
            for id in value.objects { live?.objects[id]?.addRest(content) }
            guard value.objects.isEmpty else { continue }
            var filled = value
            filled.constants = nil
            if !dialect.isNumeric(paths.text(value.path)) { filled.joinFlows(content.flows) }
            assign(
                argument.value, trace.extend(filled, at: here(argument.value.node)) { "stored here" }, type: nil)
        }
    }
}
