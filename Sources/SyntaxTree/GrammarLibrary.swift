import CTreeSitter
import Glibc
import Synchronization

/// The grammars of one shared library, each exported as `tree_sitter_NAME`, loaded at run time.
///
/// Thread-safe. The library is never unloaded: parsers keep pointers into it.
package final class GrammarLibrary: Sendable {
    private let path: String
    private let loaded = Mutex<[String: Grammar]>([:])
    private nonisolated(unsafe) let handle: UnsafeMutableRawPointer

    /// Opens the library. Throws `grammarsUnavailable` with the loader's own words.
    package init(path: String) throws(SyntaxTreeError) {
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            let reason = dlerror().map { String(cString: $0) } ?? "unknown reason"
            throw SyntaxTreeError(.grammarsUnavailable, "cannot load the grammars at \(path): \(reason)")
        }
        self.path = path
        self.handle = handle
    }

    /// Throws `grammarMissing` where the library has no such grammar or one of another ABI.
    package func grammar(_ name: String) throws(SyntaxTreeError) -> Grammar {
        if let grammar = loaded.withLock({ $0[name] }) { return grammar }
        guard let symbol = dlsym(handle, "tree_sitter_\(name)") else {
            throw SyntaxTreeError(.grammarMissing, "no grammar '\(name)' in \(path)")
        }
        typealias Entry = @convention(c) () -> OpaquePointer?
        let entry = unsafeBitCast(symbol, to: Entry.self)
        guard let language = entry() else {
            throw SyntaxTreeError(.grammarMissing, "the grammar '\(name)' in \(path) is empty")
        }
        let abi = ts_language_version(language)
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
}

/// One language's parse tables: immutable C data that lives as long as the process.
package struct Grammar: Sendable {
    package let name: String
    nonisolated(unsafe) let pointer: OpaquePointer

    /// The number of a field such as `arguments`; nil where the grammar has none of that name.
    package func field(_ name: String) -> UInt16? {
        let id = ts_language_field_id_for_name(pointer, name, UInt32(name.utf8.count))
        return id == 0 ? nil : id
    }

    /// The name of a node kind.
    package func kindName(_ kind: UInt16) -> String {
        ts_language_symbol_name(pointer, kind).map { String(cString: $0) } ?? ""
    }

    package var kindCount: Int { Int(ts_language_symbol_count(pointer)) }
}
