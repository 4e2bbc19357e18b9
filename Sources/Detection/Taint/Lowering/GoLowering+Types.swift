import SyntaxTree

/// Go's types: what of them matters to data flow.
extension GoLowering {
    private static let predeclared: Set<String> = [
        "bool", "byte", "rune", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64",
        "uintptr", "float32", "float64", "complex64", "complex128", "error",
    ]

    /// Types that say nothing of a value.
    private static let silent: Set<String> = ["string", "any"]

    mutating func types(_ node: Int) {
        for specification in reader.named(node) {
            guard let name = reader.child(specification, .name), let type = reader.child(specification, .type) else {
                continue
            }
            let full = qualified(reader.text(name))
            switch reader.kind(type) {
            case .struct_type, .interface_type:
                var form = ClassForm(name: full, node: specification)
                if reader.kind(type) == .interface_type { form.marks = ["interface"] }
                for list in reader.named(type) where reader.kind(list) == .field_declaration_list {
                    for field in reader.named(list) { self.field(field, of: &form) }
                }
                program.classes.append(form)
            case .type_identifier where Self.predeclared.contains(reader.text(type)):
                numbers[full] = reader.text(type)
            default: break
            }
        }
    }

    private mutating func field(_ node: Int, of form: inout ClassForm) {
        guard reader.kind(node) == .field_declaration, let type = reader.child(node, .type) else { return }
        let name = typeName(type)
        let names = reader.children(node, .name)
        for field in names {
            form.fields.append(.init(name: reader.text(field), type: name, value: nil, isFixed: false))
        }
        guard names.isEmpty, let name else { return }
        // What is embedded lends its fields and methods.
        form.supertypes.append(name)
        let short = name.split(separator: ".").last.map(String.init) ?? name
        form.fields.append(.init(name: short, type: name, value: nil, isFixed: false))
    }

    /// `store.User` of `User` in the package `store`.
    func qualified(_ name: String) -> String { program.package + "." + name }

    /// The name of a type, of what a pointer points to; `X[]` for what holds many X. Nil for those that say nothing.
    mutating func typeName(_ node: Int) -> String? {
        switch reader.kind(node) {
        case .type_identifier:
            let text = reader.text(node)
            if Self.silent.contains(text) { return nil }
            if Self.predeclared.contains(text) { return text }
            let full = qualified(text)
            return numbers[full] ?? full
        case .qualified_type:
            guard let package = reader.child(node, .package), let name = reader.child(node, .name) else { return nil }
            let local = reader.text(package)
            return (program.imports[local] ?? local) + "." + reader.text(name)
        case .pointer_type, .parenthesized_type: return reader.named(node).first.flatMap { typeName($0) }
        case .generic_type: return reader.child(node, .type).flatMap { typeName($0) }
        case .slice_type, .array_type, .implicit_length_array_type:
            return reader.child(node, .element).flatMap { typeName($0) }.map { $0 + "[]" }
        case .map_type, .channel_type: return reader.child(node, .value).flatMap { typeName($0) }.map { $0 + "[]" }
        default: return nil
        }
    }

    /// What a variable holds before anything is assigned to it.
    mutating func zero(_ type: Int?, at node: Int) -> Expression {
        guard let type else { return nothing(node) }
        let form: Expression.Form
        switch reader.kind(type) {
        case .type_identifier:
            switch reader.text(type) {
            case "string": form = .literal(.text(""))
            case "bool": form = .literal(.truth(false))
            case "error": form = .literal(.null)
            case let name where Self.predeclared.contains(name): form = .literal(.integer(0))
            default: form = made(type)
            }
        case .qualified_type, .generic_type: form = made(type)
        case .slice_type, .array_type: form = .sequence([])
        case .map_type: form = .mapping([])
        case .pointer_type:
            let name = typeName(type)
            form = name.map { .cast($0, Expression(node: node, form: .mixture([]))) } ?? .mixture([])
        default: form = .mixture([])
        }
        return Expression(node: node, form: form)
    }

    /// A new value of a named type.
    mutating func made(_ type: Int) -> Expression.Form {
        guard let name = typeName(type) else { return .mixture([]) }
        program.creations[type] = name
        return .create(name, [])
    }
}
