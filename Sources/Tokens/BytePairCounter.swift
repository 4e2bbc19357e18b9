import Foundation
import OrchestratorCore
import Synchronization

/// Counts tokens exactly as Qwen's tokenizers up to Qwen 3 do: text is brought to Unicode NFC, cut into pieces and each
/// piece merged by the vocabulary's ranks.
package final class BytePairCounter: TokenCounting {
    package let title = "Qwen byte-pair encoding, exact"
    package let isExact = true

    private let vocabulary: Vocabulary
    /// Working memory that is not in use: calls from many tasks each take one and give it back.
    private let idle = Mutex<[State]>([])

    package init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

    /// What one call works with: character classes met so far, merge buffers, counts of recent pieces.
    fileprivate struct State: Sendable {
        var classes = CharacterClasses()
        var merge: BytePairMerge
        var cache = PieceCache()

        init(_ vocabulary: Vocabulary) { merge = BytePairMerge(vocabulary) }
    }

    private func withState<Result>(_ body: (inout State) -> Result) -> Result {
        var state = idle.withLock { $0.popLast() } ?? State(vocabulary)
        let result = body(&state)
        idle.withLock { $0.append(state) }
        return result
    }

    package func count(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        // Only characters from U+0300 on can be changed by NFC; their UTF-8 begins at 0xCC.
        guard bytes.contains(where: { $0 >= 0xCC }), let text = String(validating: bytes, as: UTF8.self) else {
            return withState { $0.count(bytes) }
        }
        var normal = text.precomposedStringWithCanonicalMapping
        return normal.withUTF8 { normal in withState { $0.count(normal) } }
    }

    package func prefix(of bytes: UnsafeBufferPointer<UInt8>, within limit: Int) -> Int {
        withState { $0.prefix(of: bytes, within: limit) }
    }
}

extension BytePairCounter.State {
    mutating func count(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var splitter = QwenSplitter(bytes, classes: takeClasses())
        var total = 0
        var start = 0
        while start < bytes.count {
            let end = splitter.endOfPiece(from: start)
            total += tokens(UnsafeBufferPointer(rebasing: bytes[start..<end]))
            start = end
        }
        classes = splitter.releaseClasses()
        return total
    }

    /// Lends the table to a splitter, so that what it learns is written in place and not to a copy.
    private mutating func takeClasses() -> CharacterClasses {
        var taken = CharacterClasses()
        swap(&taken, &classes)
        return taken
    }

    /// Looks no further than a limit of long words reaches: the rest may be one piece of megabytes.
    mutating func prefix(of bytes: UnsafeBufferPointer<UInt8>, within limit: Int) -> Int {
        let reach = CharacterBoundary.before(limit * 8 + 64, in: bytes)
        let text = UnsafeBufferPointer(rebasing: bytes[..<reach])
        var splitter = QwenSplitter(text, classes: takeClasses())
        var left = limit
        var start = 0
        while start < text.count {
            let end = splitter.endOfPiece(from: start)
            if start == 0, end > 2 * limit {
                start = shortened(UnsafeBufferPointer(rebasing: text[..<end]), within: limit)
                break
            }
            let cost = tokens(UnsafeBufferPointer(rebasing: text[start..<end]))
            if cost > left {
                if start == 0 { start = shortened(UnsafeBufferPointer(rebasing: text[..<end]), within: limit) }
                break
            }
            left -= cost
            start = end
        }
        classes = splitter.releaseClasses()
        return start
    }

    /// A first piece that alone may be too long is cut between characters, each time in proportion to its excess.
    private mutating func shortened(_ piece: UnsafeBufferPointer<UInt8>, within limit: Int) -> Int {
        var length = min(piece.count, 2 * limit)
        while true {
            length = CharacterBoundary.before(length, in: piece)
            let cost = tokens(UnsafeBufferPointer(rebasing: piece[..<length]))
            if cost <= limit || length <= 4 { return length }
            length = min(length - 1, length * limit / cost)
        }
    }

    private mutating func tokens(_ piece: UnsafeBufferPointer<UInt8>) -> Int {
        guard piece.count > 1 else { return piece.count }
        guard let key = PieceCache.Key(piece) else { return merge.count(piece) }
        if let known = cache[key] { return known }
        let count = merge.count(piece)
        cache[key] = count
        return count
    }
}

/// Remembers the counts of short pieces; source code repeats few words many times.
struct PieceCache {
    /// The bytes of a piece of at most 15 bytes, and its length, in 16 bytes.
    struct Key: Equatable {
        let low: UInt64
        let high: UInt64

        init?(_ piece: UnsafeBufferPointer<UInt8>) {
            guard piece.count <= 15 else { return nil }
            var low: UInt64 = 0
            var high = UInt64(piece.count) << 56
            var index = 0
            while index < piece.count {
                if index < 8 {
                    low |= UInt64(piece[index]) << UInt64(8 * index)
                } else {
                    high |= UInt64(piece[index]) << UInt64(8 * (index - 8))
                }
                index &+= 1
            }
            self.low = low
            self.high = high
        }
    }

    private struct Slot {
        var key: Key
        var count: Int
    }

    private static let size = 1 << 14
    private var slots: [Slot?] = Array(repeating: nil, count: size)

    private func slot(_ key: Key) -> Int {
        let mixed = (key.low ^ key.high &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
        return Int(truncatingIfNeeded: mixed >> 50)
    }

    subscript(key: Key) -> Int? {
        get {
            guard let entry = slots[slot(key)], entry.key == key else { return nil }
            return entry.count
        }
        set { slots[slot(key)] = newValue.map { Slot(key: key, count: $0) } }
    }
}

/// Where UTF-8 text may be cut.
enum CharacterBoundary {
    /// The last boundary at or before `position`, but after the first character.
    static func before(_ position: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        guard position < bytes.count else { return bytes.count }
        var cut = position
        // At most three continuation bytes: more of them are no UTF-8.
        while cut > 0, position - cut < 3, bytes[cut] & 0xC0 == 0x80 { cut -= 1 }
        if cut > 0 { return cut }
        cut = 1
        while cut < bytes.count, cut < 4, bytes[cut] & 0xC0 == 0x80 { cut += 1 }
        return cut
    }
}
