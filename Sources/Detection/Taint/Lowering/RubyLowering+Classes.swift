import SyntaxTree

/// Classes and modules, and what the calls in their bodies say of them.
extension RubyLowering {
    mutating func type(_ node: Int) {
        guard let name = reader.child(node, .name).map(constantName) else { return }
        let base = reader.child(node, .superclass).flatMap { reader.named($0).first }
        let index = declare(Dialect.simpleName(name), at: node)
        if let base, reader.kind(base) != .call { program.classes[index].supertypes.append(constantName(base)) }
        within(index) { lowering in
            // `class Point < Struct.new(:x, :y)`
            if let base, lowering.reader.kind(base) == .call { lowering.structure(base) }
            lowering.members(lowering.reader.child(node, .body), isStatic: false)
        }
    }

    /// The class of a name; one that is opened again is the same.
    private mutating func declare(_ name: String, at node: Int) -> Int {
        if let known = program.classes.firstIndex(where: { $0.name == name }) { return known }
        program.classes.append(ClassForm(name: name, node: node))
        return program.classes.count - 1
    }

    private mutating func within(_ index: Int, _ lower: (inout Self) -> Void) {
        let (outer, around) = (owner, scope)
        (owner, scope) = (index, Scope())
        lower(&self)
        (owner, scope) = (outer, around)
    }

    private mutating func members(_ body: Int?, isStatic: Bool) {
        guard let body, depth < Self.deepest else { return }
        depth += 1
        defer { depth -= 1 }
        var filters: [Filter] = []
        let first = program.functions.count
        for node in reader.named(body) { member(node, isStatic: isStatic, &filters) }
        for index in first..<program.functions.count where program.functions[index].owner == owner {
            begin(index, with: filters)
        }
    }

    private mutating func member(_ node: Int, isStatic: Bool, _ filters: inout [Filter]) {
        switch reader.kind(node) {
        case .method: _ = function(node, isStatic: isStatic)
        case .singleton_method: _ = function(node, isStatic: true)
        case .class_, .module: type(node)
        case .singleton_class: members(reader.child(node, .body), isStatic: true)
        case .assignment: constant(node)
        case .if_, .unless: members(reader.child(node, .consequence), isStatic: isStatic)
        case .if_modifier, .unless_modifier:
            if let inner = reader.child(node, .body) { member(inner, isStatic: isStatic, &filters) }
        case .call: declaration(node, &filters)
        default: break
        }
    }

    /// `NAME = value`.
    private mutating func constant(_ node: Int) {
        guard let left = reader.child(node, .left), let right = reader.child(node, .right), let owner,
            reader.kind(left) == .constant
        else { return }
        if isStructure(right) { return structure(named: reader.text(left), right) }
        note(reader.text(left), pattern: right)
        let waiting = pending
        let value = expression(right)
        pending = waiting
        program.classes[owner].fields.append(.init(name: reader.text(left), type: nil, value: value, isFixed: true))
    }

    // MARK: Structures

    private func isStructure(_ node: Int) -> Bool {
        guard let base = reader.child(node, .receiver), let method = reader.child(node, .method) else { return false }
        return ["Struct.new", "Data.define"].contains(reader.text(base) + "." + reader.text(method))
    }

    /// `Point = Struct.new(:x, :y) do ... end`.
    mutating func structure(named name: String, _ call: Int) {
        let index = declare(name, at: call)
        within(index) { lowering in
            lowering.structure(call)
            let block = lowering.reader.child(call, .block)
            lowering.members(block.flatMap { lowering.reader.child($0, .body) }, isStatic: false)
        }
    }

    /// Members of a structure are set by its constructor, in their order.
    private mutating func structure(_ call: Int) {
        guard isStructure(call), let list = reader.child(call, .arguments) else { return }
        let names = reader.named(list).filter { reader.kind($0) == .simple_symbol }
        var form = Function(name: "initialize", node: call)
        form.owner = owner
        form.isConstructor = true
        for node in names {
            guard let name = symbol(node) else { continue }
            form.parameters.append(Parameter(name: name, node: node))
            form.body.append(kept(own(name, at: node), variable(name, at: node), at: node))
            reader(of: name, at: node)
        }
        program.functions.append(form)
    }

    private func own(_ name: String, at node: Int) -> Expression {
        Expression(node: node, form: .member(Expression(node: node, form: .receiver), name))
    }

