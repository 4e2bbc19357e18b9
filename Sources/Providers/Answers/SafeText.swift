import OrchestratorCore

/// Text from a server made fit for an error or a log.
enum SafeText {
    /// The longest text kept.
    private static let limit = 240
    /// A stretch of the prompt this long, repeated in an answer, is an echo and not a message.
    private static let echoLength = 24

    /// One short printable line without the key and without prompt text.
    static func line(_ text: String, key: APIKey?, request: CompletionRequest?) -> String {
        var line = ""
        for scalar in text.unicodeScalars.prefix(16 * limit) {
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .lineSeparator, .paragraphSeparator, .unassigned:
                line += " "
            default: line.unicodeScalars.append(scalar)
            }
        }
        if let secret = key?.reveal(), secret.utf8.count >= 4, line.contains(secret) {
            line = line.replacing(secret, with: "[redacted key]")
        }
        // Cut after the key is out, or the cut could leave half of it.
        line = String(line.prefix(limit))
        if let request, echoes(line, request) { return "[a message that repeats the prompt]" }
        return line
    }

    private static func echoes(_ line: String, _ request: CompletionRequest) -> Bool {
        let bytes = Array(line.utf8)
        guard bytes.count >= echoLength else { return false }
        // Every window of the prompt would be many; every eighth of the line is few, and an echo of 31 bytes hits one.
        let probes = stride(from: 0, through: bytes.count - echoLength, by: 8).map {
            Array(bytes[$0..<$0 + echoLength])
        }
        let texts = request.messages.map(\.text)
        return probes.contains { probe in
            let needle = String(decoding: probe, as: UTF8.self)
            return texts.contains { $0.utf8.count >= echoLength && $0.contains(needle) }
        }
    }
}
