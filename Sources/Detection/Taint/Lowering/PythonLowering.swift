import SyntaxTree

/// Lowers Python: definitions here, statements and expressions in the extensions.
struct PythonLowering: TreeLowering {
    var reader: TreeReader<PythonKind>
    var program = Program()
    var depth = 0
    /// The class whose body is being lowered.
    var owner: Int?
    static func lower(_ source: ParsedSource) -> Program {
        var lowering = PythonLowering(reader: TreeReader(source))
        lowering.program.body = lowering.statements(lowering.reader.named(0))
        return lowering.program
    }

    /// Lowers a function and returns its number.
    mutating func function(_ node: Int, marks: [String]) -> Int {
        var form = Function(name: reader.child(node, .name).map(reader.text) ?? "", node: node)
        form.marks = marks
        form.owner = owner
        form.isStatic = owner == nil || marks.contains("staticmethod")
        form.isConstructor = owner != nil && form.name == "__init__"
        form.parameters = reader.child(node, .parameters).map { parameters($0) } ?? []
        let outer = owner
        owner = nil
        if let body = reader.child(node, .body) { form.body = statements(reader.named(body)) }
        owner = outer
        program.functions.append(form)
        return program.functions.count - 1
    }

    mutating func parameters(_ node: Int) -> [Parameter] {
        var result: [Parameter] = []
        for child in reader.named(node) {
            switch reader.kind(child) {
            case .identifier: result.append(Parameter(name: reader.text(child), node: child))
            case .typed_parameter:
                guard let inner = reader.named(child).first else { continue }
                let isRest = reader.kind(inner) != .identifier
                let name = isRest ? reader.named(inner).first ?? inner : inner
                let type = reader.child(child, .type).map(typeName)
                result.append(Parameter(name: reader.text(name), node: child, type: type, isRest: isRest))
            case .default_parameter, .typed_default_parameter:
                guard let name = reader.child(child, .name) else { continue }
                let type = reader.child(child, .type).map(typeName)
                let standard = reader.child(child, .value).map { expression($0) }
                result.append(Parameter(name: reader.text(name), node: child, type: type, standard: standard))
            case .list_splat_pattern, .dictionary_splat_pattern:
                guard let name = reader.named(child).first else { continue }
                result.append(Parameter(name: reader.text(name), node: child, isRest: true))
            default: break
            }
        }
        return result
    }

    /// A type by its imported name, so far as it is a plain one.
    func typeName(_ node: Int) -> String {
        let text = reader.text(node)
        let head = text.prefix { $0 != "[" }
        let first = String(head.prefix { $0 != "." })
        guard let path = program.imports[first] else { return String(head) }
        return path + head.dropFirst(first.count)
    }

    mutating func type(_ node: Int, marks: [String]) {
        let supertypes = reader.child(node, .superclasses).map(reader.named)?.map(typeName) ?? []
        let index = program.classes.count
        let name = reader.child(node, .name).map(reader.text) ?? ""
        program.classes.append(ClassForm(name: name, node: node, supertypes: supertypes, marks: marks))
        let outer = owner
        owner = index
        defer { owner = outer }
        for member in reader.child(node, .body).map(reader.named) ?? [] {
            switch reader.kind(member) {
            case .function_definition, .decorated_definition, .class_definition: _ = statement(member)
            case .expression_statement: field(member, of: index)
            default: break
            }
        }
    }

    private mutating func field(_ node: Int, of owner: Int) {
        guard let assignment = reader.named(node).first, reader.kind(assignment) == .assignment,
            let left = reader.child(assignment, .left), reader.kind(left) == .identifier
        else { return }
        let type = reader.child(assignment, .type).map(typeName)
        let value = reader.child(assignment, .right).map { expression($0) }
        program.classes[owner].fields.append(.init(name: reader.text(left), type: type, value: value, isFixed: false))
    }

    /// The path of a decorator, its arguments left out: `app.route`.
    func markName(_ node: Int) -> String {
        let text = reader.text(node).drop { $0 == "@" || $0 == " " }
        let head = text.prefix { $0 != "(" }
        let first = String(head.prefix { $0 != "." })
        guard let path = program.imports[first] else { return String(head) }
        return path + head.dropFirst(first.count)
    }

    // MARK: Imports

    mutating func importNames(_ node: Int) {
        if reader.kind(node) == .import_statement {
            for name in reader.children(node, .name) {
                if reader.kind(name) == .aliased_import {
                    guard let path = reader.child(name, .name), let alias = reader.child(name, .alias) else { continue }
                    program.imports[reader.text(alias)] = reader.text(path)
                } else {
                    let first = String(reader.text(name).prefix { $0 != "." })
                    program.imports[first] = first
                }
            }
            return
        }
        let module = reader.child(node, .module_name).map(reader.text) ?? ""
        for name in reader.children(node, .name) {
            let path = reader.kind(name) == .aliased_import ? reader.child(name, .name) ?? name : name
            let alias = reader.child(name, .alias) ?? path
            program.imports[reader.text(alias)] = module + "." + reader.text(path)
        }
    }
}
