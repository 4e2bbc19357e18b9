import OrchestratorCore

/// One of the files a run looks at.
struct ProgramFile {
    /// Nil for the file that is examined.
    let path: RepositoryPath?
    let body: [Statement]
    let imports: [String: String]
    /// What to add to the numbers the file itself gives its functions.
    let functionBase: Int
    let functionsByName: [String: [Int]]
    let classesByName: [String: Int]
    /// Values of the module's variables once it has run.
    var globals: [String: Value] = [:]
    /// What these refer to.
    var objects: [Int: HeapObject] = [:]
    let awaited: Set<Int>
    let changeable: Set<String>
    let reexports: [String]
    let package: String
    let packages: [String: String]

    init(_ program: Program, path: RepositoryPath?, functionBase: Int, classBase: Int) {
        self.path = path
        body = program.body
        imports = program.imports
        self.functionBase = functionBase
        awaited = program.awaited
        changeable = program.changeable
        reexports = program.reexports
        package = program.package
        packages = program.packages
        let named = program.functions.indices.filter { program.functions[$0].isNamed }
        functionsByName = Dictionary(grouping: named.map { $0 + functionBase }) {
            program.functions[$0 - functionBase].name
        }
        let declared = program.classes.indices.filter { !program.classes[$0].isNameOnly }
        classesByName = Dictionary(declared.map { (program.classes[$0].name, $0 + classBase) }) { first, _ in first }
    }
}

/// What a dotted name stands for in another file.
enum LinkTarget {
    case module(Int)
    case type(Int)
}

/// Calls into other files of the repository: their functions and classes are taken in when first needed.
extension FlowInterpreter {
    /// Nodes of other files carry the file's number above this bit.
    static let fileShift = 40
    private static let mostFiles = 12

    var file: ProgramFile {
        get { files[frames.last?.file ?? 0] }
        set { files[frames.last?.file ?? 0] = newValue }
    }

    func here(_ node: Int) -> Int { node | (frames.last?.file ?? 0) << Self.fileShift }

    func file(ofClass owner: Int) -> Int { classes[owner].node >> Self.fileShift }

    /// The class a path names, in this file or in one it can be linked with.
    func classNumber(_ path: Int) -> Int? {
        if let known = classNumbers[path] { return known }
        let text = paths.text(path)
        if dialect.sendsMessages, text.first?.isUppercase != true || text.contains(".") { return nil }
        guard !text.hasSuffix(")"), !dialect.linksByName || dialect.typeName(text).first?.isUppercase ?? false else {
            return nil
        }
        let name = dialect.sendsMessages ? Dialect.simpleName(text) : dialect.typeName(text)
        let found = file.classesByName[name] ?? linkedClass(text)
        // Another file may import what this one does not.
        if found != nil || !dialect.hasPackages { classNumbers[path] = .some(found) }
        return found
    }

    func linkedClass(_ name: String) -> Int? {
        if dialect.hasPackages { return packageClass(name) }
        if dialect.functionsAreValues { return exportedClass(located(file.imports[name] ?? name)) }
        if case .type(let owner) = link(file.imports[name] ?? name) { return owner }
        return nil
    }

    /// Calls a function of a module, or creates an instance of one of its classes.
    func linkedCall(
        _ owner: Int, _ name: String, _ receiver: Value?, _ values: [ArgumentValue], at node: Int
    ) -> Value? {
        guard linker != nil, dialect.passesReceiver, owner != 0, case .module(let number) = link(paths.text(owner))
        else {
            return nil
        }
        if let index = files[number].functionsByName[name]?.first(where: { functions[$0].owner == nil }) {
            return invoke(index, receiver: .harmless, values, at: node)
        }
        if let type = files[number].classesByName[name] { return construct(type, values, at: node) }
        return nil
    }

    /// A variable, function or class of a module.
    func linkedMember(_ owner: String, _ name: String) -> Value? {
        guard linker != nil, dialect.passesReceiver, !owner.isEmpty, case .module(let number) = link(owner) else {
            return nil
        }
        if let value = files[number].globals[name] { return value }
        return files[number].classesByName[name].map { _ in Value(path: paths.number(owner + "." + name)) }
    }

    func link(_ name: String) -> LinkTarget? {
        let key = "\(frames.last?.file ?? 0) \(name)"
        if let known = linkedNames[key] { return known }
        let target = fresh(name)
        linkedNames[key] = .some(target)
        return target
    }

