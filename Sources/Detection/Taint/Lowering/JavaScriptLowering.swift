import SyntaxTree

/// Lowers JavaScript and TypeScript: definitions here, modules, statements and expressions in the extensions.
struct JavaScriptLowering: TreeLowering {
    var reader: TreeReader<JavaScriptKind>
    var program = Program()
    var depth = 0
    /// What the functions being lowered declare and assign, innermost last.
    var scopes: [Scope] = []
    /// What the file exports under names that may be defined further down.
    var exports: [Statement] = []

    struct Scope {
        var declared: Set<String> = []
        var assigned: Set<String> = []
    }

    static func lower(_ source: ParsedSource) -> Program {
        var lowering = JavaScriptLowering(reader: TreeReader(source))
        let body = lowering.statements(lowering.reader.named(0))
        let empty = Expression(node: 0, form: .mapping([]))
        let exports = Expression(node: 0, form: .name("exports"))
        let opening = Expression(node: 0, form: .assign(exports, empty, type: nil))
        lowering.program.body = [Statement(node: 0, form: .expression(opening))] + body + lowering.exports
        return lowering.program
    }

    // MARK: Functions

    /// Lowers a function and returns its number.
    /// - Parameter name: what it is assigned to, for functions without a name of their own.
    mutating func function(_ node: Int, name: String = "", owner: Int? = nil) -> Int {
        let own = reader.child(node, .name).map(reader.text)
        var form = Function(name: own ?? name, node: node)
        form.owner = owner
        form.isNamed = own != nil && reader.kind(node) != .method_definition || owner != nil
        form.keepsReceiver = reader.kind(node) == .arrow_function
        form.isStatic = owner == nil || reader.hasToken(node, "static")
        form.isConstructor = owner != nil && form.name == "constructor"
        scopes.append(Scope())
        var opening: [Statement] = []
        form.parameters = parameters(of: node, &opening)
        if form.isConstructor { opening += parameterFields(form.parameters, node) }
        form.body = opening + body(of: node)
        form.locals = scopes.last?.declared ?? []
        form.changesOutside = closeScope()
        program.functions.append(form)
        return program.functions.count - 1
    }

    private mutating func body(of node: Int) -> [Statement] {
        guard let body = reader.child(node, .body) else { return [] }
        if reader.kind(body) == .statement_block { return statements(reader.named(body)) }
        return [Statement(node: body, form: .leave(expression(body)))]
    }

    /// What a function assigns without declaring it may change between two calls of others.
    /// - Returns: whether there is any such name.
    private mutating func closeScope() -> Bool {
        let scope = scopes.removeLast()
        let outside = scope.assigned.subtracting(scope.declared)
        program.changeable.formUnion(outside)
        if !scopes.isEmpty { scopes[scopes.count - 1].assigned.formUnion(outside) }
        return !outside.isEmpty
    }

    private mutating func parameters(of node: Int, _ opening: inout [Statement]) -> [Parameter] {
        if let single = reader.child(node, .parameter) {
            scopes[scopes.count - 1].declared.insert(reader.text(single))
            return [Parameter(name: reader.text(single), node: single)]
        }
        var result: [Parameter] = []
        for child in reader.child(node, .parameters).map(reader.named) ?? [] {
            let pattern = reader.child(child, .pattern) ?? child
            guard reader.kind(pattern) != .this, reader.kind(pattern) != .decorator else { continue }
            var parameter = parameter(pattern, at: child, number: result.count, &opening)
            parameter.type = reader.child(child, .type).flatMap { typeName($0) }
            if let value = reader.child(child, .value) { parameter.standard = expression(value) }
            parameter.marks = reader.named(child).filter { reader.kind($0) == .decorator }.compactMap { mark($0) }
            result.append(parameter)
        }
        return result
    }

    /// A parameter that is taken apart gets a name no code can have, and is taken apart first thing in the body.
    private mutating func parameter(
        _ pattern: Int, at node: Int, number: Int, _ opening: inout [Statement]
    ) -> Parameter {
        switch reader.kind(pattern) {
        case .identifier:
            scopes[scopes.count - 1].declared.insert(reader.text(pattern))
            return Parameter(name: reader.text(pattern), node: node)
        case .rest_pattern:
            let inner = reader.named(pattern).first ?? pattern
            scopes[scopes.count - 1].declared.insert(reader.text(inner))
            return Parameter(name: reader.text(inner), node: node, isRest: true)
        case .assignment_pattern:
            guard let left = reader.child(pattern, .left) else { break }
            var result = parameter(left, at: node, number: number, &opening)
            result.standard = reader.child(pattern, .right).map { expression($0) }
            return result
        default: break
        }
        let name = "parameter \(number)"
        let whole = Expression(node: pattern, form: .name(name))
        let parts = Expression(
            node: pattern, form: .assign(target(pattern, declares: true), whole, type: nil))
        opening.append(Statement(node: pattern, form: .expression(parts)))
        return Parameter(name: name, node: node)
    }

