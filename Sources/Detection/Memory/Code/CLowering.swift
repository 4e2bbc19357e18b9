import SyntaxTree

/// Lowers C and C++ for the analysis of memory: declarations here, types, statements and expressions in the extensions.
struct CLowering {
    var reader: TreeReader<CKind>
    var code = MemoryCode()
    var depth = 0
    var hasLabels = false
    /// Namespaces around, each with `::`.
    var prefix = ""
    private let file: Int

    /// Deeper nesting is left out.
    static let deepest = 120
    static let fileShift = 32

    /// - Parameter file: a number that all places of this file carry.
    static func lower(_ source: ParsedSource, file: Int) -> MemoryCode {
        var lowering = CLowering(reader: TreeReader(source), file: file)
        for node in lowering.reader.named(0) { lowering.top(node) }
        lowering.changes()
        return lowering.code
    }

    private init(reader: TreeReader<CKind>, file: Int) {
        self.reader = reader
        self.file = file
    }

    func place(_ node: Int) -> Int { file << Self.fileShift | node }

    func make(_ node: Int, _ form: CExpression.Form) -> CExpression { CExpression(place: place(node), form: form) }

    private mutating func top(_ node: Int) {
        guard depth < Self.deepest else { return code.isWhole = false }
        depth += 1
        defer { depth -= 1 }
        switch reader.kind(node) {
        case .function_definition: function(node)
        case .declaration: for variable in variables(node) { global(variable, node) }
        case .type_definition: typeDefinition(node)
        case .struct_specifier, .union_specifier, .class_specifier, .enum_specifier: _ = type(node)
        case .preproc_include: if let path = reader.child(node, .path) { code.includes.append(reader.text(path)) }
        case .preproc_def, .preproc_function_def: macro(node)
        case .preproc_if, .preproc_ifdef, .preproc_elif, .preproc_else:
            for child in live(node) { top(child) }
        case .linkage_specification: if let body = reader.child(node, .body) { inner(body) }
        case .namespace_definition:
            let outer = prefix
            if let name = reader.child(node, .name) { prefix += reader.text(name) + "::" }
            if let body = reader.child(node, .body) { inner(body) }
            prefix = outer
        default: break
        }
    }

    private mutating func inner(_ body: Int) {
        if reader.kind(body) == .declaration_list { for child in reader.named(body) { top(child) } } else { top(body) }
    }

    private mutating func global(_ variable: CVariable, _ node: Int) {
        let words = specifiers(node)
        let isExtern = words.contains("extern") && variable.value == nil
        if let known = code.globals[variable.name], known.variable.value != nil { return }
        code.globals[variable.name] = CGlobal(
            variable: variable, isConstant: words.contains("const") && variable.type.pointers == 0, isExtern: isExtern)
    }

    // MARK: Functions

    private mutating func function(_ node: Int) {
        guard var declarator = reader.child(node, .declarator) else { return }
        var result = reader.child(node, .type).map { type($0) } ?? .int
        while reader.kind(declarator) == .pointer_declarator || reader.kind(declarator) == .reference_declarator {
            result.pointers += 1
            guard let inner = reader.child(declarator, .declarator) ?? reader.named(declarator).last else { return }
            declarator = inner
        }
        guard reader.kind(declarator) == .function_declarator, let name = reader.child(declarator, .declarator),
            let body = reader.child(node, .body), reader.kind(body) == .compound_statement
        else { return }
        hasLabels = false
        let parameters = (reader.child(declarator, .parameters).map(reader.named) ?? []).compactMap { parameter($0) }
        let lowered = statements(body)
        let full = prefix + reader.text(name)
        guard code.functions[full] == nil else { return }
        code.functions[full] = CFunction(
            name: full, place: place(node), isStatic: specifiers(node).contains("static"), parameters: parameters,
            result: result, body: lowered, labels: hasLabels)
        code.order.append(full)
    }

    private mutating func parameter(_ node: Int) -> CVariable? {
        guard reader.kind(node) == .parameter_declaration, let kind = reader.child(node, .type) else { return nil }
        var type = type(kind)
        guard let declarator = reader.child(node, .declarator) else {
            return CVariable(name: "", type: type, place: place(node))
        }
        let name = declared(declarator, &type)
        if type.isArray { type = type.element.pointed }
        return CVariable(name: name ?? "", type: type, place: place(node))
    }

    // MARK: Macros and conditions

    mutating func macro(_ node: Int) {
        guard let name = reader.child(node, .name).map(reader.text) else { return }
        let parameters = reader.child(node, .parameters).map { reader.named($0).count }
        if parameters ?? 0 > 0 {
            code.functionMacros.insert(name)
            return
        }
        guard let value = reader.child(node, .value) else { return }
        let text = TextOperation.trimmed(reader.text(value).split(separator: "/*").first.map(String.init) ?? "")
        guard text.utf8.count < 400 else { return }
        if parameters == nil, text.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }),
            text.first?.isNumber == false
        {
            code.aliases[name] = text
        }
        if code.macros[name] == nil, let value = MacroText.expression(text, place: place(node)) {
            code.macros[name] = value
        }
    }

    /// Words that only compilers for other systems know.
    private static let absent: Set<String> = ["_WIN32", "WIN32", "_WIN64", "_MSC_VER", "__WINDOWS__", "0"]

    /// The part of a conditional stretch that is compiled on Unix; where that is open, the first.
    func live(_ node: Int) -> [Int] {
        let marks = [reader.child(node, .name), reader.child(node, .condition)].compactMap { $0 }
        let other = reader.child(node, .alternative)
        let parts = reader.named(node).filter { !marks.contains($0) && $0 != other }
        guard let mark = marks.first else { return parts }
        let isNegative = reader.hasToken(node, "#ifndef")
        let text = reader.text(mark).replacing("defined", with: "").filter { !"() ".contains($0) }
        let isAbsent = Self.absent.contains(text)
        if isAbsent != isNegative, isAbsent || text.hasPrefix("!") { return other.map(live) ?? [] }
        return parts
    }

    /// Every name that something is done to.
    private mutating func changes() {
        for (kind, field) in [("assignment_expression", 0), ("update_expression", 1), ("pointer_expression", 1)] {
            guard let number = reader.tree.grammar.kind(kind, isNamed: true) else { continue }
            for node in reader.tree.nodes(ofKind: number) {
                guard let target = reader.child(node, field == 0 ? .left : .argument) else { continue }
                if kind == "pointer_expression", !reader.hasToken(node, "&") { continue }
                if reader.kind(target) == .identifier { code.changed.insert(reader.text(target)) }
            }
        }
    }
}
