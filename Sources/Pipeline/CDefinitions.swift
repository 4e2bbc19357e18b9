/// Finds what a C or C++ file defines for others, by its outline alone: functions with a body and variables outside
/// functions, with the namespaces around them as `outer::name`.
struct CDefinitions {
    private(set) var names: [String] = []
    private var scopes: [Scope] = []
    private var words: [String] = []
    /// The word before the outermost parenthesis of the declaration at hand.
    private var called: String?
    private var parentheses = 0
    private var isSettled = false

    private enum Scope {
        case space(String), outline, body
    }

    init(_ bytes: [UInt8]) {
        var index = 0
        while index < bytes.count { index = read(bytes, index) }
    }

    private var isOutside: Bool { scopes.allSatisfy { if case .body = $0 { false } else { true } } }

    /// Reads one token, and returns where the next begins.
    private mutating func read(_ bytes: [UInt8], _ start: Int) -> Int {
        let byte = bytes[start]
        switch byte {
        case UInt8(ascii: "#") where isAtLineStart(bytes, start): return lineEnd(bytes, start)
        case UInt8(ascii: "/") where start + 1 < bytes.count && bytes[start + 1] == UInt8(ascii: "/"):
            return lineEnd(bytes, start)
        case UInt8(ascii: "/") where start + 1 < bytes.count && bytes[start + 1] == UInt8(ascii: "*"):
            return commentEnd(bytes, start)
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return quoteEnd(bytes, start)
        default: break
        }
        if Self.isWord(byte) {
            var end = start
            while end < bytes.count, Self.isWord(bytes[end]) { end += 1 }
            if isOutside, parentheses == 0 { words.append(String(decoding: bytes[start..<end], as: UTF8.self)) }
            return end
        }
        sign(byte)
        return start + 1
    }

    private mutating func sign(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "("):
            if parentheses == 0, isOutside, called == nil { called = words.last }
            parentheses += 1
        case UInt8(ascii: ")"): parentheses = max(0, parentheses - 1)
        case UInt8(ascii: "{"): open()
        case UInt8(ascii: "}"):
            _ = scopes.popLast()
            if isOutside { reset() }
        case UInt8(ascii: "="), UInt8(ascii: "["): if isOutside, parentheses == 0 { variable() }
        case UInt8(ascii: ";"):
            guard isOutside, parentheses == 0 else { return }
            variable()
            reset()
        default: break
        }
    }

    private mutating func open() {
        guard isOutside else { return scopes.append(.body) }
        if words.first == "namespace" {
            scopes.append(words.count > 1 ? .space(words[1]) : .outline)
        } else if words.first == "extern", words.count == 1 {
            scopes.append(.outline)
        } else {
            if let called, !isSettled, !words.contains("static") { names.append(prefix + called) }
            scopes.append(.body)
        }
        reset()
        parentheses = 0
    }

    private mutating func variable() {
        guard !isSettled, called == nil, words.count > 1, let name = words.last else { return }
        isSettled = true
        guard !Self.noVariables.contains(words[0]), !words.contains("static"), !words.contains("extern") else { return }
        names.append(prefix + name)
    }

    private static let noVariables: Set<String> = ["typedef", "using", "struct", "union", "enum", "class", "extern"]

    private var prefix: String {
        scopes.compactMap { if case .space(let name) = $0 { name + "::" } else { nil } }.joined()
    }

    private mutating func reset() {
        words = []
        called = nil
        isSettled = false
    }

    // MARK: Bytes

    private static func isWord(_ byte: UInt8) -> Bool {
        (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")) || byte == UInt8(ascii: "_")
            || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
    }

    private func isAtLineStart(_ bytes: [UInt8], _ index: Int) -> Bool {
        var before = index - 1
        while before >= 0, bytes[before] == UInt8(ascii: " ") || bytes[before] == UInt8(ascii: "\t") { before -= 1 }
        return before < 0 || bytes[before] == UInt8(ascii: "\n")
    }

    private func lineEnd(_ bytes: [UInt8], _ start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") {
            if bytes[index] == UInt8(ascii: "\\") { index += 1 }
            if index < bytes.count, bytes[index] == UInt8(ascii: "\r") { index += 1 }
            index += 1
        }
        return min(index, bytes.count)
    }

    private func commentEnd(_ bytes: [UInt8], _ start: Int) -> Int {
        var index = start + 2
        while index + 1 < bytes.count, bytes[index] != UInt8(ascii: "*") || bytes[index + 1] != UInt8(ascii: "/") {
            index += 1
        }
        return min(index + 2, bytes.count)
    }

    private func quoteEnd(_ bytes: [UInt8], _ start: Int) -> Int {
        var index = start + 1
        while index < bytes.count, bytes[index] != bytes[start], bytes[index] != UInt8(ascii: "\n") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index + 1, bytes.count)
    }
}
