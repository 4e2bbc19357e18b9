import SyntaxTree

/// Lowers C#: declarations here, statements and expressions in the extensions.
struct CSharpLowering: TreeLowering {
    var reader: TreeReader<CSharpKind>
    var program = Program()
    var depth = 0
    /// What `?.` was written after, innermost last.
    var conditionals: [Expression] = []
    /// Whether `SqlQuery` and the like take plain text, however it was written.
    var takesPlainSQL = false
    /// Whether the entries of something are those of an archive.
    var readsArchives = false
    /// Whether `TextBox` is that of a page, not of a window.
    var hasWebControls = false

    static func lower(_ source: ParsedSource) -> Program {
        var lowering = CSharpLowering(reader: TreeReader(source))
        lowering.declarations(lowering.reader.named(0), owner: nil)
        return lowering.program
    }

    private mutating func declarations(_ nodes: [Int], owner: Int?) {
        for node in nodes { declaration(node, owner: owner) }
    }

    private mutating func declaration(_ node: Int, owner: Int?) {
        switch reader.kind(node) {
        case .using_directive:
            let text = reader.text(node)
            if text.contains("System.Data.Entity") { takesPlainSQL = true }
            if text.contains("System.IO.Compression") { readsArchives = true }
            if text.contains("System.Web.UI.WebControls") { hasWebControls = true }
        case .namespace_declaration, .file_scoped_namespace_declaration, .declaration_list, .preproc_if,
            .preproc_elif, .preproc_else:
            declarations(reader.named(node), owner: owner)
        case .global_statement: program.body += reader.named(node).flatMap { statement($0) }
        case .class_declaration, .struct_declaration, .interface_declaration, .record_declaration:
            nested(else: ()) { $0.type(node) }
        case .enum_declaration:
            let name = reader.child(node, .name).map(reader.text) ?? ""
            program.classes.append(ClassForm(name: name, node: node, marks: [FlowInterpreter.enumeration]))
        case .method_declaration, .constructor_declaration: method(node, owner: owner)
        case .field_declaration: if let owner { fields(node, of: owner) }
        case .property_declaration: if let owner { property(node, of: owner) }
        default: break
        }
    }

    // MARK: Types

    private mutating func type(_ node: Int) {
        let index = program.classes.count
        program.classes.append(
            ClassForm(
                name: reader.child(node, .name).map(reader.text) ?? "", node: node, supertypes: supertypes(node),
                marks: attributes(node), isPartial: modifiers(node).contains("partial")))
        if let list = reader.named(node).first(where: { reader.kind($0) == .parameter_list }) {
            primaryConstructor(list, of: index)
        }
        for part in reader.named(node) where reader.kind(part) == .declaration_list {
            declarations(reader.named(part), owner: index)
        }
    }

    /// `record Point(int X)`, `class Store(IDb db)`: stores the parameters in fields of their names.
    private mutating func primaryConstructor(_ list: Int, of owner: Int) {
        var form = Function(name: program.classes[owner].name, node: list)
        form.parameters = parameters(list)
        program.classes[owner].fields += form.parameters.map {
            .init(name: $0.name, type: $0.type, value: nil, isFixed: false)
        }
        form.owner = owner
        form.isConstructor = true
        form.body = form.parameters.map { parameter in
            let field = Expression(
                node: parameter.node,
                form: .member(Expression(node: parameter.node, form: .receiver), parameter.name))
            let value = Expression(node: parameter.node, form: .name(parameter.name))
            return Statement(
                node: parameter.node,
                form: .expression(Expression(node: parameter.node, form: .assign(field, value, type: nil))))
        }
        program.functions.append(form)
    }

    private mutating func supertypes(_ node: Int) -> [String] {
        guard let list = reader.named(node).first(where: { reader.kind($0) == .base_list }) else { return [] }
        return reader.named(list).filter { reader.kind($0) != .argument_list }.map { part in
            reader.kind(part) == .primary_constructor_base_type
                ? reader.named(part).first.map(typeName) ?? "" : typeName(part)
        }
    }

    private mutating func fields(_ node: Int, of owner: Int) {
        let words = modifiers(node)
        guard let list = reader.named(node).first(where: { reader.kind($0) == .variable_declaration }) else { return }
        let type = reader.child(list, .type).map(typeName)
        for declarator in reader.named(list) {
            guard let name = reader.child(declarator, .name) else { continue }
            program.classes[owner].fields.append(
                .init(
                    name: reader.text(name), type: type, value: initial(declarator, type: type),
                    isFixed: words.contains("readonly") || words.contains("const")))
        }
    }

    /// A property is a field; one that is computed has the value it computes.
    private mutating func property(_ node: Int, of owner: Int) {
        guard let name = reader.child(node, .name) else { return }
        let type = reader.child(node, .type).map(typeName)
        var value: Expression?
        if attributes(node).contains(where: Self.binding.contains) {
            value = Expression(
                node: node, form: .member(Expression(node: node, form: .name("bound")), "property"))
        } else if let written = reader.child(node, .value) {
            value =
                reader.kind(written) == .arrow_expression_clause
                ? reader.named(written).first.map { expression($0) } : expression(written, type: type)
        } else if let computed = computed(node) {
            value = expression(computed)
        }
        program.classes[owner].fields.append(.init(name: reader.text(name), type: type, value: value, isFixed: false))
    }

    /// What `get => x` and `get { return x; }` give.
    private mutating func computed(_ property: Int) -> Int? {
        guard let list = reader.named(property).first(where: { reader.kind($0) == .accessor_list }),
            let getter = reader.named(list).first(where: { reader.hasToken($0, "get") }),
            var body = reader.child(getter, .body)
        else { return nil }
        if reader.kind(body) == .block {
            let inner = reader.named(body)
            guard inner.count == 1, reader.kind(inner[0]) == .return_statement else { return nil }
            body = inner[0]
        }
        return reader.named(body).first
    }

