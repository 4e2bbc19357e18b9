import OrchestratorCore

/// What library functions do to memory, as rule data.
struct MemoryLibrary: Sendable {
    /// Effects by the function's name.
    var functions: [String: LibraryEffect] = [:]
    /// Parts of names of functions that do not return.
    var endings: [String] = []
    var constants: [String: Int] = [:]
}

struct LibraryEffect: Sendable {
    enum Action: String, CaseIterable, Sendable {
        case allocate, allocateElements = "allocate-elements", duplicate, reallocate, stackAllocate = "stack-allocate"
        case release, fill, copy, copyText = "copy-text", appendText = "append-text"
        case copyTextLimited = "copy-text-limited", appendTextLimited = "append-text-limited"
        case format, formatLimited = "format-limited", print, printFile = "print-to", readLine = "read-line", read, scan
        case scanText = "scan-text", number, environment, random, length, end, command, path, open, observe, keep
        case absolute, assume, first
    }

    let action: Action
    /// Positions of the arguments that the action names, in its own order.
    let arguments: [Int]
    /// Bytes of an element.
    let width: Int
}

extension MemoryLibrary {
    /// Reads the key `library` of a file of memory rules.
    static func load(_ node: MarkedNode) throws(DocumentError) -> MemoryLibrary {
        var fields = try MappingReader(node)
        var library = MemoryLibrary()
        for entry in try fields.elements("functions") {
            var reader = try MappingReader(entry)
            let arguments = try reader.strings("arguments").map { (text) throws(DocumentError) in
                guard let number = Int(text), (0...9).contains(number) else {
                    throw DocumentError(entry.mark, "'arguments' must be numbers from 0 to 9, found '\(text)'")
                }
                return number
            }
            let effect = LibraryEffect(
                action: try reader.choice("does", of: LibraryEffect.Action.self), arguments: arguments,
                width: try reader.optionalInteger("width", in: 1...8) ?? 1)
            for name in try reader.strings("calls") { library.functions[name] = effect }
            try reader.finish()
        }
        library.endings = try fields.strings("endings")
        if let constants = fields.optional("constants") { library.constants = try numbers(constants) }
        try fields.finish()
        return library
    }

    private static func numbers(_ node: MarkedNode) throws(DocumentError) -> [String: Int] {
        guard case .mapping(let pairs, _) = node else {
            throw DocumentError(node.mark, "'constants' must be a mapping, found \(node.kind)")
        }
        var result: [String: Int] = [:]
        for pair in pairs {
            let text = try pair.value.string(for: pair.key)
            guard let number = Int(text) else {
                throw DocumentError(pair.value.mark, "'\(pair.key)' must be a whole number, found '\(text)'")
            }
            result[pair.key] = number
        }
        return result
    }

    /// Reads the key `memory` of a rule.
    static func rule(_ node: MarkedNode, _ library: MemoryLibrary?) throws(DocumentError) -> MemoryRule {
        guard let library else { throw DocumentError(node.mark, "'memory' needs the key 'library' in the same file") }
        var fields = try MappingReader(node)
        let checks = try fields.required("checks").elements(for: "checks").map { (node) throws(DocumentError) in
            let text = try node.string(for: "checks")
            guard let check = MemoryCheck(rawValue: text) else {
                let known = MemoryCheck.allCases.map(\.rawValue).joined(separator: ", ")
                throw DocumentError(node.mark, "unknown check '\(text)'; expected one of \(known)")
            }
            return check
        }
        let rule = MemoryRule(checks: checks, replaces: try fields.strings("replaces"), library: library)
        try fields.finish()
        return rule
    }
}
