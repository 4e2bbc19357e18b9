/// Brings source to UTF-8, which parsers and rules read. Lines keep their numbers.
package enum TextEncoding {
    /// The text as UTF-8 where the bytes are UTF-16 with a byte-order mark; nil where they can be used as they are.
    package static func utf8(of bytes: [UInt8]) -> [UInt8]? {
        let isLittle = bytes.starts(with: [0xFF, 0xFE])
        guard isLittle || bytes.starts(with: [0xFE, 0xFF]) else { return nil }
        let units = stride(from: 2, to: bytes.count - 1, by: 2).map { index in
            isLittle
                ? UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8
                : UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }
}
