/// Which characters one place of a regular expression takes: each of ASCII, and all others together.
struct CharacterClass: Equatable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    /// Characters beyond ASCII.
    var takesOthers = false

    init(_ characters: some Sequence<UInt8>) { for character in characters { insert(character) } }

    private init(low: UInt64, high: UInt64, takesOthers: Bool) {
        self.low = low
        self.high = high
        self.takesOthers = takesOthers
    }

    mutating func insert(_ character: UInt8) {
        if character < 64 { low |= 1 << UInt64(character) } else { high |= 1 << UInt64(character - 64) }
    }

    mutating func formUnion(_ other: Self) {
        low |= other.low
        high |= other.high
        takesOthers = takesOthers || other.takesOthers
    }

    var inverted: Self { Self(low: ~low, high: ~high, takesOthers: !takesOthers) }

    func overlaps(_ other: Self) -> Bool {
        low & other.low != 0 || high & other.high != 0 || (takesOthers && other.takesOthers)
    }

    /// True where no character but line breaks is left out.
    var takesNearlyAll: Bool { takesOthers && high == ~0 && low | Self.lineBreaks.low == ~0 }

    static let lineBreaks = Self([10, 13])
    static let any = lineBreaks.inverted
    static let digits = Self(48...57)
    static let spaces = Self([9, 10, 11, 12, 13, 32])
    static let letters = Self(Array(65...90) + Array(97...122))
    static let words = Self(Array(48...57) + Array(65...90) + [95] + Array(97...122))

    /// `[:alpha:]` and `\p{Alpha}`; nil for names that are not told apart here.
    static func named(_ name: String) -> Self? {
        switch name.lowercased() {
        case "alpha": letters
        case "l", "letter", "isalphabetic": Self(low: letters.low, high: letters.high, takesOthers: true)
        case "digit", "n", "nd", "isdigit": digits
        case "alnum": Self(Array(48...57) + Array(65...90) + Array(97...122))
        case "upper", "lu": Self(65...90)
        case "lower", "ll": Self(97...122)
        case "space": spaces
        case "word": words
        case "xdigit": Self(Array(48...57) + Array(65...70) + Array(97...102))
        case "punct": Self(Array(33...47) + Array(58...64) + Array(91...96) + Array(123...126))
        default: nil
        }
    }
}
