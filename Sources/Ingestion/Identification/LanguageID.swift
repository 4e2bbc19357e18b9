package import OrchestratorCore

/// Names a file's language by its name, its extension, its first line and, where those leave a choice, its content.
package enum LanguageID {
    /// The language of a file with the given content; `unknown` only for bytes that are no text.
    static func identify(_ path: RepositoryPath, _ bytes: UnsafeBufferPointer<UInt8>) -> Language {
        if let named = byName(path) { return refine(named, path, bytes) }
        if let shebang = byShebang(bytes) { return shebang }
        return byContent(bytes)
    }

    /// What the name alone says; nil where it says nothing.
    package static func byName(_ path: RepositoryPath) -> Language? {
        let name = String(decoding: path.name, as: UTF8.self)
        if let language = LanguageNames.names[name] { return Language(rawValue: language) }
        let lower = name.lowercased()
        if lower.hasPrefix("dockerfile") || lower.hasSuffix(".dockerfile") || lower.hasPrefix("containerfile") {
            return Language(rawValue: "dockerfile")
        }
        if lower == ".env" || lower.hasPrefix(".env.") || lower.hasSuffix(".env") {
            return Language(rawValue: "dotenv")
        }
        // `.blade.php` before `.php`: the longest known ending decides.
        var rest = lower[...]
        while let dot = rest.firstIndex(of: ".") {
            rest = rest[rest.index(after: dot)...]
            if let language = LanguageNames.extensions[String(rest)] { return Language(rawValue: language) }
        }
        return nil
    }

    private static func byShebang(_ bytes: UnsafeBufferPointer<UInt8>) -> Language? {
        guard bytes.starts(with: Array("#!".utf8)) else { return nil }
        let line = String(decoding: bytes.prefix(256).prefix { $0 != UInt8(ascii: "\n") }.dropFirst(2), as: UTF8.self)
        var words = line.split(whereSeparator: \.isWhitespace)[...]
        guard let program = words.popFirst() else { return nil }
        var name = program.split(separator: "/").last ?? program
        if name == "env" {
            while let word = words.first, word.hasPrefix("-") || word.contains("=") { words.removeFirst() }
            name = words.first ?? name
        }
        let bare = name.prefix { !$0.isNumber && $0 != "." }
        return LanguageNames.interpreters[String(bare)].map(Language.init(rawValue:))
    }

    private static func byContent(_ bytes: UnsafeBufferPointer<UInt8>) -> Language {
        let head = bytes.prefix(512)
        func starts(_ text: String) -> Bool { head.starts(with: Array(text.utf8)) }
        if starts("<?php") { return Language(rawValue: "php") }
        if starts("<?xml") { return Language(rawValue: "xml") }
        if starts("<!DOCTYPE html") || starts("<html") { return Language(rawValue: "html") }
        if starts("-----BEGIN ") { return Language(rawValue: "pem") }
        return .text
    }

    // MARK: Names that leave a choice

    private static func refine(
        _ language: Language, _ path: RepositoryPath, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> Language {
        switch language.rawValue {
        case "c" where path.bytes.suffix(2).elementsEqual(Array(".h".utf8)): header(bytes)
        case "yaml": yaml(path, bytes)
        case "typescript" where contains(bytes, "<!DOCTYPE TS>") || contains(bytes, "<TS "): Language(rawValue: "xml")
        case "php" where !contains(bytes, "<?"): .text
        case "perl" where contains(bytes, ":- "): Language(rawValue: "text")
        default: language
        }
    }

    /// A `.h` file is C++ or Objective-C where it uses what C does not have.
    private static func header(_ bytes: UnsafeBufferPointer<UInt8>) -> Language {
        if ["@interface", "@protocol", "#import <"].contains(where: { contains(bytes, $0) }) {
            return Language(rawValue: "objectivec")
        }
        let signs = ["\nclass ", "\nnamespace ", "template<", "template <", "\npublic:", "std::", "\nusing namespace"]
        return Language(rawValue: signs.contains { contains(bytes, $0) } ? "cpp" : "c")
    }

    private static func yaml(_ path: RepositoryPath, _ bytes: UnsafeBufferPointer<UInt8>) -> Language {
        let text = path.text
        if text.contains(".github/workflows/") || text.hasSuffix("action.yml") || text.hasSuffix("action.yaml") {
            return Language(rawValue: "github-workflow")
        }
        if contains(bytes, "apiVersion:"), contains(bytes, "kind:") { return Language(rawValue: "kubernetes") }
        if contains(bytes, "AWSTemplateFormatVersion") || contains(bytes, "Type: AWS::")
            || contains(bytes, "Type: 'AWS::")
        {
            return Language(rawValue: "cloudformation")
        }
        let name = String(decoding: path.name, as: UTF8.self)
        if name.contains("compose"), contains(bytes, "services:") { return Language(rawValue: "compose") }
        return Language(rawValue: "yaml")
    }

    /// Looks in the first 64 KiB.
    private static func contains(_ bytes: UnsafeBufferPointer<UInt8>, _ text: String) -> Bool {
        ByteSearch.contains(UnsafeBufferPointer(rebasing: bytes.prefix(65_536)), Array(text.utf8))
    }
}
