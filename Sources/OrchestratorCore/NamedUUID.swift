import Crypto

/// Version 5 UUIDs (RFC 9562, section 5.5): the same name always gives the same id, for formats that demand UUIDs.
package enum NamedUUID {
    /// The namespace of every id this program derives: a version 4 UUID drawn once, never to change.
    private static let namespace: [UInt8] = [
        0x6E, 0x0C, 0x1B, 0x52, 0x9D, 0x3A, 0x4F, 0x57, 0x8A, 0x61, 0x2B, 0xF4, 0x7C, 0xD0, 0x93, 0x1E,
    ]

    /// The lower-case UUID of the given parts, which are joined by a byte that no part should contain (0x1F).
    package static func make(_ parts: String...) -> String {
        var hasher = Insecure.SHA1()
        hasher.update(data: namespace)
        hasher.update(data: Array(parts.joined(separator: "\u{1F}").utf8))
        var bytes = Array(hasher.finalize().prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x50
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }
        return [digits[0..<4], digits[4..<6], digits[6..<8], digits[8..<10], digits[10..<16]]
            .map { $0.joined() }.joined(separator: "-")
    }
}
