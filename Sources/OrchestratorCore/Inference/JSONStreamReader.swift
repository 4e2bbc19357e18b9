/// Walks JSON that is too large to hold: the caller enters the objects and arrays that interest it and takes values out of
/// them one by one. Memory grows with the largest value taken, never with the text.
///
/// Of what is passed over, strings and brackets are counted and nothing else is checked.
package final class JSONStreamReader {
    private let read: () throws -> [UInt8]
    private var piece: [UInt8] = []
    private var index = 0
    /// Of the first byte of the piece.
    private var offset = 0
    /// Lines are counted up to this byte of the piece.
    private var counted = 0
    private var countedLine = 1
    /// True while the value of a key or an element has been neither taken nor passed over.
    private var isDue = false

    /// Bytes of a key, and keys of an object.
    private static let keyLimit = 4096
    private static let memberLimit = 10_000

    /// - Parameter read: the next bytes of the text; none at its end.
    package init(_ read: @escaping () throws -> [UInt8]) { self.read = read }

    /// 1-based, of the byte that is read next.
    package var line: Int {
        countedLine += piece[counted..<index].count { $0 == 0x0A }
        counted = index
        return countedLine
    }

    /// Calls `body` with each key of an object. It may take the value; what it leaves is passed over. Null has no keys.
    package func object(_ body: (String) throws -> Void) throws {
        guard try enter(UInt8(ascii: "{"), "an object") else { return }
        var seen: Set<String> = []
        while true {
            guard try current() == UInt8(ascii: "\"") else { throw error("a key") }
            guard case .string(let key)? = try take(limit: Self.keyLimit) else { throw error("a shorter key") }
            guard seen.insert(key).inserted else { throw error("a key that is not there yet") }
            guard seen.count <= Self.memberLimit else { throw error("at most \(Self.memberLimit) keys") }
            guard try current() == UInt8(ascii: ":") else { throw error("':'") }
            index += 1
            try visit { try body(key) }
            if try leave(UInt8(ascii: "}"), "',' or '}'") { return }
        }
    }

    /// Calls `body` with the number of each element of an array, from 0. Null has no elements.
    package func array(_ body: (Int) throws -> Void) throws {
        guard try enter(UInt8(ascii: "["), "an array") else { return }
        var number = 0
        while true {
            try visit { try body(number) }
            number += 1
            if try leave(UInt8(ascii: "]"), "',' or ']'") { return }
        }
    }

    /// The value at hand; nil where its text is longer than `limit` bytes.
    package func value(limit: Int) throws -> JSON? {
        isDue = false
        return try take(limit: limit)
    }

    /// Throws where anything but white space is left.
    package func finish() throws {
        if try current(isEndAllowed: true) != nil { throw error("the end") }
    }

    // MARK: Structure

    private func enter(_ opening: UInt8, _ expected: String) throws -> Bool {
        isDue = false
        let byte = try current()
        if byte == UInt8(ascii: "n") {
            let fault = error(expected)
            guard (try? take(limit: 8)) == .null else { throw fault }
            return false
        }
        guard byte == opening else { throw error(expected) }
        index += 1
        // In ASCII, every closing bracket is the opening one plus two.
        guard try current() == opening + 2 else { return true }
        index += 1
        return false
    }

    private func visit(_ body: () throws -> Void) throws {
        isDue = true
        try body()
        if isDue { _ = try value(limit: 0) }
    }

    private func leave(_ closing: UInt8, _ expected: String) throws -> Bool {
        let byte = try current()
        guard byte == closing || byte == UInt8(ascii: ",") else { throw error(expected) }
        index += 1
        return byte == closing
    }

    private func take(limit: Int) throws -> JSON? {
        guard let first = try current(), JSONExtent.begins(with: first) else { throw error("a value") }
        let (start, startLine) = (offset + index, line)
        var extent = JSONExtent()
        var kept: [UInt8] = []
        var isKept = limit > 0
        repeat {
            guard try fill() else { throw error("more: the text ends inside a value") }
            let end = piece.withUnsafeBufferPointer { extent.pass($0, from: index) }
            isKept = isKept && kept.count + end - index <= limit
            if isKept { kept += piece[index..<end] } else { kept = [] }
            index = end
        } while !extent.isComplete
        guard isKept else { return nil }
        do {
            return try JSONParser.parse(kept)
        } catch {
            let lines = kept.prefix(error.offset).count { $0 == 0x0A }
            throw JSONStreamError(line: startLine + lines, offset: start + error.offset, expected: error.expected)
        }
    }

    // MARK: Bytes

    /// The next byte that is no white space, not taken yet; nil at the end.
    private func current(isEndAllowed: Bool = false) throws -> UInt8? {
        while try fill() {
            while index < piece.count {
                let byte = piece[index]
                guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
                index += 1
            }
        }
        if isEndAllowed { return nil }
        throw error("more: the text ends here")
    }

    /// False at the end.
    private func fill() throws -> Bool {
        guard index == piece.count else { return true }
        _ = line
        counted = 0
        let isFirst = offset == 0 && piece.isEmpty
        offset += piece.count
        piece = try read()
        index = isFirst && piece.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        return index < piece.count
    }

    private func error(_ expected: String) -> JSONStreamError {
        JSONStreamError(line: line, offset: offset + index, expected: expected)
    }
}

/// Where a long text stopped being JSON, and what was expected there. Holds none of the text.
package struct JSONStreamError: Error, Hashable, Sendable, CustomStringConvertible {
    /// 1-based.
    package let line: Int
    /// In bytes, 0-based.
    package let offset: Int
    package let expected: String

    package var description: String { "no valid JSON: expected \(expected) at byte \(offset)" }
}

/// Finds the end of a value whose bytes come in pieces.
private struct JSONExtent {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var isWord = false
    private(set) var isComplete = false

    static func begins(with byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "-"), UInt8(ascii: "t"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// Returns where it stopped: behind the value, or at the end of the bytes.
    mutating func pass(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        while index < bytes.count, !isComplete {
            if isInString { passString(bytes, &index) } else { passStructure(bytes, &index) }
        }
        return index
    }

    private mutating func passString(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
        var next = index + (isEscaped ? 1 : 0)
        isEscaped = false
        while next < bytes.count {
            let byte = bytes[next]
            next += 1
            if byte == UInt8(ascii: "\\") {
                isEscaped = next == bytes.count
                next += isEscaped ? 0 : 1
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
                isComplete = depth == 0
                break
            }
        }
        index = next
    }

    private mutating func passStructure(_ bytes: UnsafeBufferPointer<UInt8>, _ index: inout Int) {
        switch bytes[index] {
        case UInt8(ascii: "\"") where !isWord: isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            if isWord, depth == 0 { return isComplete = true }
            depth -= 1
            isComplete = depth == 0
        case UInt8(ascii: ","), 0x20, 0x0A, 0x0D, 0x09:
            if isWord, depth == 0 { return isComplete = true }
        default: isWord = depth == 0
        }
        index += 1
    }
}
