import Foundation

/// A byte-pair vocabulary in the tiktoken format: per line the base64 of a token's bytes, a blank, and its rank.
///
/// Immutable once read, so any number of tasks may use it.
package final class Vocabulary: Sendable {
    /// All tokens' bytes in rank order, and where each ends.
    private let blob: [UInt8]
    private let ends: [UInt32]
    /// Open addressing: 0 for free, else rank + 1. Less than a third full.
    private let slots: [UInt32]
    private let mask: Int
    /// Bytes of the longest token.
    let longest: Int

    package static let notFound = Int.max

    /// Reads a file. Throws `VocabularyError` for a line that is no token, a rank out of order, or a missing file.
    package convenience init(path: String) throws(VocabularyError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw VocabularyError(context: "no vocabulary at \(path)")
        }
        try self.init(tiktoken: Array(data), file: path)
    }

    init(tiktoken text: [UInt8], file: String) throws(VocabularyError) {
        var blob: [UInt8] = []
        var ends: [UInt32] = []
        blob.reserveCapacity(text.count / 2)
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "))
            guard fields.count == 2, Base64.decode(fields[0], into: &blob),
                String(decoding: fields[1], as: UTF8.self) == String(ends.count)
            else {
                throw VocabularyError(
                    context: "\(file):\(ends.count + 1): expected a base64 token and the rank \(ends.count)")
            }
            ends.append(UInt32(blob.count))
        }
        guard !ends.isEmpty else { throw VocabularyError(context: "\(file): the vocabulary is empty") }
        var capacity = 1024
        while capacity < ends.count * 3 { capacity *= 2 }
        self.blob = blob
        self.ends = ends
        mask = capacity - 1
        longest = zip(ends, [0] + ends).reduce(0) { max($0, Int($1.0 - $1.1)) }
        slots = Self.hashed(blob, ends, capacity: capacity)
    }

    private static func hashed(_ blob: [UInt8], _ ends: [UInt32], capacity: Int) -> [UInt32] {
        var slots = [UInt32](repeating: 0, count: capacity)
        blob.withUnsafeBufferPointer { blob in
            var start = 0
            for (rank, end) in ends.enumerated() {
                let token = UnsafeBufferPointer(rebasing: blob[start..<Int(end)])
                var slot = Int(truncatingIfNeeded: hash(token)) & (capacity - 1)
                while slots[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
                slots[slot] = UInt32(rank + 1)
                start = Int(end)
            }
        }
        return slots
    }

    /// Multiplies and folds eight bytes at a time; the tail is read byte by byte.
    static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash = UInt64(bytes.count) &* 0x9E37_79B9_7F4A_7C15
        var index = 0
        let raw = UnsafeRawBufferPointer(bytes)
        while index &+ 8 <= bytes.count {
            hash = mix(hash ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index &+= 8
        }
        var tail: UInt64 = 0
        while index < bytes.count {
            tail = tail << 8 | UInt64(bytes[index])
            index &+= 1
        }
        return mix(hash ^ tail)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        return product.high ^ product.low
    }

    /// The rank of a token with exactly these bytes, or `notFound`.
    func rank(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        slots.withUnsafeBufferPointer { slots in
            var slot = Int(truncatingIfNeeded: Self.hash(bytes)) & mask
            while true {
                let entry = Int(slots[slot])
                if entry == 0 { return Self.notFound }
                if equals(entry - 1, bytes) { return entry - 1 }
                slot = (slot &+ 1) & mask
            }
        }
    }

    private func equals(_ rank: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = rank == 0 ? 0 : Int(ends[rank - 1])
        guard Int(ends[rank]) - start == bytes.count else { return false }
        return blob.withUnsafeBufferPointer { blob in
            memcmp(blob.baseAddress! + start, bytes.baseAddress!, bytes.count) == 0
        }
    }
}

/// What was wrong with a vocabulary file.
package struct VocabularyError: Error, Sendable, CustomStringConvertible {
    package let context: String
    package var description: String { context }
}

/// Decodes the short base64 strings of a vocabulary a hundred times faster than `Data` does, which would otherwise take
/// most of the start-up.
private enum Base64 {
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, byte) in alphabet.utf8.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()

    /// Appends the decoded bytes. False for a character outside the alphabet.
    static func decode(_ text: ArraySlice<UInt8>, into output: inout [UInt8]) -> Bool {
        var bits: UInt32 = 0
        var count = 0
        for byte in text where byte != UInt8(ascii: "=") {
            let value = values[Int(byte)]
            guard value != 255 else { return false }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                output.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return true
    }
}