    private func fresh(_ name: String) -> LinkTarget? {
        guard let linker, hasRoomForFiles, !name.hasSuffix(")"), live != nil,
            let source = unit(of: name, linker)
        else { return nil }
        let number = files.firstIndex { $0.path == source.path } ?? add(source.program, source.path)
        guard dialect.dropsPackages || dialect.linksByName || dialect.linksClasses || dialect.sendsMessages else {
            return .module(number)
        }
        let known = files[number].classesByName
        let simple = dialect.sendsMessages ? Dialect.simpleName(name) : Self.split(dialect.typeName(name)).name
        return (dialect.linksClasses ? known[String(simple.dropFirst())] ?? known[simple] : known[simple])
            .map { .type($0) }
    }

    var hasRoomForFiles: Bool { files.count < Self.mostFiles }

    private func unit(of name: String, _ linker: FlowLinker) -> FlowLinker.Unit? {
        if dialect.linksByName { return linker.classSource(of: name, near: file.path) }
        if dialect.sendsMessages { return linker.constantSource(of: name, near: file.path) }
        guard dialect.linksClasses else { return linker.source(of: name, near: file.path) }
        guard name.first?.isUppercase ?? false, !name.contains(".") else { return nil }
        let isInterface = name.hasPrefix("I") && name.dropFirst().first?.isUppercase ?? false
        let implementation = isInterface ? linker.classSource(of: String(name.dropFirst()), near: file.path) : nil
        return implementation ?? linker.classSource(of: name, near: file.path)
    }

    /// - Parameter runs: whether the file's own statements are run now, in a scope of their own.
    func add(_ program: Program, _ path: RepositoryPath, runs: Bool = true) -> Int {
        let number = files.count
        let (functionBase, classBase) = (functions.count, classes.count)
        for var function in program.functions {
            function.node |= number << Self.fileShift
            function.owner = function.owner.map { $0 + classBase }
            for index in function.parameters.indices { function.parameters[index].node |= number << Self.fileShift }
            functions.append(function)
        }
        for var form in program.classes {
            form.node |= number << Self.fileShift
            classes.append(form)
        }
        files.append(ProgramFile(program, path: path, functionBase: functionBase, classBase: classBase))
        if runs { runModule(number) }
        return number
    }

    /// A function of a file that was taken in.
    func functionElsewhere(_ name: String) -> Int? {
        files.lazy.compactMap { file in file.functionsByName[name]?.first { self.functions[$0].owner == nil } }.first
    }

    /// Runs the files that may be included here, each with the variables there.
    /// - Parameter name: of the file; where it is one of several, each is a way the program may take.
    func include(_ name: Value?, at node: Int) -> Value {
        let ends = name?.constants?.compactMap(\.string).filter { !$0.isEmpty } ?? []
        guard let before = live, let first = ends.first else { return Value(flows: Value.open.flows) }
        var result = include(first, at: node)
        for end in ends.dropFirst() {
            let after = live
            live = before
            result.join(include(end, at: node))
            live = joined(live, after)
        }
        return result
    }

    /// - Parameter end: the known end of the file's name.
    private func include(_ end: String, at node: Int) -> Value {
        guard let linker, let before = live, frames.count <= Self.deepestCall,
            let source = linker.included(end, near: file.path)
        else { return Value(flows: Value.open.flows) }
        guard files.count < Self.mostFiles || files.contains(where: { $0.path == source.path }) else { return .open }
        let number = files.firstIndex { $0.path == source.path } ?? add(source.program, source.path, runs: false)
        guard number > 0, !frames.contains(where: { $0.file == number }) else { return .harmless }
        var frame = Frame(
            function: nil, receiver: frames.last?.receiver ?? .harmless, owner: frames.last?.owner,
            context: (frames.last?.context ?? 0) &* 31 &+ node)
        frame.file = number
        frame.call = node
        // A large file must not use up what its includers have.
        let kept = workLeft - workLeft / 4
        workLeft /= 4
        frames.append(frame)
        execute(files[number].body)
        frame = frames.removeLast()
        live = joined(frame.returnedState, live) ?? before
        files[number].globals = live?.variables ?? [:]
        workLeft = max(0, workLeft) + kept
        return frame.returned ?? Value(.truth(true))
    }

    /// Runs a module's own statements for the values of its variables.
    private func runModule(_ number: Int) {
        guard let before = live, !files[number].body.isEmpty else { return }
        var frame = Frame(function: nil, receiver: .harmless, owner: nil, context: number << Self.fileShift)
        frame.file = number
        live = State(objects: before.objects)
        frames.append(frame)
        execute(files[number].body)
        frames.removeLast()
        files[number].globals = live?.variables ?? [:]
        files[number].objects = live?.objects ?? [:]
        moduleObjects.merge(live?.objects ?? [:]) { known, _ in known }
        var after = before
        if let objects = live?.objects { after.objects = objects }
        live = after
    }
}
