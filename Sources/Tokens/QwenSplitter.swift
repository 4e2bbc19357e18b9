/// Cuts text into the pieces within which Qwen's tokenizers (up to Qwen 3) merge bytes. The pattern, whose alternatives
/// are tried in order (source: the tokenizer configuration published with the models):
///
///     (?i:'s|'t|'re|'ve|'m|'ll|'d) | [^\r\n\p{L}\p{N}]?\p{L}+ | \p{N} | ?[^\s\p{L}\p{N}]+[\r\n]*
///     | \s*[\r\n]+ | \s+(?!\S) | \s+
struct QwenSplitter {
    private let text: UnsafeBufferPointer<UInt8>
    private var classes: CharacterClasses

    init(_ text: UnsafeBufferPointer<UInt8>, classes: consuming CharacterClasses) {
        self.text = text
        self.classes = classes
    }

    /// Ends the use of the splitter and hands the table back with what it has learned.
    consuming func releaseClasses() -> CharacterClasses { classes }

    /// A character at a position: its class, its length in bytes, its scalar.
    private struct Character {
        let kind: CharacterClass
        let length: Int
        let scalar: UInt32
    }

    private mutating func character(_ position: Int) -> Character? {
        guard position < text.count else { return nil }
        let first = text[position]
        if first < 0x80 { return Character(kind: CharacterClasses.ascii[Int(first)], length: 1, scalar: UInt32(first)) }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        guard first >= 0xC2, first < 0xF5, position + length <= text.count else {
            return Character(kind: .other, length: 1, scalar: 0xFFFD)
        }
        var scalar = UInt32(first) & (0x7F >> UInt32(length))
        for offset in 1..<length {
            let next = text[position + offset]
            guard next & 0xC0 == 0x80 else { return Character(kind: .other, length: 1, scalar: 0xFFFD) }
            scalar = scalar << 6 | UInt32(next & 0x3F)
        }
        guard scalar <= 0x10FFFF else { return Character(kind: .other, length: 1, scalar: 0xFFFD) }
        return Character(kind: classes.of(scalar), length: length, scalar: scalar)
    }

    /// The end of the piece that begins at `start`, which must lie before the end of the text.
    mutating func endOfPiece(from start: Int) -> Int {
        guard let first = character(start) else { return text.count }
        if first.scalar == 0x27, let end = contraction(after: start + 1) { return end }
        switch first.kind {
        case .letter: return end(of: .letter, from: start + first.length)
        case .number: return start + first.length
        case .other:
            let next = start + first.length
            if character(next)?.kind == .letter { return end(of: .letter, from: next) }
            return endOfPunctuation(from: next)
        case .space: return endAfterSpace(first, at: start)
        case .newline: return endOfWhitespace(from: start)
        }
    }

    private mutating func endAfterSpace(_ space: Character, at start: Int) -> Int {
        let next = start + space.length
        switch character(next)?.kind {
        case .letter: return end(of: .letter, from: next)
        case .other where space.scalar == 0x20: return endOfPunctuation(from: next)
        default: return endOfWhitespace(from: start)
        }
    }

    private mutating func end(of kind: CharacterClass, from position: Int) -> Int {
        var position = position
        while let next = character(position), next.kind == kind { position += next.length }
        return position
    }

    private mutating func endOfPunctuation(from position: Int) -> Int {
        end(of: .newline, from: end(of: .other, from: position))
    }

    /// Up to the last line break of the run; without one, all but the last character, which goes to what follows.
    private mutating func endOfWhitespace(from start: Int) -> Int {
        var position = start
        var afterBreak: Int?
        var last = start
        while let next = character(position), next.kind == .space || next.kind == .newline {
            last = position
            position += next.length
            if next.kind == .newline { afterBreak = position }
        }
        if let afterBreak { return afterBreak }
        return position == text.count || last == start ? position : last
    }

    /// `s`, `t`, `m`, `d`, `re`, `ve` or `ll` in any case; the long s (U+017F) is an s without case.
    private func contraction(after position: Int) -> Int? {
        guard position < text.count else { return nil }
        let first = text[position] | 0x20
        if [UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d")].contains(first) {
            return position + 1
        }
        guard position + 1 < text.count else { return nil }
        if text[position] == 0xC5, text[position + 1] == 0xBF { return position + 2 }
        let second = text[position + 1] | 0x20
        let pair = (first, second)
        let e = UInt8(ascii: "e")
        let l = UInt8(ascii: "l")
        if pair == (UInt8(ascii: "r"), e) || pair == (UInt8(ascii: "v"), e) || pair == (l, l) { return position + 2 }
        return nil
    }
}
