import SyntaxTree

/// Lowers Ruby: functions and classes here, statements, expressions and blocks in the extensions.
///
/// What only expressions of the language can hold (branches, blocks) becomes statements that run before the one it
/// stands in. Instance variables are members of the receiver, without their `@`; a bare name that is no local
/// variable is a call.
struct RubyLowering: TreeLowering {
    var reader: TreeReader<RubyKind>
    var program = Program()
    var depth = 0
    /// The class whose members are being lowered.
    var owner: Int?
    var scope = Scope()
    /// Statements that run before the one being lowered.
    var pending: [Statement] = []
    /// The body of each here-document by where it is begun.
    var heredocs: [Int: Int] = [:]
    /// What the constants that are regular expressions let through.
    var patterns: [String: NarrowPattern] = [:]

    /// What is known at a place of the function around it.
    struct Scope {
        var locals: Set<String> = []
        /// Blocks outside functions are functions themselves, inside they run where they stand.
        var isInFunction = false
        /// The method, and its parameters, for `super`.
        var method = ""
        var parameters: [String] = []
        var enclosing: [Enclosing] = []
    }

    /// What `next` goes on with.
    enum Enclosing {
        case loop, function
        /// A block whose value is kept in a variable.
        case block(String)
    }

    /// What becomes of the value of the last statement.
    enum Tail {
        case dropped, left
        case kept(String)
    }

    static func lower(_ source: ParsedSource) -> Program {
        var lowering = RubyLowering(reader: TreeReader(source))
        lowering.findHeredocs()
        lowering.program.body = lowering.statements(lowering.reader.named(0))
        return lowering.program
    }

    // MARK: Functions

    /// Lowers a method and returns its number.
    mutating func function(_ node: Int, isStatic: Bool) -> Int {
        var form = Function(name: reader.child(node, .name).map(reader.text) ?? "", node: node)
        form.owner = owner
        form.isStatic = isStatic || owner == nil
        form.isConstructor = owner != nil && form.name == "initialize"
        var inner = Scope()
        inner.isInFunction = true
        inner.method = form.name
        fill(&form, reader.child(node, .parameters), reader.child(node, .body), inner)
        return add(form)
    }

    /// Lowers a block or lambda that is a function of its own, and returns its number.
    mutating func function(block node: Int, name: String, isStatic: Bool, marks: [String] = []) -> Int {
        var form = Function(name: name, node: node)
        form.owner = owner
        form.isStatic = isStatic || owner == nil
        form.isNamed = !name.isEmpty
        form.marks = marks
        var inner = scope
        inner.isInFunction = true
        inner.enclosing = [.function]
        // `-> (x) { ... }` keeps its body in a block.
        var body = reader.child(node, .body)
        if let block = body, reader.kind(node) == .lambda { body = reader.child(block, .body) }
        fill(&form, reader.child(node, .parameters), body, inner)
        for index in form.parameters.indices { form.parameters[index].marks = marks }
        return add(form)
    }

    private mutating func fill(_ form: inout Function, _ parameters: Int?, _ body: Int?, _ inner: Scope) {
        let (outer, waiting) = (scope, pending)
        (scope, pending) = (inner, [])
        var prelude: [Statement] = []
        form.parameters = parameters.map { self.parameters($0, &prelude) } ?? []
        scope.parameters = form.parameters.map(\.name)
        if let body { form.body = prelude + block(body, .left) }
        (scope, pending) = (outer, waiting)
    }

    private mutating func add(_ form: Function) -> Int {
        program.functions.append(form)
        return program.functions.count - 1
    }

    /// - Parameter prelude: gets the statements that take apart what parameters hold.
    private mutating func parameters(_ node: Int, _ prelude: inout [Statement]) -> [Parameter] {
        var result: [Parameter] = []
        for child in reader.named(node) {
            switch reader.kind(child) {
            case .identifier:
                // `|x; own|` has a variable of its own as well.
                guard reader.tree.field(child) == 0 else { continue }
                result.append(Parameter(name: reader.text(child), node: child))
            case .optional_parameter, .keyword_parameter:
                guard let name = reader.child(child, .name) else { continue }
                let standard = reader.child(child, .value).map { expression($0) }
                result.append(Parameter(name: reader.text(name), node: child, standard: standard))
            case .splat_parameter, .hash_splat_parameter:
                guard let name = reader.child(child, .name) else { continue }
                let isRest = reader.kind(child) == .splat_parameter
                result.append(Parameter(name: reader.text(name), node: child, isRest: isRest))
            case .destructured_parameter:
                let name = "$part \(child)"
                result.append(Parameter(name: name, node: child))
                prelude.append(kept(target(child), variable(name, at: child), at: child))
            default: continue
            }
            if let name = result.last?.name { scope.locals.insert(name) }
        }
        return result
    }

    // MARK: Places and names

    func variable(_ name: String, at node: Int) -> Expression { Expression(node: node, form: .name(name)) }

    /// A statement that puts a value into a place.
    func kept(_ place: Expression, _ value: Expression, at node: Int) -> Statement {
        Statement(node: node, form: .expression(Expression(node: node, form: .assign(place, value, type: nil))))
    }

    /// `A::B` is `A::B`, `::A` is `A`.
    func constantName(_ node: Int) -> String {
        let text = reader.text(node).filter { !$0.isWhitespace }
        return text.hasPrefix("::") ? String(text.dropFirst(2)) : text
    }

    /// The name of a symbol or key, without its colons and quotes.
    func symbol(_ node: Int) -> String? {
        switch RubyKind(rawValue: reader.tree.kindName(node)) {
        case .simple_symbol: return String(reader.text(node).dropFirst())
        case .hash_key_symbol, .bare_symbol, .bare_string: return reader.text(node)
        case .string, .delimited_symbol:
            let parts = reader.named(node)
            guard parts.allSatisfy({ reader.tree.kindName($0) == "string_content" }) else { return nil }
            return parts.map(reader.text).joined()
        default: return nil
        }
    }
}
