// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The cases are the grammar's own names.

import SyntaxTree

/// Reads one file's tree for lowering: children by field, texts, literals.
struct TreeReader<Kind: RawRepresentable> where Kind.RawValue == String {
    let source: ParsedSource
    private let fields: [UInt16]
    private var kinds: [UInt16: Kind?] = [:]

    enum Field: String, CaseIterable {
        case alias, alternative, argument, arguments, array, attribute, body, condition, consequence, declarator
        case definition, dimensions, field, function, index, initializer = "init", key, left, method, module_name, name
        case object, operand, `operator`, parameters, resources, right, subject, subscript_ = "subscript"
        case superclass, superclasses, interfaces, type, update, value, expression, constructor, property
        case scope, default_value, return_expression, conditional_expressions
        case label, size
        case source, pattern, declaration, parameter, start = "initializer", increment, handler, finalizer, kind
        case variable, block, clauses
        case bases, channel, communication, element, end, from = "start", package, path, receiver, result
    }

    init(_ source: ParsedSource) {
        self.source = source
        fields = Field.allCases.map { source.tree.grammar.field($0.rawValue) ?? 0 }
        for (index, field) in Field.allCases.enumerated() { numbers[field] = fields[index] }
    }

    private var numbers: [Field: UInt16] = [:]

    var tree: FlatTree { source.tree }

    /// What kind of node it is, nil for kinds the language's lowering does not name.
    mutating func kind(_ node: Int) -> Kind? {
        let number = tree.kind(node)
        if let known = kinds[number] { return known }
        let kind = Kind(rawValue: tree.kindName(node))
        kinds[number] = kind
        return kind
    }

    /// The operands of a long sum, `a + b + c`, in their order, without nesting as deep as it is long.
    /// - Parameter node: the outermost of the operations.
    func operands(of node: Int, joinedBy sign: String) -> [Int] {
        var operands: [Int] = []
        var current = node
        while tree.kind(current) == tree.kind(node), child(current, .operator).map(text) == sign,
            let left = child(current, .left), let right = child(current, .right)
        {
            operands.append(right)
            current = left
        }
        return [current] + operands.reversed()
    }

    func text(_ node: Int) -> String { String(decoding: source.text(node), as: UTF8.self) }

    func child(_ node: Int, _ field: Field) -> Int? { tree.child(node, field: numbers[field]) }

    func children(_ node: Int, _ field: Field) -> [Int] {
        guard let number = numbers[field], number != 0 else { return [] }
        return tree.children(node).filter { tree.field($0) == number && tree.isNamed($0) }
    }

    func named(_ node: Int) -> [Int] {
        tree.children(node).filter { tree.isNamed($0) && !tree.kindName($0).hasSuffix("comment") }
    }

    func hasToken(_ node: Int, _ token: String) -> Bool {
        tree.children(node).contains { !tree.isNamed($0) && tree.kindName($0) == token }
    }
}

/// Reads literals as most languages write them.
enum LiteralText {
    /// A whole number with `0x`, `0o`, `0b`, `_` and a type's suffix.
    static func integer(_ text: String) -> Int? {
        var digits = text.lowercased().filter { $0 != "_" }
        if digits.hasSuffix("l") { digits.removeLast() }
        if digits.hasPrefix("0x") { return Int(digits.dropFirst(2), radix: 16) }
        if digits.hasPrefix("0b") { return Int(digits.dropFirst(2), radix: 2) }
        if digits.hasPrefix("0o") { return Int(digits.dropFirst(2), radix: 8) }
        return Int(digits)
    }

    static func real(_ text: String) -> Double? {
        var digits = text.filter { $0 != "_" }
        if let last = digits.last, "fFdD".contains(last) { digits.removeLast() }
        return Double(digits)
    }

    /// Replaces backslash escapes; unknown ones stay as written.
    static func unescaped(_ text: some StringProtocol) -> String {
        guard text.contains("\\") else { return String(text) }
        var result = ""
        var rest = text.makeIterator()
        while let character = rest.next() {
            guard character == "\\", let escaped = rest.next() else {
                result.append(character)
                continue
            }
            switch escaped {
            case "n": result.append("\n")
            case "t": result.append("\t")
            case "r": result.append("\r")
            case "0": result.append("\0")
            case "\\", "'", "\"", "`": result.append(escaped)
            case "\n": break
            default: result.append("\\"); result.append(escaped)
            }
        }
        return result
    }
}
