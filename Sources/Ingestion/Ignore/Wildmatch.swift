/// Git's pattern matching, byte for byte: `*`, `?`, `[...]`, `\` and `**`.
///
/// With `pathname`, `*`, `?` and brackets never match a slash, and `**` between slashes (or at an end) matches any
/// number of folders.
struct Wildmatch {
    private enum Outcome {
        case match, noMatch
        /// The text ran out: nothing a shorter `*` could change.
        case abortAll
        /// A single `*` met a slash: only a `**` further left can help.
        case abortToDoubleStar
    }

    private let pattern: UnsafeBufferPointer<UInt8>
    private let text: UnsafeBufferPointer<UInt8>
    private let pathname: Bool
    private let ignoreCase: Bool
    /// A hostile pattern of many `**` takes exponential time; past this many steps it does not match.
    private var stepsLeft = 200_000

    static func matches(
        _ pattern: UnsafeBufferPointer<UInt8>, _ text: UnsafeBufferPointer<UInt8>, pathname: Bool, ignoreCase: Bool
    ) -> Bool {
        var matcher = Wildmatch(pattern, text, pathname: pathname, ignoreCase: ignoreCase)
        return matcher.match(0, 0) == .match
    }

    private init(
        _ pattern: UnsafeBufferPointer<UInt8>, _ text: UnsafeBufferPointer<UInt8>, pathname: Bool, ignoreCase: Bool
    ) {
        self.pattern = pattern
        self.text = text
        self.pathname = pathname
        self.ignoreCase = ignoreCase
    }

    /// The pattern's byte at an index; 0 past the end, which no pattern contains.
    private func pattern(_ index: Int) -> UInt8 { index < pattern.count ? pattern[index] : 0 }

    /// The text's byte at an index, folded if case is ignored; 0 past the end.
    private func text(_ index: Int) -> UInt8 { index < text.count ? fold(text[index]) : 0 }

