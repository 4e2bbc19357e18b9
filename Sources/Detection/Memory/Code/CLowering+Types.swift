import SyntaxTree

/// Types, declarators and the variables they declare.
extension CLowering {
    /// The words before a type: `static`, `const`, `extern`.
    func specifiers(_ node: Int) -> Set<String> {
        var words: Set<String> = []
        for child in reader.named(node) {
            let kind = reader.tree.kindName(child)
            if kind == "storage_class_specifier" || kind == "type_qualifier" { words.insert(reader.text(child)) }
        }
        return words
    }

    private static let names: [String: CType] = [
        "char": CType(name: "char"), "bool": CType(name: "bool", isUnsigned: true),
        "int": .int, "float": CType(name: "float"), "double": CType(name: "double"), "void": CType(name: "void"),
        "size_t": CType(name: "long", isUnsigned: true), "ssize_t": CType(name: "long"),
        "ptrdiff_t": CType(name: "long"), "intptr_t": CType(name: "long"),
        "uintptr_t": CType(name: "long", isUnsigned: true), "off_t": CType(name: "long"),
        "time_t": CType(name: "long"), "wchar_t": CType(name: "wchar"), "int8_t": CType(name: "char"),
        "uint8_t": CType(name: "char", isUnsigned: true), "int16_t": CType(name: "short"),
        "uint16_t": CType(name: "short", isUnsigned: true), "int32_t": .int,
        "uint32_t": CType(name: "int", isUnsigned: true), "int64_t": CType(name: "long"),
        "uint64_t": CType(name: "long", isUnsigned: true), "uint": CType(name: "int", isUnsigned: true),
        "u_char": CType(name: "char", isUnsigned: true), "u_int": CType(name: "int", isUnsigned: true),
    ]

    mutating func type(_ node: Int) -> CType {
        switch reader.kind(node) {
        case .primitive_type, .type_identifier:
            let name = reader.text(node)
            return code.types[name] ?? Self.names[name] ?? CType(name: name)
        case .sized_type_specifier: return sized(reader.text(node))
        case .struct_specifier, .union_specifier, .class_specifier: return record(node)
        case .enum_specifier:
            enumerators(node)
            return CType(name: "int", isUnsigned: false)
        case .type_descriptor:
            var result = reader.child(node, .type).map { type($0) } ?? .unknown
            if let declarator = reader.child(node, .declarator) { _ = declared(declarator, &result) }
            return result
        case .qualified_identifier, .template_type: return CType(name: reader.text(node))
        default: return .unknown
        }
    }

    private func sized(_ text: String) -> CType {
        let words = text.split { !$0.isLetter && $0 != "_" }.map(String.init)
        var type = CType.int
        if words.contains("char") { type.name = "char" }
        if words.contains("short") { type.name = "short" }
        if words.contains("long") { type.name = words.contains("double") ? "double" : "long" }
        type.isUnsigned = words.contains("unsigned")
        return type
    }

    private mutating func record(_ node: Int) -> CType {
        let name = reader.child(node, .name).map(reader.text) ?? "record at \(place(node))"
        guard let body = reader.child(node, .body), depth < Self.deepest else { return CType(name: name) }
        depth += 1
        defer { depth -= 1 }
        var record = CRecord(isUnion: reader.kind(node) == .union_specifier)
        for member in reader.named(body) where reader.kind(member) == .field_declaration {
            let base = reader.child(member, .type).map { type($0) } ?? .unknown
            for declarator in reader.children(member, .declarator) {
                var type = base
                if let name = declared(declarator, &type) { record.fields.append((name, type)) }
            }
        }
        if code.records[name] == nil { code.records[name] = record }
        return CType(name: name)
    }

    private mutating func enumerators(_ node: Int) {
        guard let body = reader.child(node, .body) else { return }
        var next: Int? = 0
        for child in reader.named(body) where reader.kind(child) == .enumerator {
            guard let name = reader.child(child, .name) else { continue }
            if let value = reader.child(child, .value) { next = LiteralText.integer(reader.text(value)) }
            if let number = next {
                code.enumerators[reader.text(name)] = number
                next = number + 1
            }
        }
    }

    mutating func typeDefinition(_ node: Int) {
        guard let base = reader.child(node, .type).map({ type($0) }) else { return }
        for declarator in reader.children(node, .declarator) {
            var type = base
            if let name = declared(declarator, &type) { code.types[name] = type }
        }
    }

    /// Adds what a declarator says to a type, and returns the name it declares; nil for functions.
    mutating func declared(_ node: Int, _ type: inout CType) -> String? {
        var current: Int? = node
        var isInner = false
        while let declarator = current {
            switch reader.kind(declarator) {
            case .pointer_declarator, .abstract_pointer_declarator:
                type.pointers += 1
                isInner = true
            case .reference_declarator: type.isReference = true
            case .array_declarator, .abstract_array_declarator:
                let size = reader.child(declarator, .size).map { expression($0) }
                type.dimensions.insert(size, at: 0)
            case .parenthesized_declarator: break
            case .function_declarator:
                // A pointer to a function; anything else is no variable.
                guard let inner = reader.child(declarator, .declarator),
                    reader.kind(inner) == .parenthesized_declarator
                else { return nil }
                type = CType(name: "function", pointers: 0)
            case .identifier, .field_identifier, .type_identifier: return reader.text(declarator)
            default: return nil
            }
            _ = isInner
            current =
                reader.child(declarator, .declarator)
                ?? reader.named(declarator).last { reader.kind($0) != .type_qualifier }
            if reader.kind(declarator) == .array_declarator { current = reader.child(declarator, .declarator) }
        }
        return nil
    }

    /// What a declaration declares, functions left out.
    mutating func variables(_ node: Int) -> [CVariable] {
        guard let kind = reader.child(node, .type) else { return [] }
        let base = type(kind)
        let isStatic = specifiers(node).contains("static")
        var result: [CVariable] = []
        for declarator in reader.children(node, .declarator) {
            var type = base
            let isSet = reader.kind(declarator) == .init_declarator
            guard let inner = isSet ? reader.child(declarator, .declarator) : declarator else { continue }
            guard let name = declared(inner, &type) else { continue }
            let value = isSet ? reader.child(declarator, .value).map { expression($0) } : nil
            result.append(
                CVariable(name: name, type: type, place: place(declarator), value: value, isStatic: isStatic))
        }
        return result
    }
}