    /// A method that gives an instance variable.
    private mutating func reader(of name: String, at node: Int) {
        var form = Function(name: name, node: node)
        form.owner = owner
        form.body = [Statement(node: node, form: .leave(own(name, at: node)))]
        program.functions.append(form)
    }

    // MARK: Declarations that are calls

    /// Makes a method run before others of its class.
    private struct Filter {
        let name: String
        let only: [String]?
        let except: [String]
    }

    private static let filterNames: Set<String> = [
        "before_action", "before_filter", "prepend_before_action", "append_before_action",
    ]

    private static let attributeNames: Set<String> = [
        "attr_reader", "attr_accessor", "cattr_accessor", "mattr_accessor", "cattr_reader", "mattr_reader",
        "class_attribute", "thread_mattr_accessor", "attribute", "option", "param", "property",
    ]

    private mutating func declaration(_ node: Int, _ filters: inout [Filter]) {
        let name = reader.child(node, .method).map(reader.text) ?? ""
        let list = reader.child(node, .arguments).map(reader.named) ?? []
        let block = reader.child(node, .block)
        switch name {
        case _ where Self.attributeNames.contains(name):
            for item in list { if let name = symbol(item) { reader(of: name, at: item) } }
        case _ where Self.filterNames.contains(name):
            let (only, except) = (names("only", in: list), names("except", in: list))
            filters += list.compactMap(symbol).map { Filter(name: $0, only: only, except: except ?? []) }
            functions(in: list, block, name: "", isStatic: false)
        case "include", "extend", "prepend":
            guard let owner else { return }
            let modules = list.filter { [.constant, .scope_resolution].contains(reader.kind($0)) }
            program.classes[owner].supertypes += modules.map(constantName)
        case "included", "concerning": members(block.flatMap { reader.child($0, .body) }, isStatic: false)
        case "class_methods": members(block.flatMap { reader.child($0, .body) }, isStatic: true)
        case "scope": functions(in: list, block, name: list.first.flatMap(symbol) ?? "", isStatic: true)
        case "define_method": functions(in: list, block, name: list.first.flatMap(symbol) ?? "", isStatic: false)
        default:
            for item in list { if isDefinition(item) { member(item, isStatic: false, &filters) } }
            if let block, isRoute(node) {
                _ = function(block: block, name: "", isStatic: false, marks: ["route"])
            } else {
                functions(in: list, block, name: "", isStatic: false)
            }
        }
    }

    /// `private def name`.
    private mutating func isDefinition(_ node: Int) -> Bool {
        reader.kind(node) == .method || reader.kind(node) == .singleton_method
    }

    private mutating func functions(in list: [Int], _ block: Int?, name: String, isStatic: Bool) {
        for node in list where reader.kind(node) == .lambda {
            _ = function(block: node, name: name, isStatic: isStatic)
        }
        if let block { _ = function(block: block, name: name, isStatic: isStatic) }
    }

    /// `only: [:a, :b]`; nil if nothing is said.
    private mutating func names(_ key: String, in list: [Int]) -> [String]? {
        for item in list {
            guard reader.kind(item) == .pair, reader.child(item, .key).flatMap(symbol) == key,
                let value = reader.child(item, .value)
            else { continue }
            return symbol(value).map { [$0] } ?? reader.named(value).compactMap(symbol)
        }
        return nil
    }

    /// Lets a public method begin with those that run before it.
    private mutating func begin(_ index: Int, with filters: [Filter]) {
        let function = program.functions[index]
        guard function.isNamed, !function.isStatic, !function.isConstructor else { return }
        let names = Set(filters.map(\.name))
        let fitting = filters.filter { filter in
            filter.only?.contains(function.name) ?? !filter.except.contains(function.name)
        }
        guard !names.contains(function.name), let node = function.body.first?.node else { return }
        program.functions[index].begins = fitting.map(\.name)
        program.functions[index].body =
            fitting.map { filter in
                Statement(node: node, form: .expression(Expression(node: node, form: .call(nil, filter.name, []))))
            } + function.body
    }

    private static let verbs: Set<String> = ["get", "post", "put", "patch", "delete", "options", "head", "link"]

    /// `get "/items/:id" do |id|`: the block serves requests.
    mutating func isRoute(_ call: Int) -> Bool {
        guard reader.child(call, .receiver) == nil, let name = reader.child(call, .method).map(reader.text),
            Self.verbs.contains(name), let first = reader.child(call, .arguments).flatMap({ reader.named($0).first })
        else { return false }
        return reader.kind(first) == .string || reader.kind(first) == .regex
    }
}