    private func fold(_ byte: UInt8) -> UInt8 {
        ignoreCase && (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private static let slash = UInt8(ascii: "/")
    private static let star = UInt8(ascii: "*")
    private static let backslash = UInt8(ascii: "\\")

    private mutating func match(_ patternStart: Int, _ textStart: Int) -> Outcome {
        var p = patternStart
        var t = textStart
        while p < pattern.count {
            stepsLeft -= 1
            guard stepsLeft > 0 else { return .abortAll }
            let wanted = fold(pattern[p])
            guard t < text.count || wanted == Self.star else { return .abortAll }
            switch wanted {
            case UInt8(ascii: "?"):
                if pathname, text(t) == Self.slash { return .noMatch }
            case Self.star:
                guard let (nextPattern, nextText) = singleFolder(p, t) else { return matchStar(p, t, patternStart) }
                (p, t) = (nextPattern, nextText)
            case UInt8(ascii: "["):
                var set = BracketSet(pattern: pattern, position: p + 1, ignoreCase: ignoreCase)
                guard let end = set.read(matching: text(t)) else { return .abortAll }
                if set.matched == set.isNegated || (pathname && text(t) == Self.slash) { return .noMatch }
                p = end
            case Self.backslash:
                p += 1
                if text(t) != fold(pattern(p)) { return .noMatch }
            default:
                if text(t) != wanted { return .noMatch }
            }
            p += 1
            t += 1
        }
        return t < text.count ? .noMatch : .match
    }

    /// `*/` under `pathname` takes the rest of one component: where the slashes of pattern and text then stand. Nil if
    /// this star is something else.
    private func singleFolder(_ star: Int, _ t: Int) -> (Int, Int)? {
        guard pathname, pattern(star + 1) == Self.slash else { return nil }
        guard let slash = text[t...].firstIndex(of: Self.slash) else { return nil }
        return (star + 1, slash)
    }

    private mutating func matchStar(_ star: Int, _ textStart: Int, _ patternStart: Int) -> Outcome {
        var p = star + 1
        var t = textStart
        var crossesSlashes = !pathname
        if pattern(p) == Self.star {
            while pattern(p) == Self.star { p += 1 }
            let opensComponent = star - 1 < patternStart || pattern[star - 1] == Self.slash
            let closesComponent =
                p >= pattern.count || pattern(p) == Self.slash
                || (pattern(p) == Self.backslash && pattern(p + 1) == Self.slash)
            if pathname, opensComponent, closesComponent {
                // `**/` may stand for nothing at all.
                if pattern(p) == Self.slash, match(p + 1, t) == .match { return .match }
                crossesSlashes = true
            }
        } else if pathname, pattern(p) == Self.slash {
            return .abortAll  // `*/` and no slash left in the text
        }
        if p >= pattern.count {
            return crossesSlashes || !text[t...].contains(Self.slash) ? .match : .abortToDoubleStar
        }
        while t < text.count {
            stepsLeft -= 1
            guard stepsLeft > 0 else { return .abortAll }
            let outcome = match(p, t)
            if outcome != .noMatch {
                if !crossesSlashes || outcome != .abortToDoubleStar { return outcome }
            } else if !crossesSlashes, text(t) == Self.slash {
                return .abortToDoubleStar
            }
            t += 1
        }
        return .abortAll
    }
}

/// One `[...]` of a pattern.
private struct BracketSet {
    let pattern: UnsafeBufferPointer<UInt8>
    var position: Int
    let ignoreCase: Bool
    var matched = false
    var isNegated = false

    init(pattern: UnsafeBufferPointer<UInt8>, position: Int, ignoreCase: Bool) {
        self.pattern = pattern
        self.position = position
        self.ignoreCase = ignoreCase
    }

    private func byte(_ index: Int) -> UInt8 { index < pattern.count ? pattern[index] : 0 }

    /// Reads up to the closing bracket and notes whether the byte is in the set.
    /// - Returns: the index of the bracket, or nil where it is missing or a class is unknown.
    mutating func read(matching text: UInt8) -> Int? {
        var current = byte(position)
        if current == UInt8(ascii: "^") || current == UInt8(ascii: "!") {
            isNegated = true
            position += 1
            current = byte(position)
        }
        var previous: UInt8 = 0
        repeat {
            guard current != 0 else { return nil }
            if current == UInt8(ascii: "-"), previous != 0, byte(position + 1) != 0,
                byte(position + 1) != UInt8(ascii: "]")
            {
                guard let end = rangeEnd() else { return nil }
                includes(text, previous, end)
                previous = 0
            } else if current == UInt8(ascii: "["), byte(position + 1) == UInt8(ascii: ":") {
                guard let known = namedClass(text) else { return nil }
                // An unfinished `[:` is an ordinary bracket.
                if !known, text == current { matched = true }
                previous = known ? 0 : current
            } else {
                if current == UInt8(ascii: "\\") {
                    position += 1
                    current = byte(position)
                    guard current != 0 else { return nil }
                }
                if text == current { matched = true }
                previous = current
            }
            position += 1
            current = byte(position)
        } while current != UInt8(ascii: "]")
        return position
    }

    private mutating func rangeEnd() -> UInt8? {
        position += 1
        if byte(position) == UInt8(ascii: "\\") { position += 1 }
        return byte(position) == 0 ? nil : byte(position)
    }

    private mutating func includes(_ text: UInt8, _ low: UInt8, _ high: UInt8) {
        if low <= text, text <= high { matched = true }
        if ignoreCase, (97...122).contains(text), low <= text - 32, text - 32 <= high { matched = true }
    }

    /// Reads `[:name:]`. Nil for an unknown name; false where there is no `:]`, and nothing was read.
    private mutating func namedClass(_ text: UInt8) -> Bool? {
        let start = position + 2
        guard let close = pattern[min(start, pattern.count)...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
        guard close - 1 >= start, pattern[close - 1] == UInt8(ascii: ":") else { return false }
        let name = String(decoding: pattern[start..<(close - 1)], as: UTF8.self)
        guard let contains = Self.contains(text, className: name, ignoreCase: ignoreCase) else { return nil }
        if contains { matched = true }
        position = close
        return true
    }

    private static func contains(_ byte: UInt8, className: String, ignoreCase: Bool) -> Bool? {
        let isLower = (97...122).contains(byte)
        let isUpper = (65...90).contains(byte)
        let isDigit = (48...57).contains(byte)
        let isGraphic = (33...126).contains(byte)
        switch className {
        case "alnum": return isLower || isUpper || isDigit
        case "alpha": return isLower || isUpper
        case "blank": return byte == 32 || byte == 9
        case "cntrl": return byte < 32 || byte == 127
        case "digit": return isDigit
        case "graph": return isGraphic
        case "lower": return isLower
        case "print": return isGraphic || byte == 32
        case "punct": return isGraphic && !isLower && !isUpper && !isDigit
        case "space": return byte == 32 || (9...13).contains(byte)
        case "upper": return isUpper || (ignoreCase && isLower)
        case "xdigit": return isDigit || (97...102).contains(byte) || (65...70).contains(byte)
        default: return nil
        }
    }
}
