import CPCRE2

/// A PCRE2 pattern compiled to machine code, matched over bytes (no Unicode mode: files need not be UTF-8).
package final class Pattern: Sendable {
    package let source: String
    fileprivate nonisolated(unsafe) let code: OpaquePointer
    private let groupNames: [String: Int]

    /// Throws `badPattern` with PCRE2's message and the offset of the error.
    /// - Parameter multiline: `^` and `$` also match at line breaks.
    package init(_ source: String, multiline: Bool = false) throws(DetectionError) {
        var number: Int32 = 0
        var offset = 0
        let bytes = Array(source.utf8)
        let options = UInt32(PCRE2_NEVER_UTF) | (multiline ? UInt32(PCRE2_MULTILINE) : 0)
        guard let code = pcre2_compile_8(bytes, bytes.count, options, &number, &offset, nil) else {
            var message = [UInt8](repeating: 0, count: 256)
            pcre2_get_error_message_8(number, &message, message.count)
            let text = String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
            throw DetectionError(.badPattern, "\(text) at offset \(offset) of the pattern '\(source)'")
        }
        // Without JIT support the interpreter gives the same answers, only slower.
        pcre2_jit_compile_8(code, UInt32(PCRE2_JIT_COMPLETE))
        self.source = source
        self.code = code
        groupNames = Self.groupNames(of: code)
    }

    deinit { pcre2_code_free_8(code) }

    /// The number of a named group.
    package func group(_ name: String) -> Int? { groupNames[name] }

    private static func groupNames(of code: OpaquePointer) -> [String: Int] {
        var count: UInt32 = 0
        var size: UInt32 = 0
        var table: UnsafePointer<UInt8>?
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMECOUNT), &count)
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMEENTRYSIZE), &size)
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_NAMETABLE), &table)
        guard let table else { return [:] }
        var names: [String: Int] = [:]
        for index in 0..<Int(count) {
            let entry = table + index * Int(size)
            names[String(cString: entry + 2)] = Int(entry[0]) << 8 | Int(entry[1])
        }
        return names
    }
}

/// The working memory of matching. One serves one task at a time.
package final class PatternScratch {
    private let data: OpaquePointer
    private let context: OpaquePointer
    private let stack: OpaquePointer?
    /// Set when a match gave up at its limit since the last reset: its answer was "no", which may be wrong.
    package private(set) var limitExceeded = false

    /// Backtracking steps after which a match gives up: a pattern that explodes costs milliseconds, not hours.
    private static let matchLimit: UInt32 = 1_000_000
    private static let groupLimit: UInt32 = 64

    package init() {
        data = pcre2_match_data_create_8(Self.groupLimit, nil)
        context = pcre2_match_context_create_8(nil)
        pcre2_set_match_limit_8(context, Self.matchLimit)
        stack = pcre2_jit_stack_create_8(32 * 1024, 1024 * 1024, nil)
        pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack))
    }

    deinit {
        pcre2_match_context_free_8(context)
        pcre2_match_data_free_8(data)
        pcre2_jit_stack_free_8(stack)
    }

    package func resetLimit() { limitExceeded = false }

    /// The first match at or after `start`: the ranges of the whole match and of each group (nil if unset).
    /// The bytes before `start` are visible to look-behind.
    package func firstMatch(
        of pattern: Pattern, in bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0
    ) -> [Range<Int>?]? {
        guard start <= bytes.count else { return nil }
        // PCRE2 wants a pointer even for nothing.
        var empty: UInt8 = 0
        let count = withUnsafePointer(to: &empty) { nothing in
            pcre2_match_8(pattern.code, bytes.baseAddress ?? nothing, bytes.count, start, 0, data, context)
        }
        guard count > 0 else {
            if count != PCRE2_ERROR_NOMATCH { limitExceeded = true }
            return nil
        }
        let offsets = pcre2_get_ovector_pointer_8(data)!
        return (0..<Int(count)).map { group in
            let (from, to) = (offsets[2 * group], offsets[2 * group + 1])
            return from == Int.max || from == ~0 || from > to ? nil : Int(from)..<Int(to)
        }
    }

    package func matches(_ pattern: Pattern, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        firstMatch(of: pattern, in: bytes) != nil
    }
}
