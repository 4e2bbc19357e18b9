/// One line of an ignore file, read as git reads it.
struct IgnorePattern: Sendable {
    /// The bytes to match, without `!`, a leading slash and a trailing one.
    let bytes: [UInt8]
    /// `!`: what it matches is in scope again.
    let isNegated: Bool
    /// A trailing slash: matches folders only.
    let foldersOnly: Bool
    /// No slash inside: matched against the name alone, at any depth.
    let nameOnly: Bool
    /// Length of the part before the first special character.
    let literalPrefix: Int
    /// `*` and then no special character: a suffix.
    let isSuffix: Bool
    /// 1-based line in its file.
    let line: Int

    var isLiteral: Bool { literalPrefix == bytes.count }

    /// Nil for blank lines and comments. `line` holds no LF; a CR before it was the caller's to remove.
    init?(_ source: ArraySlice<UInt8>, line: Int) {
        guard let first = source.first, first != UInt8(ascii: "#") else { return nil }
        var rest = Self.trimmed(source)
        isNegated = rest.first == UInt8(ascii: "!")
        if isNegated { rest = rest.dropFirst() }
        foldersOnly = rest.last == UInt8(ascii: "/")
        if foldersOnly { rest = rest.dropLast() }
        nameOnly = !rest.contains(UInt8(ascii: "/"))
        if rest.first == UInt8(ascii: "/") { rest = rest.dropFirst() }
        bytes = Array(rest)
        literalPrefix = bytes.firstIndex(where: Self.isSpecial) ?? bytes.count
        isSuffix = bytes.first == UInt8(ascii: "*") && !bytes.dropFirst().contains(where: Self.isSpecial)
        self.line = line
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[")
            || byte == UInt8(ascii: "\\")
    }

    /// Without trailing blanks, unless a backslash precedes them.
    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var firstBlank: Int?
        var index = line.startIndex
        while index < line.endIndex {
            switch line[index] {
            case UInt8(ascii: " "): firstBlank = firstBlank ?? index
            case UInt8(ascii: "\\"):
                index += 1
                guard index < line.endIndex else { return line }
                firstBlank = nil
            default: firstBlank = nil
            }
            index += 1
        }
        return firstBlank.map { line[..<$0] } ?? line
    }

    /// - Parameters:
    ///   - path: relative to the folder of the pattern's file.
    ///   - nameStart: where the last component of `path` begins.
    func matches(_ path: UnsafeBufferPointer<UInt8>, nameStart: Int, isFolder: Bool, ignoreCase: Bool) -> Bool {
        if foldersOnly, !isFolder { return false }
        let subject = nameOnly ? UnsafeBufferPointer(rebasing: path[nameStart...]) : path
        return bytes.withUnsafeBufferPointer { pattern in
            if nameOnly {
                if isLiteral { return Self.equal(pattern, subject, ignoreCase) }
                if isSuffix {
                    let length = pattern.count - 1
                    return length <= subject.count
                        && Self.equal(
                            UnsafeBufferPointer(rebasing: pattern[1...]),
                            UnsafeBufferPointer(rebasing: subject[(subject.count - length)...]), ignoreCase)
                }
                return Wildmatch.matches(pattern, subject, pathname: false, ignoreCase: ignoreCase)
            }
            // Git strips the literal prefix before matching, which decides what a `**` right after it may match.
            guard literalPrefix <= subject.count,
                Self.equal(
                    UnsafeBufferPointer(rebasing: pattern[..<literalPrefix]),
                    UnsafeBufferPointer(rebasing: subject[..<literalPrefix]), ignoreCase)
            else { return false }
            return Wildmatch.matches(
                UnsafeBufferPointer(rebasing: pattern[literalPrefix...]),
                UnsafeBufferPointer(rebasing: subject[literalPrefix...]), pathname: true, ignoreCase: ignoreCase)
        }
    }

    private static func equal(
        _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>, _ ignoreCase: Bool
    ) -> Bool {
        guard left.count == right.count else { return false }
        for index in left.indices where left[index] != right[index] {
            guard ignoreCase, left[index] ^ right[index] == 0x20, (97...122).contains(left[index] | 0x20) else {
                return false
            }
        }
        return true
    }
}
