/// Where a file lies in its repository: the bytes git lists, relative to the root, separated by `/`.
///
/// Names are bytes, not text: two names that look alike (or that Unicode calls equivalent) are two files. Compared
/// and sorted byte by byte, as git does.
package struct RepositoryPath: Hashable, Sendable, Comparable {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }
    package init(_ text: String) { bytes = Array(text.utf8) }

    package static func < (left: RepositoryPath, right: RepositoryPath) -> Bool {
        left.bytes.withUnsafeBytes { one in
            right.bytes.withUnsafeBytes { two in
                var index = 0
                let shared = min(one.count, two.count)
                while index < shared {
                    if one[index] != two[index] { return one[index] < two[index] }
                    index += 1
                }
                return one.count < two.count
            }
        }
    }

    /// The last component.
    package var name: ArraySlice<UInt8> {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return bytes[...] }
        return bytes[(slash + 1)...]
    }

    /// The components, first to last.
    package var components: [ArraySlice<UInt8>] { bytes.split(separator: UInt8(ascii: "/")) }

    /// The enclosing folder, or nil at the top.
    package var parent: RepositoryPath? {
        bytes.lastIndex(of: UInt8(ascii: "/")).map { RepositoryPath(bytes: Array(bytes[..<$0])) }
    }

    package func appending(_ name: some Sequence<UInt8>) -> RepositoryPath {
        RepositoryPath(bytes: bytes.isEmpty ? Array(name) : bytes + [UInt8(ascii: "/")] + name)
    }

    /// The name as a string where it is valid UTF-8.
    package var utf8: String? { String(validating: bytes, as: UTF8.self) }
}

// MARK: - Text forms

extension RepositoryPath: CustomStringConvertible {
    /// A lossless text form: the name itself where it is plain UTF-8, else git's C-style quoting with
    /// `core.quotePath=false` (`"tab\there"`, bytes that are not UTF-8 as `\351`).
    package var text: String {
        if let utf8, !bytes.contains(where: Self.needsQuoting) { return utf8 }
        return quoted
    }

    package var description: String { text }

    private static func needsQuoting(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static let escapes: [(byte: UInt8, letter: UInt8)] = [
        (7, UInt8(ascii: "a")), (8, UInt8(ascii: "b")), (9, UInt8(ascii: "t")), (10, UInt8(ascii: "n")),
        (11, UInt8(ascii: "v")), (12, UInt8(ascii: "f")), (13, UInt8(ascii: "r")),
        (UInt8(ascii: "\""), UInt8(ascii: "\"")), (UInt8(ascii: "\\"), UInt8(ascii: "\\")),
    ]

    private var quoted: String {
        let keepHigh = utf8 != nil
        var output = [UInt8(ascii: "\"")]
        for byte in bytes {
            if let escape = Self.escapes.first(where: { $0.byte == byte }) {
                output += [UInt8(ascii: "\\"), escape.letter]
            } else if byte < 0x20 || byte == 0x7F || (byte >= 0x80 && !keepHigh) {
                output += [UInt8(ascii: "\\"), 48 + (byte >> 6), 48 + (byte >> 3 & 7), 48 + (byte & 7)]
            } else {
                output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
        return String(decoding: output, as: UTF8.self)
    }

    /// Reads what `text` wrote; nil for an unfinished or unknown escape.
    package init?(text: String) {
        let source = Array(text.utf8)
        guard source.first == UInt8(ascii: "\"") else {
            bytes = source
            return
        }
        guard source.count >= 2, source.last == UInt8(ascii: "\"") else { return nil }
        var output: [UInt8] = []
        var rest = source[1..<(source.count - 1)]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                output.append(byte)
                continue
            }
            guard let next = rest.first else { return nil }
            if let escape = Self.escapes.first(where: { $0.letter == next }) {
                output.append(escape.byte)
                rest.removeFirst()
            } else {
                let digits = rest.prefix(3)
                guard digits.count == 3, digits.allSatisfy({ (48...55).contains($0) }) else { return nil }
                output.append(digits.reduce(0) { $0 << 3 | ($1 - 48) })
                rest.removeFirst(3)
            }
        }
        bytes = output
    }

    /// A relative URI reference (RFC 3986): every byte outside the unreserved set percent-encoded, `/` kept.
    package var uri: String {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                output.append(byte)
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}

extension RepositoryPath: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let path = RepositoryPath(text: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "expected a path in git's quoting"))
        }
        self = path
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
