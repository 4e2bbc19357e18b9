import OrchestratorCore

/// Text for XML 1.0. Characters that XML cannot hold, and those that hide, show as `⟨U+0000⟩`.
enum XMLText {
    static func escape(_ text: String) -> String {
        var output = ""
        for scalar in VisibleText.of(text).unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            // In attributes they would be read as blanks.
            case "\n": output += "&#10;"
            case "\t": output += "&#9;"
            case "\u{FFFE}", "\u{FFFF}": output += "\u{FFFD}"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    /// Attributes in the order given, each with a blank before it.
    static func attributes(_ pairs: [(String, String)]) -> String {
        pairs.map { " \($0)=\"\(escape($1))\"" }.joined()
    }
}
