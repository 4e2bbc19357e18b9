/// Text functions on known texts, in UTF-16 units as Java and JavaScript count them.
enum TextOperation {
    static func character(of text: String, at index: Int) -> String? { slice(text, index, index + 1, isStrict: true) }

    /// The part from one position to another; negative ones count from the end.
    static func slice(_ text: String, _ from: Int, _ to: Int, isStrict: Bool = false) -> String? {
        let units = Array(text.utf16)
        var (start, end) = (from, to)
        if isStrict {
            guard start >= 0, end <= units.count, start <= end else { return nil }
        } else {
            start = min(max(0, start < 0 ? units.count + start : start), units.count)
            end = min(max(start, end < 0 ? units.count + end : end), units.count)
        }
        return String(decoding: units[start..<end], as: UTF16.self)
    }

    static func index(of part: String, in text: String, fromEnd: Bool = false) -> Int {
        let (whole, piece) = (Array(text.utf16), Array(part.utf16))
        guard piece.count <= whole.count else { return -1 }
        let starts = Array(0...(whole.count - piece.count))
        let isMatch = { (start: Int) in whole[start..<(start + piece.count)].elementsEqual(piece) }
        return (fromEnd ? starts.last(where: isMatch) : starts.first(where: isMatch)) ?? -1
    }

    static func replaced(_ text: String, _ part: String, _ new: String) -> String? {
        guard !part.isEmpty else { return nil }
        var result = ""
        var rest = text[...]
        while let range = rest.firstRange(of: part) {
            result += rest[..<range.lowerBound] + new
            rest = rest[range.upperBound...]
        }
        return result + rest
    }

    static func trimmed(_ text: String) -> String {
        var part = text[...]
        while part.first?.isWhitespace ?? false { part.removeFirst() }
        while part.last?.isWhitespace ?? false { part.removeLast() }
        return String(part)
    }
}
