/// The kinds of character that the pre-tokenizer tells apart.
enum CharacterClass: UInt8, Sendable {
    case letter, number, space, newline, other
}

/// Looks up classes of Unicode scalars; pages of 256 are filled from the standard library when first met.
struct CharacterClasses: Sendable {
    private static let unknown: [[CharacterClass]?] = Array(repeating: nil, count: 0x1100)
    private var pages = unknown

    static let ascii: [CharacterClass] = (0..<128).map { classify(Unicode.Scalar(UInt8($0))) }

    mutating func of(_ scalar: UInt32) -> CharacterClass {
        let page = Int(scalar >> 8)
        if let known = pages[page] { return known[Int(scalar & 0xFF)] }
        let fresh = (0..<256).map { low in
            Unicode.Scalar(UInt32(page << 8 | low)).map(Self.classify) ?? .other
        }
        pages[page] = fresh
        return fresh[Int(scalar & 0xFF)]
    }

    private static func classify(_ scalar: Unicode.Scalar) -> CharacterClass {
        if scalar == "\r" || scalar == "\n" { return .newline }
        if scalar.properties.isWhitespace { return .space }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        default: return .other
        }
    }
}
