/// Shows what would otherwise hide: control characters, terminal escapes, invisible and direction-changing characters.
package enum VisibleText {
    /// The text with each such character as `⟨U+202E⟩`; line breaks and tabs stay.
    package static func of(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: hides) else { return text }
        var output = ""
        for scalar in text.unicodeScalars {
            if hides(scalar) {
                let digits = String(scalar.value, radix: 16, uppercase: true)
                output += "⟨U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)⟩"
            } else {
                output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    package static func hides(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0..<0x20, 0x7F..<0xA0: true
        case 0xAD, 0x61C, 0x180E, 0xFEFF: true
        case 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F: true
        case 0x2028, 0x2029: true
        case 0xE0000...0xE007F: true
        default: false
        }
    }
}
