import OrchestratorCore

/// Steps of a value as text: fields apart by U+001F, steps by U+001E. Reports read them many times, and JSON takes ten
/// times as long. Paths quote control characters; notes are made visible first.
enum FlowText {
    private static let field = "\u{1F}"
    private static let step = "\u{1E}"

    static func encode(_ flow: [FlowStep]) -> String {
        flow.map { entry in
            let place = entry.location
            return [
                place.path.text, String(place.startLine), String(place.startColumn), String(place.endLine),
                String(place.endColumn), VisibleText.of(entry.note),
            ].joined(separator: field)
        }.joined(separator: step)
    }

    static func decode(_ text: String) -> [FlowStep] {
        guard !text.isEmpty else { return [] }
        return text.utf8.split(separator: 0x1E).compactMap { entry in
            let fields = entry.split(separator: 0x1F, omittingEmptySubsequences: false).map { String(Substring($0)) }
            let numbers = fields.dropFirst().prefix(4).compactMap { Int($0) }
            guard fields.count == 6, numbers.count == 4, let path = RepositoryPath(text: fields[0]) else { return nil }
            return FlowStep(
                location: Location(
                    path: path, startLine: numbers[0], startColumn: numbers[1], endLine: numbers[2],
                    endColumn: numbers[3]), note: fields[5])
        }
    }
}