    // MARK: Functions

    private mutating func method(_ node: Int, owner: Int?) {
        var form = Function(name: reader.child(node, .name).map(reader.text) ?? "", node: node)
        let words = modifiers(node)
        form.owner = owner
        form.isStatic = words.contains("static")
        form.isConstructor = reader.kind(node) == .constructor_declaration
        form.marks = attributes(node)
        form.parameters = parameters(reader.child(node, .parameters))
        if let owner, words.contains("public"), !form.isStatic, isHandler(form, of: program.classes[owner]) {
            form.parameters = form.parameters.map(bound)
        }
        form.body = body(node)
        program.functions.append(form)
    }

    mutating func body(_ node: Int) -> [Statement] {
        let body = reader.child(node, .body) ?? reader.named(node).last
        guard let body else { return [] }
        switch reader.kind(body) {
        case .block: return statements(reader.named(body))
        case .arrow_expression_clause:
            return reader.named(body).prefix(1).map { Statement(node: $0, form: .leave(expression($0))) }
        default: return []
        }
    }

    /// Whether requests call the method: actions of controllers, handlers of pages, methods of hubs.
    private func isHandler(_ form: Function, of type: ClassForm) -> Bool {
        guard !form.isConstructor, !form.marks.contains("NonAction") else { return false }
        if type.marks.contains("ApiController") { return true }
        return type.supertypes.contains { base in
            base.hasSuffix("Controller") || base.hasSuffix("ControllerBase") || base == "Hub"
                || (base.hasSuffix("PageModel") && (form.name.hasPrefix("OnGet") || form.name.hasPrefix("OnPost")))
        }
    }

    /// A parameter filled from the request, unless it is a service.
    func bound(_ parameter: Parameter) -> Parameter {
        var parameter = parameter
        let type = parameter.type ?? ""
        let isInterface =
            type.hasPrefix("I") && type.dropFirst().first?.isUppercase ?? false
            && !["IFormFile", "IFormCollection", "IEnumerable", "IList", "ICollection", "IDictionary"].contains(type)
        let isGiven =
            isInterface || Self.given.contains(type) || type.hasSuffix("Service") || type.hasSuffix("DbContext")
            || type.hasSuffix("Repository")
        if !isGiven, !parameter.marks.contains("FromServices"), !parameter.marks.contains("FromKeyedServices") {
            parameter.marks.append("bound")
        }
        return parameter
    }

    /// Types of parameters that come from the framework.
    private static let given: Set<String> = [
        "HttpContext", "HttpRequest", "HttpResponse", "CancellationToken", "ClaimsPrincipal", "LinkGenerator",
    ]

    /// Controls of pages that hold what was sent, or show what they are given as it is.
    private static let webControls: Set<String> = [
        "TextBox", "HiddenField", "FileUpload", "Label", "Literal", "LinkButton", "HyperLink", "TableCell",
    ]

    private static let binding: Set<String> = [
        "BindProperty", "FromQuery", "FromRoute", "FromForm", "FromBody", "FromHeader",
    ]

    mutating func parameters(_ node: Int?) -> [Parameter] {
        guard let node else { return [] }
        if reader.kind(node) == .implicit_parameter { return [Parameter(name: reader.text(node), node: node)] }
        var result: [Parameter] = []
        for child in reader.named(node) where reader.kind(child) == .parameter {
            guard let name = reader.child(child, .name) else { continue }
            var parameter = Parameter(name: reader.text(name), node: child)
            parameter.type = reader.child(child, .type).map(typeName)
            parameter.marks = attributes(child)
            parameter.standard = initial(child, type: nil)
            result.append(parameter)
        }
        // `params string[] rest` stands bare in the list.
        if reader.hasToken(node, "params"), let name = reader.child(node, .name) {
            result.append(Parameter(name: reader.text(name), node: name, isRest: true))
        }
        return result
    }

    // MARK: Words and types

    /// The value after `=`.
    mutating func initial(_ node: Int, type: String?) -> Expression? {
        guard reader.hasToken(node, "="), let value = reader.named(node).last, value != reader.child(node, .name)
        else { return nil }
        return expression(value, type: type)
    }

    private mutating func modifiers(_ node: Int) -> Set<String> {
        Set(reader.named(node).filter { reader.kind($0) == .modifier }.map(reader.text))
    }

    private mutating func attributes(_ node: Int) -> [String] {
        var result: [String] = []
        for list in reader.named(node) where reader.kind(list) == .attribute_list {
            for attribute in reader.named(list) where reader.kind(attribute) == .attribute {
                guard let name = reader.child(attribute, .name).map(reader.text) else { continue }
                result.append(name.split(separator: ".").last.map(String.init) ?? name)
            }
        }
        return result
    }

    /// The simple name of a type without its arguments: `List` of `System.Collections.Generic.List<int>?`.
    func typeName(_ node: Int) -> String {
        var text = reader.text(node)
        if text.hasSuffix("?") { text.removeLast() }
        let isArray = text.hasSuffix("[]")
        if let mark = text.firstIndex(where: { $0 == "<" || $0 == "[" }) { text = String(text[..<mark]) }
        let parts = text.split(whereSeparator: { $0 == "." || $0 == ":" })
        text = parts.last.map(String.init) ?? text
        if hasWebControls || parts.dropLast().last == "WebControls", Self.webControls.contains(text) {
            text = "WebControls." + text
        }
        let names = ["string": "String", "object": "Object", "dynamic": "Object"]
        return (names[text] ?? text) + (isArray ? "[]" : "")
    }
}
