import SyntaxTree

/// Lowers PHP: declarations here, statements and expressions in the extensions. Variables keep their `$`, so that
/// they are never taken for functions and constants of the same name.
struct PHPLowering: TreeLowering {
    var reader: TreeReader<PHPKind>
    var program = Program()
    var depth = 0
    /// The class whose members are being lowered.
    var owner: Int?
    /// The loops and switches around, innermost last; true for a switch.
    var enclosing: [Bool] = []

    static func lower(_ source: ParsedSource) -> Program {
        var lowering = PHPLowering(reader: TreeReader(source))
        lowering.program.body = lowering.statements(lowering.reader.named(0))
        return lowering.program
    }

    /// `Foo\Bar\Baz` -> `Baz`; `self`, `static` and `parent` become the classes they stand for.
    func className(_ node: Int) -> String {
        let text = reader.text(node)
        switch text.lowercased() {
        case "self", "static": return owner.map { program.classes[$0].name } ?? text
        case "parent": return owner.flatMap { program.classes[$0].supertypes.first } ?? text
        default: return Self.lastPart(text)
        }
    }

    static func lastPart(_ name: String) -> String { name.split(separator: "\\").last.map(String.init) ?? name }

    // MARK: Functions

    /// Lowers a function, method or closure and returns its number.
    mutating func function(_ node: Int, isMember: Bool) -> Int {
        var form = Function(name: reader.child(node, .name).map(reader.text) ?? "", node: node)
        form.owner = isMember ? owner : nil
        form.isStatic = !isMember || reader.named(node).contains { reader.kind($0) == .static_modifier }
        form.isConstructor = isMember && form.name.lowercased() == "__construct"
        let outer = enclosing
        enclosing = []
        form.parameters = reader.child(node, .parameters).map { parameters($0) } ?? []
        if let body = reader.child(node, .body) {
            form.body =
                reader.kind(body) == .compound_statement
                ? block(body) : [Statement(node: body, form: .leave(expression(body)))]
        }
        if form.isConstructor { form.body = promoted(node) + form.body }
        enclosing = outer
        program.functions.append(form)
        return program.functions.count - 1
    }

    private mutating func parameters(_ node: Int) -> [Parameter] {
        var result: [Parameter] = []
        for child in reader.named(node) {
            switch reader.kind(child) {
            case .simple_parameter, .property_promotion_parameter, .variadic_parameter:
                guard let name = reader.child(child, .name) else { continue }
                var parameter = Parameter(name: reader.text(name), node: child)
                parameter.type = reader.child(child, .type).flatMap(typeName)
                parameter.standard = reader.child(child, .default_value).map { expression($0) }
                parameter.isRest = reader.kind(child) == .variadic_parameter
                result.append(parameter)
            default: break
            }
        }
        return result
    }

    /// `public function __construct(private string $name)` stores its parameters.
    private mutating func promoted(_ node: Int) -> [Statement] {
        guard let list = reader.child(node, .parameters) else { return [] }
        var result: [Statement] = []
        for child in reader.named(list) where reader.kind(child) == .property_promotion_parameter {
            guard let name = reader.child(child, .name) else { continue }
            let receiver = Expression(node: child, form: .receiver)
            let text = reader.text(name)
            let field = Expression(node: child, form: .member(receiver, String(text.dropFirst())))
            let value = Expression(node: child, form: .name(text))
            let stored = Expression(node: child, form: .assign(field, value, type: nil))
            result.append(Statement(node: child, form: .expression(stored)))
        }
        return result
    }

    /// A single class or number type; nil for texts, arrays and unions, which say nothing.
    private func typeName(_ node: Int) -> String? {
        let name = Self.lastPart(String(reader.text(node).drop { $0 == "?" }))
        let silent: Set<String> = ["string", "array", "mixed", "callable", "iterable", "object", "self", "static"]
        return silent.contains(name.lowercased()) || name.contains("|") || name.contains("&") ? nil : name
    }

    // MARK: Classes

    /// Lowers a class, interface, trait, enumeration or a class without a name.
    mutating func type(_ node: Int, name: String) {
        let index = program.classes.count
        program.classes.append(ClassForm(name: name, node: node))
        let outer = owner
        owner = index
        defer { owner = outer }
        for part in reader.named(node) {
            guard reader.kind(part) == .base_clause || reader.kind(part) == .class_interface_clause else { continue }
            program.classes[index].supertypes += reader.named(part).map { Self.lastPart(reader.text($0)) }
        }
        let body = reader.child(node, .body) ?? reader.named(node).first { reader.kind($0) == .declaration_list }
        for member in body.map(reader.named) ?? [] {
            switch reader.kind(member) {
            case .method_declaration: _ = function(member, isMember: true)
            case .property_declaration, .const_declaration: fields(member, of: index)
            case .use_declaration:
                program.classes[index].supertypes += reader.named(member).map { Self.lastPart(reader.text($0)) }
            case .enum_case:
                guard let name = reader.child(member, .name) else { continue }
                let value = reader.child(member, .value).map { expression($0) }
                program.classes[index].fields.append(
                    .init(name: reader.text(name), type: nil, value: value, isFixed: true))
            default: break
            }
        }
    }

    private mutating func fields(_ node: Int, of owner: Int) {
        let type = reader.child(node, .type).flatMap(typeName)
        for element in reader.named(node) {
            let kind = reader.kind(element)
            guard kind == .property_element || kind == .const_element else { continue }
            let parts = reader.named(element)
            guard let name = parts.first else { continue }
            var value = parts.dropFirst().first
            if let initializer = value, reader.kind(initializer) == .property_initializer {
                value = reader.named(initializer).first
            }
            let text = reader.text(name)
            program.classes[owner].fields.append(
                .init(
                    name: kind == .property_element ? String(text.dropFirst()) : text, type: type,
                    value: value.map { expression($0) }, isFixed: kind == .const_element))
        }
    }

    // MARK: Imports

    /// `use Foo\Bar as Baz`; functions and constants keep their own names and need no entry.
    mutating func imports(_ node: Int) {
        let prefix =
            reader.named(node).first { reader.kind($0) == .namespace_name }.map { reader.text($0) + "\\" } ?? ""
        let group = reader.named(node).first { reader.kind($0) == .namespace_use_group }
        for clause in reader.named(group ?? node) {
            guard reader.kind(clause) == .namespace_use_clause || reader.kind(clause) == .namespace_use_group_clause,
                let path = reader.named(clause).first
            else { continue }
            let alias = reader.named(clause).first { reader.kind($0) == .namespace_aliasing_clause }
            let text = prefix + reader.text(path).drop { $0 == "\\" }
            let name = alias.flatMap { reader.named($0).first }.map(reader.text) ?? Self.lastPart(text)
            program.imports[name] = text
        }
    }
}
