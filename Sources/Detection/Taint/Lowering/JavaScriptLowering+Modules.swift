import SyntaxTree

/// Imports and exports of both module systems.
///
/// A module is named by its specifier without `node:` and extension. Dots separate names in paths, so those of a
/// specifier are written otherwise: `./a.b` is `:/a:b`, a package `lodash.merge` is `lodash-merge`.
extension JavaScriptLowering {
    static func module(_ specifier: String) -> String {
        var name = specifier.hasPrefix("node:") ? String(specifier.dropFirst(5)) : specifier
        guard name.hasPrefix(".") || name.hasPrefix("@/") || name.hasPrefix("~/") else {
            return name.replacing(".", with: "-")
        }
        for end in [".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx"] where name.hasSuffix(end) {
            name.removeLast(end.count)
            break
        }
        return name.replacing(".", with: ":")
    }

    /// Whether a name leads to a file of the repository.
    static func isFile(_ module: String) -> Bool {
        module.hasPrefix(":") || module.hasPrefix("@/") || module.hasPrefix("~/")
    }

    /// The text of a string node.
    func plainText(_ node: Int) -> String { LiteralText.unescaped(reader.text(node).dropFirst().dropLast()) }

    mutating func importNames(_ node: Int) {
        let require = reader.named(node).first { reader.kind($0) == .import_require_clause }
        guard let source = reader.child(require ?? node, .source) else { return }
        let module = Self.module(plainText(source))
        if let require, let name = reader.named(require).first { program.imports[reader.text(name)] = module }
        let clause = reader.named(node).first { reader.kind($0) == .import_clause }
        for part in clause.map(reader.named) ?? [] {
            switch reader.kind(part) {
            case .identifier:
                // A package written for the other module system is its own default.
                program.imports[reader.text(part)] = Self.isFile(module) ? module + ".default" : module
            case .namespace_import:
                if let name = reader.named(part).first { program.imports[reader.text(name)] = module }
            case .named_imports:
                for name in reader.named(part) {
                    guard let original = reader.child(name, .name) else { continue }
                    let alias = reader.child(name, .alias) ?? original
                    program.imports[reader.text(alias)] = module + "." + reader.text(original)
                }
            default: break
            }
        }
    }

    /// `require("x")` and `import("x")`: a name that stands for the module.
    mutating func required(_ call: Int) -> Expression.Form? {
        guard let function = reader.child(call, .function),
            reader.kind(function) == .import_ || reader.text(function) == "require",
            let list = reader.child(call, .arguments), let first = reader.named(list).first,
            reader.kind(first) == .string
        else { return nil }
        let name = "module " + plainText(first)
        program.imports[name] = Self.module(plainText(first))
        return .name(name)
    }

    /// Names bound to a required module, or to parts of it, are known in the whole file.
    mutating func importRequired(_ target: Expression, _ value: Expression) {
        guard scopes.isEmpty, let path = modulePath(value) else { return }
        switch target.form {
        case .name(let name): program.imports[name] = path
        case .mapping(let pairs):
            for (key, inner) in pairs {
                guard case .literal(.text(let part)) = key.form, case .name(let name) = inner.form else { continue }
                program.imports[name] = path + "." + part
            }
        default: break
        }
    }

    private func modulePath(_ value: Expression) -> String? {
        switch value.form {
        case .name(let name): return name.hasPrefix("module ") ? program.imports[name] : nil
        case .member(let base, let name): return modulePath(base).map { $0 + "." + name }
        default: return nil
        }
    }

    // MARK: Exports

    mutating func export(_ node: Int) -> [Statement] {
        let source = reader.child(node, .source).map { Self.module(plainText($0)) }
        if let declaration = reader.child(node, .declaration) {
            let isDefault = reader.hasToken(node, "default")
            let result = statement(declaration)
            for name in declared(declaration) { publish(name, as: isDefault ? "default" : name, at: declaration) }
            return result
        }
        if let value = reader.child(node, .value) {
            return [publication("default", expression(value, name: "default"), at: value)]
        }
        for clause in reader.named(node) where reader.kind(clause) == .export_clause {
            for name in reader.named(clause) {
                guard let original = reader.child(name, .name) else { continue }
                let alias = reader.text(reader.child(name, .alias) ?? original)
                var local = reader.text(original)
                if let source {
                    program.imports["module \(source) \(local)"] = source + "." + local
                    local = "module \(source) \(local)"
                }
                publish(local, as: alias, at: name)
            }
        }
        if let source, !reader.named(node).contains(where: { reader.kind($0) == .export_clause }) {
            program.reexports.append(source)
        }
        return []
    }

    private mutating func declared(_ node: Int) -> [String] {
        switch reader.kind(node) {
        case .lexical_declaration, .variable_declaration:
            return reader.named(node).compactMap { reader.child($0, .name) }
                .filter { reader.kind($0) == .identifier }.map(reader.text)
        default: return reader.child(node, .name).map { [reader.text($0)] } ?? []
        }
    }

    private mutating func publish(_ name: String, as alias: String, at node: Int) {
        exports.append(publication(alias, Expression(node: node, form: .name(name)), at: node))
    }

    private func publication(_ name: String, _ value: Expression, at node: Int) -> Statement {
        let exports = Expression(node: node, form: .name("exports"))
        let place = Expression(node: node, form: .member(exports, name))
        return Statement(node: node, form: .expression(Expression(node: node, form: .assign(place, value, type: nil))))
    }
}