    /// `constructor(private db: Db)` also fills a field.
    private mutating func parameterFields(_ parameters: [Parameter], _ node: Int) -> [Statement] {
        parameters.filter { parameter in
            reader.named(parameter.node).contains { reader.kind($0) == .accessibility_modifier }
                || reader.hasToken(parameter.node, "readonly")
        }.map { parameter in
            if let owner = program.classes.indices.last {
                program.classes[owner].fields.append(
                    .init(name: parameter.name, type: parameter.type, value: nil, isFixed: false))
            }
            let place = Expression(
                node: parameter.node,
                form: .member(Expression(node: parameter.node, form: .receiver), parameter.name))
            let value = Expression(node: parameter.node, form: .name(parameter.name))
            let assignment = Expression(node: parameter.node, form: .assign(place, value, type: nil))
            return Statement(node: parameter.node, form: .expression(assignment))
        }
    }

    // MARK: Classes

    /// Lowers a class; the name it goes by in the file.
    mutating func type(_ node: Int) -> String {
        let name = reader.child(node, .name).map(reader.text) ?? "class at \(node)"
        let index = program.classes.count
        program.classes.append(ClassForm(name: name, node: node, supertypes: supertypes(node)))
        for member in reader.child(node, .body).map(reader.named) ?? [] {
            switch reader.kind(member) {
            case .method_definition: _ = function(member, owner: index)
            case .field_definition, .public_field_definition: field(member, of: index)
            default: break
            }
        }
        return name
    }

    private mutating func supertypes(_ node: Int) -> [String] {
        guard let heritage = reader.named(node).first(where: { reader.kind($0) == .class_heritage }),
            let first = reader.named(heritage).first
        else { return [] }
        let value = reader.kind(first) == .extends_clause ? reader.child(first, .value) : first
        return value.map { [qualified(reader.text($0))] } ?? []
    }

    private mutating func field(_ node: Int, of owner: Int) {
        guard let name = (reader.child(node, .name) ?? reader.child(node, .property)).map(reader.text) else { return }
        let value = reader.child(node, .value)
        let type = reader.child(node, .type).flatMap { typeName($0) }
        // Arrow functions in fields are the class's methods by another spelling.
        if let value, reader.kind(value) == .arrow_function {
            let number = function(value, name: name, owner: owner)
            program.functions[number].keepsReceiver = false
            return
        }
        let form = value.map { expression($0, name: name) }
        program.classes[owner].fields.append(.init(name: name, type: type, value: form, isFixed: false))
    }

    // MARK: Names

    /// A type by its imported name, so far as it is a plain one and says anything.
    mutating func typeName(_ node: Int) -> String? {
        var inner = node
        while reader.kind(inner) == .type_annotation || reader.kind(inner) == .generic_type,
            let next = reader.child(inner, .name) ?? reader.named(inner).first
        { inner = next }
        switch reader.kind(inner) {
        case .predefined_type: return Self.plainTypes.contains(reader.text(inner)) ? reader.text(inner) : nil
        case .type_identifier, .nested_type_identifier: return qualified(reader.text(inner))
        default: return nil
        }
    }

    private static let plainTypes: Set<String> = ["number", "boolean", "bigint"]

    /// The name with its first part as it was imported.
    func qualified(_ text: String) -> String {
        let first = String(text.prefix { $0 != "." })
        guard let path = program.imports[first] else { return text }
        return path + text.dropFirst(first.count)
    }

    /// The name of a decorator; nil where it converts the value to something without text: `ParseIntPipe`.
    private mutating func mark(_ node: Int) -> String? {
        let text = reader.text(node).drop { $0 == "@" || $0 == " " }
        guard text.firstRange(of: "Parse") == nil else { return nil }
        return text.prefix { $0 != "(" }.split(separator: ".").last.map(String.init)
    }
}
