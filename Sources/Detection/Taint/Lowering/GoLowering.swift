import SyntaxTree

/// Lowers Go: declarations here, types, statements and expressions in the extensions.
///
/// Types go by package and name, `store.User`, wherever they are written; pointers are what they point to.
struct GoLowering: TreeLowering {
    var reader: TreeReader<GoKind>
    var program = Program()
    var depth = 0
    /// The types of this file that are numbers by another name.
    var numbers: [String: String] = [:]
    /// The names of the results of the function being lowered, for `return` alone.
    var results: [(name: String, node: Int)] = []
    /// What a variable `err` or `ok` says of other values, while it does: a call that failed or not, a key that is there.
    var outcomes: [String: Expression] = [:]

    static func lower(_ source: ParsedSource) -> Program {
        var lowering = GoLowering(reader: TreeReader(source))
        lowering.lowerFile()
        return lowering.program
    }

    private mutating func lowerFile() {
        let declarations = reader.named(0)
        for node in declarations where reader.kind(node) == .package_clause {
            program.package = reader.named(node).first.map(reader.text) ?? ""
        }
        for node in declarations where reader.kind(node) == .import_declaration { imports(node) }
        for node in declarations where reader.kind(node) == .type_declaration { types(node) }
        for node in declarations {
            switch reader.kind(node) {
            case .function_declaration, .method_declaration: function(node)
            case .const_declaration: program.body += constants(node)
            case .var_declaration: program.body += variables(node, isGlobal: true)
            default: break
            }
        }
    }

    // MARK: Functions

    private mutating func function(_ node: Int) {
        var form = Function(name: reader.child(node, .name).map(reader.text) ?? "", node: node)
        var receiver: (name: String, node: Int)?
        if let list = reader.child(node, .receiver), let parameter = reader.named(list).first {
            let type = reader.child(parameter, .type).flatMap { typeName($0) } ?? ""
            form.owner = owner(type, at: node)
            receiver = reader.child(parameter, .name).map { (reader.text($0), $0) }
        }
        fill(&form, node)
        if let receiver {
            let this = Expression(node: receiver.node, form: .receiver)
            form.body.insert(store(this, as: receiver.name, at: receiver.node), at: 0)
        }
        program.functions.append(form)
    }

    /// The parameters and body of a function or function literal.
    mutating func fill(_ form: inout Function, _ node: Int) {
        let outer = (results, outcomes)
        defer { (results, outcomes) = outer }
        form.parameters = reader.child(node, .parameters).map { parameters($0) } ?? []
        results = []
        var zeros: [Statement] = []
        if let list = reader.child(node, .result), reader.kind(list) == .parameter_list {
            for result in reader.named(list) {
                for name in reader.children(result, .name) {
                    results.append((reader.text(name), name))
                    let value = zero(reader.child(result, .type), at: name)
                    zeros.append(store(value, as: reader.text(name), at: name))
                }
            }
        }
        if let body = reader.child(node, .body) { form.body = zeros + block(body) }
    }

    func store(_ value: Expression, as name: String, at node: Int, type: String? = nil) -> Statement {
        let target = Expression(node: node, form: .name(name))
        return Statement(
            node: node, form: .expression(Expression(node: node, form: .assign(target, value, type: type))))
    }

    /// The class a method belongs to: one of this file, else a mere name for one of another file of the package.
    private mutating func owner(_ type: String, at node: Int) -> Int {
        if let known = program.classes.firstIndex(where: { $0.name == type }) { return known }
        program.classes.append(ClassForm(name: type, node: node, isNameOnly: true))
        return program.classes.count - 1
    }

    private mutating func parameters(_ node: Int) -> [Parameter] {
        var result: [Parameter] = []
        for child in reader.named(node) {
            let isRest = reader.kind(child) == .variadic_parameter_declaration
            guard isRest || reader.kind(child) == .parameter_declaration else { continue }
            let type = reader.child(child, .type).flatMap { typeName($0) }
            for name in reader.children(child, .name) {
                result.append(
                    Parameter(
                        name: reader.text(name), node: name, type: isRest ? type.map { $0 + "[]" } : type,
                        isRest: isRest))
            }
        }
        return result
    }

    // MARK: Imports

    private mutating func imports(_ node: Int) {
        for child in reader.named(node) {
            if reader.kind(child) == .import_spec_list {
                imports(child)
            } else if reader.kind(child) == .import_spec, let path = reader.child(child, .path) {
                let text = String(reader.text(path).dropFirst().dropLast())
                let package = Self.packageName(text)
                program.packages[package] = text
                guard let alias = reader.child(child, .name) else {
                    program.imports[Self.lastPart(text)] = package
                    program.imports[Self.localName(text)] = package
                    continue
                }
                program.imports[reader.text(alias)] = package
            }
        }
    }

    /// What a package goes by: the last part of its path without its version, or more where that means several.
    static func packageName(_ path: String) -> String { namesakes[path] ?? localName(path) }

    /// Packages of the standard library that share their name with another.
    private static let namesakes = [
        "text/template": "texttemplate", "math/rand": "mathrand", "math/rand/v2": "mathrand",
        "runtime/pprof": "runtimepprof",
    ]

    private static func lastPart(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// The name a package most likely has: `echo` of `github.com/labstack/echo/v4`, `yaml` of `gopkg.in/yaml.v3`.
    private static func localName(_ path: String) -> String {
        var parts = path.split(separator: "/")
        if parts.count > 1, let last = parts.last, last.first == "v", last.dropFirst().allSatisfy(\.isNumber) {
            parts.removeLast()
        }
        var name = parts.last ?? ""
        if let version = name.firstRange(of: ".v") { name = name[..<version.lowerBound] }
        if name.hasPrefix("go-") { name = name.dropFirst(3) }
        if name.hasSuffix("-go") { name = name.dropLast(3) }
        return String(name)
    }
}
