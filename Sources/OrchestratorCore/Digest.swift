import Crypto

/// A SHA-256 digest, printed as `s256:` and 64 lower-case hexadecimal digits. The tag names the algorithm, so
/// that a later one can stand beside it.
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The 32 digest bytes, big-endian, in four words: no allocation per file.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    package static let tag = "s256:"

    private init(_ digest: SHA256.Digest) {
        words = digest.withUnsafeBytes { raw in
            func word(_ index: Int) -> UInt64 {
                UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
            }
            return (word(0), word(1), word(2), word(3))
        }
    }

    /// The digest of raw bytes.
    package init(of bytes: UnsafeRawBufferPointer) {
        var hasher = SHA256()
        hasher.update(bufferPointer: bytes)
        self.init(hasher.finalize())
    }

    package init(of bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { Digest(of: $0) }
    }

    package init(of text: String) {
        self.init(of: Array(text.utf8))
    }

    /// The digest of several parts. Each part is preceded by its length, so that no two different lists of parts
    /// give the same bytes.
    package init(parts: [String]) {
        var builder = Builder()
        for part in parts { builder.append(part) }
        self = builder.finish()
    }

    /// Reads `s256:` and 64 hexadecimal digits; nil for anything else.
    package init?(_ text: String) {
        let utf8 = Array(text.utf8)
        guard utf8.count == 69, text.hasPrefix(Self.tag) else { return nil }
        var values: [UInt64] = []
        for start in stride(from: 5, to: 69, by: 16) {
            guard let word = UInt64(String(decoding: utf8[start..<start + 16], as: UTF8.self), radix: 16) else {
                return nil
            }
            values.append(word)
        }
        words = (values[0], values[1], values[2], values[3])
    }

    /// Reads 32 bytes; nil for any other number.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var words: [UInt64] = [0, 0, 0, 0]
        for (index, byte) in bytes.enumerated() { words[index / 8] = words[index / 8] << 8 | UInt64(byte) }
        self.words = (words[0], words[1], words[2], words[3])
    }

    /// The 32 bytes.
    package var bytes: [UInt8] {
        [words.0, words.1, words.2, words.3].flatMap { word in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
        }
    }

    /// The 64 hexadecimal digits without the tag.
    package var hex: String {
        var output: [UInt8] = []
        output.reserveCapacity(64)
        for word in [words.0, words.1, words.2, words.3] {
            for shift in stride(from: 60, through: 0, by: -4) {
                let nibble = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 15
                output.append(nibble < 10 ? 48 + nibble : 87 + nibble)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    package var description: String { Self.tag + hex }

    package static func == (left: Digest, right: Digest) -> Bool { left.words == right.words }
    package static func < (left: Digest, right: Digest) -> Bool { left.words < right.words }

    package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

extension Digest {
    /// Digests length-prefixed parts one after the other.
    package struct Builder {
        private var hasher = SHA256()

        package init() {}

        package mutating func append(_ text: String) {
            var text = text
            text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
        }

        package mutating func append(_ bytes: [UInt8]) {
            bytes.withUnsafeBytes { append($0) }
        }

        package mutating func append(_ digest: Digest) {
            append(digest.description)
        }

        package mutating func append(_ bytes: UnsafeRawBufferPointer) {
            withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { hasher.update(bufferPointer: $0) }
            hasher.update(bufferPointer: bytes)
        }

        package func finish() -> Digest { Digest(hasher.finalize()) }
    }
}

extension Digest {
    /// Digests bytes as they come: the digest of all of them in one piece.
    package struct Running {
        private var hasher = SHA256()

        package init() {}

        package mutating func append(_ bytes: UnsafeRawBufferPointer) { hasher.update(bufferPointer: bytes) }

        package func finish() -> Digest { Digest(hasher.finalize()) }
    }
}

extension Digest: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let digest = Digest(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "expected s256: and 64 hexadecimal digits"))
        }
        self = digest
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
