/// A decimal number as written, exact: digits, a point and an exponent, with no binary fraction in between.
struct DecimalText {
    private let text: String
    private var digits: [UInt8] = []
    /// The value is the digits, read as a whole number, times ten to this power.
    private var exponent = 0

    /// Reads `12`, `0.5`, `.5`, `2.2e-7`. Throws for a sign other than `+`, for NaN, for infinity and for text.
    init(_ text: String) throws(MoneyError) {
        self.text = String(text.prefix(40))
        let bytes = Array(text.utf8)
        guard bytes.count <= 60 else { throw MoneyError(.notANumber, self.text) }
        var index = 0
        if bytes.first == UInt8(ascii: "+") { index = 1 }
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { index = 1 }
        index = readMantissa(bytes, from: index)
        guard !digits.isEmpty else { throw MoneyError(.notANumber, self.text) }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            guard let power = Int(String(decoding: bytes[(index + 1)...], as: UTF8.self)), abs(power) <= 100 else {
                throw MoneyError(.notANumber, self.text)
            }
            exponent += power
            index = bytes.count
        }
        guard index == bytes.count else { throw MoneyError(.notANumber, self.text) }
        guard !isNegative || digits.allSatisfy({ $0 == 0 }) else { throw MoneyError(.negative, self.text) }
    }

    /// Reads digits and at most one point; gives the index after them.
    private mutating func readMantissa(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start
        var sawPoint = false
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits.append(bytes[index] - UInt8(ascii: "0"))
                if sawPoint { exponent -= 1 }
            case UInt8(ascii: ".") where !sawPoint: sawPoint = true
            default: return index
            }
            index += 1
        }
        return index
    }

    /// The value times ten to a power, rounded up to a whole number.
    func scaled(byTenTo power: Int) throws(MoneyError) -> Int64 {
        var value: Int128 = 0
        var shift = exponent + power
        var kept = digits[...]
        var hasRest = false
        while shift < 0, let last = kept.popLast() {
            if last != 0 { hasRest = true }
            shift += 1
        }
        for digit in kept {
            value = value * 10 + Int128(digit)
            guard value <= Int128(Int64.max) else { throw MoneyError(.overflow, text) }
        }
        if value == 0 { return hasRest ? 1 : 0 }
        while shift > 0 {
            value *= 10
            shift -= 1
            guard value <= Int128(Int64.max) else { throw MoneyError(.overflow, text) }
        }
        if hasRest { value += 1 }
        guard let result = Int64(exactly: value) else { throw MoneyError(.overflow, text) }
        return result
    }
}
