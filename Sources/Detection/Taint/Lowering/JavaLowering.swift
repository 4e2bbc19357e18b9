import SyntaxTree

/// Lowers Java: declarations here, statements and expressions in the extensions.
struct JavaLowering: TreeLowering {
    var reader: TreeReader<JavaKind>
    var program = Program()
    var depth = 0

    static func lower(_ source: ParsedSource) -> Program {
        var lowering = JavaLowering(reader: TreeReader(source))
        lowering.qualifiedNames()
        for node in lowering.reader.named(0) { lowering.declaration(node, owner: nil) }
        return lowering.program
    }

    /// Types written with their package are as good as imported.
    private mutating func qualifiedNames() {
        guard let kind = reader.tree.grammar.kind("scoped_type_identifier", isNamed: true) else { return }
        for node in reader.tree.nodes(ofKind: kind) {
            let text = reader.text(node)
            guard text.first?.isLowercase ?? false, !text.contains("<"), let name = text.split(separator: ".").last
            else { continue }
            program.imports[String(name)] = text
        }
    }

    private mutating func declaration(_ node: Int, owner: Int?) {
        switch reader.kind(node) {
        case .class_declaration, .interface_declaration, .enum_declaration, .record_declaration:
            nested(else: ()) { $0.type(node) }
        case .method_declaration, .constructor_declaration: function(node, owner: owner)
        case .enum_body_declarations: for child in reader.named(node) { declaration(child, owner: owner) }
        case .import_declaration:
            guard let path = reader.named(node).first else { return }
            let text = reader.text(path)
            program.imports[text.split(separator: ".").last.map(String.init) ?? text] = text
        default: break
        }
    }

    private mutating func type(_ node: Int) {
        let name = reader.child(node, .name).map(reader.text) ?? ""
        body(reader.child(node, .body), of: node, name: name, supertypes: supertypes(node))
    }

    /// The members of a class, named or not.
    mutating func body(_ body: Int?, of node: Int, name: String, supertypes: [String]) {
        let index = program.classes.count
        program.classes.append(
            ClassForm(name: name, node: node, supertypes: supertypes, marks: annotations(node)))
        guard let body else { return }
        for member in reader.named(body) {
            if reader.kind(member) == .field_declaration {
                fields(member, of: index)
            } else {
                declaration(member, owner: index)
            }
        }
    }

    private mutating func supertypes(_ node: Int) -> [String] {
        var names: [String] = []
        for part in reader.named(node) where part != reader.child(node, .body) {
            let kind = reader.tree.kindName(part)
            guard kind == "superclass" || kind == "super_interfaces" || kind == "extends_interfaces" else { continue }
            for inner in reader.tree.subtree(part) where reader.kind(inner) == .type_identifier {
                names.append(reader.text(inner))
            }
        }
        return names
    }

    private mutating func fields(_ node: Int, of owner: Int) {
        let type = reader.child(node, .type).map(typeName)
        let isFixed = modifiers(node).contains("final")
        for declarator in reader.children(node, .declarator) {
            guard let name = reader.child(declarator, .name) else { continue }
            let value = reader.child(declarator, .value).map { expression($0) }
            program.classes[owner].fields.append(
                .init(name: reader.text(name), type: type, value: value, isFixed: isFixed))
        }
    }

    private mutating func function(_ node: Int, owner: Int?) {
        var form = Function(name: reader.child(node, .name).map(reader.text) ?? "", node: node)
        form.owner = owner
        form.isStatic = modifiers(node).contains("static")
        form.marks = annotations(node)
        form.isConstructor = reader.kind(node) == .constructor_declaration
        form.parameters = parameters(reader.child(node, .parameters))
        if let body = reader.child(node, .body) { form.body = statements(reader.named(body)) }
        program.functions.append(form)
    }

    mutating func parameters(_ node: Int?) -> [Parameter] {
        guard let node else { return [] }
        var result: [Parameter] = []
        for child in reader.named(node) {
            switch reader.kind(child) {
            case .formal_parameter:
                guard let name = reader.child(child, .name) else { continue }
                result.append(
                    Parameter(
                        name: reader.text(name), node: child, type: reader.child(child, .type).map(typeName),
                        marks: annotations(child)))
            case .spread_parameter:
                guard let declarator = reader.named(child).last else { continue }
                let name = reader.child(declarator, .name) ?? declarator
                result.append(Parameter(name: reader.text(name), node: child, isRest: true))
            case .identifier: result.append(Parameter(name: reader.text(child), node: child))
            default: break
            }
        }
        return result
    }

    /// The words before a declaration: `final`, `static`, `private`.
    private mutating func modifiers(_ node: Int) -> Set<String> {
        guard let list = reader.named(node).first(where: { reader.tree.kindName($0) == "modifiers" }) else { return [] }
        return Set(reader.tree.children(list).filter { !reader.tree.isNamed($0) }.map(reader.tree.kindName))
    }

    private mutating func annotations(_ node: Int) -> [String] {
        guard let list = reader.named(node).first(where: { reader.tree.kindName($0) == "modifiers" }) else { return [] }
        return reader.named(list).compactMap { reader.child($0, .name).map(lastPart) }
    }

    private func lastPart(_ node: Int) -> String {
        let text = reader.text(node)
        return text.split(separator: ".").last.map(String.init) ?? text
    }

    /// The simple name of a type without its arguments: `Map` of `java.util.Map<String, Object>`; `[]` is kept.
    func typeName(_ node: Int) -> String {
        var text = reader.text(node)
        if let bracket = text.firstIndex(of: "<") {
            text = text[..<bracket] + (text.hasSuffix("[]") ? "[]" : "")
        }
        return text.split(separator: ".").last.map { String($0.filter { !$0.isWhitespace }) } ?? text
    }
}
