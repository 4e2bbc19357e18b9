import CTreeSitter
import Glibc
import Synchronization

/// The grammars of one shared library, each exported as `tree_sitter_NAME`, loaded at run time. A library `NAME.so`
/// beside it holds a newer grammar of that name and goes first.
///
/// Thread-safe. Libraries are never unloaded: parsers keep pointers into them.
package final class GrammarLibrary: Sendable {
    private let path: String
    private let loaded = Mutex<[String: Grammar]>([:])
    private nonisolated(unsafe) let handle: UnsafeMutableRawPointer

    /// Opens the library. Throws `grammarsUnavailable` with the loader's own words.
    package init(path: String) throws(SyntaxTreeError) {
        handle = try Self.open(path)
        self.path = path
    }

    /// Throws `grammarMissing` where the library has no such grammar or one of another ABI.
    package func grammar(_ name: String) throws(SyntaxTreeError) -> Grammar {
        if let grammar = loaded.withLock({ $0[name] }) { return grammar }
        guard let symbol = dlsym(try newer(name) ?? handle, "tree_sitter_\(name)") else {
            throw SyntaxTreeError(.grammarMissing, "no grammar '\(name)' in \(path)")
        }
        typealias Entry = @convention(c) () -> OpaquePointer?
        let entry = unsafeBitCast(symbol, to: Entry.self)
        guard let language = entry() else {
            throw SyntaxTreeError(.grammarMissing, "the grammar '\(name)' in \(path) is empty")
        }
        let abi = ts_language_abi_version(language)
        let supported = UInt32(TREE_SITTER_MIN_COMPATIBLE_LANGUAGE_VERSION)...UInt32(TREE_SITTER_LANGUAGE_VERSION)
        guard supported.contains(abi) else {
            throw SyntaxTreeError(
                .grammarMissing,
                "the grammar '\(name)' has ABI \(abi), expected \(supported.lowerBound) to \(supported.upperBound)")
        }
        let grammar = Grammar(name: name, pointer: language)
        loaded.withLock { $0[name] = grammar }
        return grammar
    }

    /// The library of a grammar newer than the pack's; nil where there is none. Throws `grammarsUnavailable` where it
    /// cannot be loaded.
    private func newer(_ name: String) throws(SyntaxTreeError) -> UnsafeMutableRawPointer? {
        guard let slash = path.lastIndex(of: "/") else { return nil }
        let path = "\(path[...slash])\(name).so"
        return access(path, F_OK) == 0 ? try Self.open(path) : nil
    }

    private static func open(_ path: String) throws(SyntaxTreeError) -> UnsafeMutableRawPointer {
        if let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) { return handle }
        let reason = dlerror().map { String(cString: $0) } ?? "unknown reason"
        throw SyntaxTreeError(.grammarsUnavailable, "cannot load the grammars at \(path): \(reason)")
    }
}

/// One language's parse tables: immutable C data that lives as long as the process.
package final class Grammar: Sendable {
    package let name: String
    nonisolated(unsafe) let pointer: OpaquePointer
    private let kindNames: [String]
    private let functions: [Bool]
    private let types: [Bool]
    let nameField: UInt16?
    let declaratorField: UInt16?

    /// The kind of a stretch that could not be parsed.
    package static let errorKind = UInt16.max

    init(name: String, pointer: OpaquePointer) {
        self.name = name
        self.pointer = pointer
        kindNames = (0..<UInt16(ts_language_symbol_count(pointer))).map { kind in
            ts_language_symbol_name(pointer, kind).map { String(cString: $0) } ?? ""
        }
        functions = kindNames.map(Self.isFunction)
        types = kindNames.map(Self.isType)
        nameField = Self.field("name", in: pointer)
        declaratorField = Self.field("declarator", in: pointer)
    }

    /// The number of a field such as `arguments`; nil where the grammar has none of that name.
    package func field(_ name: String) -> UInt16? { Self.field(name, in: pointer) }

    private static func field(_ name: String, in pointer: OpaquePointer) -> UInt16? {
        let id = ts_language_field_id_for_name(pointer, name, UInt32(name.utf8.count))
        return id == 0 ? nil : id
    }

    var kindCount: Int { kindNames.count }

    /// The number of a node kind (`call`) or, where not named, of a token (`"("`).
    package func kind(_ name: String, isNamed: Bool) -> UInt16? {
        let kind = ts_language_symbol_for_name(pointer, name, UInt32(name.utf8.count), isNamed)
        return kind == 0 ? nil : kind
    }

    /// False for tokens such as `"("`.
    func isNamed(_ kind: UInt16) -> Bool { ts_language_symbol_type(pointer, kind) == TSSymbolTypeRegular }

    /// The name of a node kind: `call`, `string`, `if_statement`.
    package func kindName(_ kind: UInt16) -> String { kind == Self.errorKind ? "ERROR" : kindNames[Int(kind)] }

    /// True for kinds of function, method, constructor, lambda and closure.
    package func isFunction(_ kind: UInt16) -> Bool { kind != Self.errorKind && functions[Int(kind)] }

    /// True for kinds of class, interface, structure, module and the like.
    package func isType(_ kind: UInt16) -> Bool { kind != Self.errorKind && types[Int(kind)] }

    private static func isFunction(_ kind: String) -> Bool { functionKinds.contains(kind) }

    private static let functionKinds: Set<String> = [
        "function_definition", "function_declaration", "function_item", "function_expression", "function", "method",
        "method_declaration", "method_definition", "singleton_method", "constructor_declaration",
        "compact_constructor_declaration", "destructor_declaration", "local_function_statement", "arrow_function",
        "generator_function", "generator_function_declaration", "func_literal", "lambda", "lambda_expression",
        "anonymous_method_expression", "anonymous_function_creation_expression", "accessor_declaration",
        "function_statement", "property_declaration",
    ]

    private static func isType(_ kind: String) -> Bool {
        ["class", "interface_", "struct_", "enum_", "trait_", "record_"].contains(where: kind.hasPrefix)
            || ["module", "namespace_definition", "object_definition", "impl_item"].contains(kind)
    }
}
