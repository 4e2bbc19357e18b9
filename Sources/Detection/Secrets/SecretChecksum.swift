/// What an issuer builds into its keys so that a mistyped or made-up one can be told from a real one.
///
/// The raw value is what rules say under `checksum`.
package enum SecretChecksum: String, CaseIterable, Sendable {
    /// The last six characters: the CRC-32 of what stands between the first `_` and them, in base 62 (GitHub, npm).
    case crc32Base62 = "crc32-base62"
    /// The last seven characters: the CRC-32 of everything before them, in base 36 (GitLab's routable tokens).
    case crc32Base36 = "crc32-base36"
    /// The last eight characters, after a `_`: the CRC-32 of everything before, lowest byte first, in hexadecimal (Grafana).
    case crc32Hex = "crc32-hex"
    /// The six characters at the end of a Bech32 string (BIP 173; age).
    case bech32
    /// A serialised macaroon, version 2, that ends in its signature (PyPI).
    case macaroon
    /// A header that is JSON and names an algorithm (JSON Web Tokens).
    case jsonWebToken = "jwt"

    /// For people.
    package var title: String {
        switch self {
        case .crc32Base62, .crc32Base36, .crc32Hex: "CRC-32 checksum"
        case .bech32: "Bech32 checksum"
        case .macaroon: "structure of a macaroon"
        case .jsonWebToken: "header of a JSON Web Token"
        }
    }

    /// True where it covers the whole text; false where it only shows its structure.
    var isProof: Bool { self != .macaroon && self != .jsonWebToken }

    /// False for a text that its issuer cannot have made.
    func holds(for text: UnsafeBufferPointer<UInt8>) -> Bool {
        switch self {
        case .crc32Base62:
            guard let prefix = text.firstIndex(of: UInt8(ascii: "_")), text.count - prefix > 7 else { return false }
            return tail(6, 62, equals: CRC32.of(text[(prefix + 1)..<(text.count - 6)]), in: text)
        case .crc32Base36:
            guard text.count > 7 else { return false }
            return tail(7, 36, equals: CRC32.of(text[..<(text.count - 7)]), in: text)
        case .crc32Hex:
            guard text.count > 9 else { return false }
            return tail(8, 16, equals: CRC32.of(text[..<(text.count - 9)]).byteSwapped, in: text)
        case .bech32: return Bech32.isValid(text)
        case .macaroon:
            let bytes = Base64URL.decoded(text.drop { $0 != UInt8(ascii: "-") }.dropFirst())
            // A signature of 32 bytes is the field that ends it.
            return bytes.first == 2 && bytes.count > 35 && bytes.suffix(35).starts(with: [0, 6, 32])
        case .jsonWebToken:
            let header = String(decoding: Base64URL.decoded(text.prefix { $0 != UInt8(ascii: ".") }), as: UTF8.self)
            return header.first == "{" && header.last == "}" && header.contains("\"alg\"")
        }
    }

    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// True where the last `count` characters are the number, in the base, upper case before lower where both count.
    private func tail(_ count: Int, _ base: UInt32, equals number: UInt32, in text: UnsafeBufferPointer<UInt8>) -> Bool
    {
        var rest = number
        for byte in text.suffix(count).reversed() {
            let digit = base <= 36 ? Self.digits[Int(rest % base)] | 0x20 : Self.digits[Int(rest % base)]
            guard byte == digit else { return false }
            rest /= base
        }
        return rest == 0
    }
}

/// The checksum of zip and PNG (ISO 3309, reflected).
enum CRC32 {
    static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0 as UInt32) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0xEDB8_8320 : rest >> 1 }
        }
    }
}

/// Base 64 with `-` and `_` (RFC 4648), padding optional.
enum Base64URL {
    /// The bytes up to the first character that does not belong.
    static func decoded(_ text: some Sequence<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var (bits, count): (UInt32, Int) = (0, 0)
        for character in text {
            guard let value = value(of: character) else { break }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "-"), UInt8(ascii: "+"): 62
        case UInt8(ascii: "_"), UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

/// Base 32 with a checksum that finds up to four wrong characters (BIP 173).
enum Bech32 {
    private static let alphabet = Array("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".utf8)
    private static let generators: [UInt32] = [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3]

    /// - Parameter text: upper case.
    static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let separator = text.lastIndex(of: UInt8(ascii: "1")) else { return false }
        let data = text[(separator + 1)...].map { alphabet.firstIndex(of: $0) }
        guard data.count >= 6, !data.contains(nil) else { return false }
        let prefix = text[..<separator].map { $0 | (($0 >= 65 && $0 <= 90) ? 0x20 : 0) }
        let values = prefix.map { UInt32($0 >> 5) } + [0] + prefix.map { UInt32($0 & 31) }
        return (values + data.compactMap { $0.map(UInt32.init) }).reduce(1, step) == 1
    }

    private static func step(_ sum: UInt32, _ value: UInt32) -> UInt32 {
        let top = sum >> 25
        let shifted = (sum & 0x1FF_FFFF) << 5 ^ value
        return generators.enumerated().reduce(shifted) {
            $1.offset < 5 && top >> $1.offset & 1 == 1 ? $0 ^ $1.element : $0
        }
    }
}
