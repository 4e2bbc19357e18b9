import OrchestratorCore

/// Ids and texts as OSCAL wants them.
enum OSCALNames {
    static let version = "1.2.1"
    /// The namespace of properties that are ours.
    static let namespace = "urn:secorch:oscal"

    /// A control's id as a token. Those of NIST SP 800-53 are the ones of NIST's own catalogue (`SA-11(1)` is `sa-11.1`),
    /// others carry their framework's id, so that no two frameworks share one.
    static func control(_ id: String, in framework: String) -> String {
        if framework == "nist-800-53-r5" {
            return token(id.lowercased().replacing("(", with: ".").replacing(")", with: ""))
        }
        return token("\(framework)_\(id)")
    }

    /// Letters, digits, `.`, `-` and `_`, not beginning with a digit; runs of anything else become one `-`.
    static func token(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": output.unicodeScalars.append(scalar)
            default: if !output.hasSuffix("-") { output += "-" }
            }
        }
        while output.hasSuffix("-") { output.removeLast() }
        guard let first = output.first, !first.isNumber, first != ".", first != "-" else { return "_" + output }
        return output
    }

    /// Text on one line that neither begins nor ends with a blank; `-` where there is none.
    static func line(_ text: String) -> JSONValue {
        if isLine(text) { return .string(text) }
        let words = VisibleText.of(text).split(whereSeparator: \.isWhitespace)
        return .string(words.isEmpty ? "-" : words.joined(separator: " "))
    }

    /// Whether plain text is such a line already, as nearly every one is: splitting takes far longer.
    private static func isLine(_ text: String) -> Bool {
        let blank = UInt8(ascii: " ")
        guard let first = text.utf8.first, let last = text.utf8.last, first != blank, last != blank else {
            return false
        }
        return text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
    }

    static func property(_ name: String, _ value: String) -> JSONValue {
        ["name": .string(name), "ns": .string(namespace), "value": line(value)]
    }
}
