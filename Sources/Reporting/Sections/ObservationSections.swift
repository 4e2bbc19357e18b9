import OrchestratorCore

/// What was observed besides weaknesses: signs of personal data, and hints for provisions that no weakness reaches.
struct ObservationSections {
    private let header: ReportHeader

    init(_ sections: ReportSections) { header = sections.header }

    // MARK: Personal data

    var personalData: [Block] {
        guard bearsOnReport else { return [.paragraph(["No control in this report depends on personal data."])] }
        let seen = header.observed.filter { $0.kind.topic == .personalData }
        let blocks: [Block] = [.paragraph([.text(verdict)])]
        guard !seen.isEmpty else { return blocks }
        return blocks + [
            .table(
                Table(
                    "Names of personal data in the source",
                    [
                        .init("Kind"), .init("Places", isNumeric: true), .init("Outside tests", isNumeric: true),
                        .init("For example", isWide: true),
                    ],
                    rows: seen.map { item in
                        [
                            [.text(item.kind.title)], [.text(String(item.places))], [.text(String(item.counted))],
                            Self.places(item),
                        ]
                    }))
        ]
    }

    /// Observations bear on data protection only.
    private var bearsOnReport: Bool {
        header.method.ruleSets.contains { $0.controls.contains(where: \.needsPersonalData) }
    }

    private var verdict: String {
        switch header.personalDataApplies {
        case "yes": "The configuration declares that personal data is processed; data-protection controls bind."
        case "no":
            "The configuration declares that no personal data is processed; data-protection controls do not bind."
        case "detected":
            "Nobody declared whether personal data is processed. The source names it at the places below, so "
                + "data-protection controls bind. Declare 'personal_data' in the configuration to settle it."
        default:
            "Nobody declared whether personal data is processed, and the source does not show that it is: findings that "
                + "would bear on data-protection controls ask for a review."
        }
    }

    // MARK: Hints

    var hints: [Block] {
        let hints = header.observed.filter { $0.kind.topic != .personalData }
        guard bearsOnReport else { return [.paragraph(["No provision in this report asks for such features."])] }
        guard !hints.isEmpty else { return [.paragraph(["Nothing was looked for."])] }
        return [
            .table(
                Table(
                    "Hints, no verdicts",
                    [
                        .init("Provision"), .init("Sign"), .init("Places", isNumeric: true),
                        .init("For example", isWide: true),
                    ],
                    rows: hints.map { item in
                        [
                            [.text(item.kind.provisions.joined(separator: ", "))], [.text(item.kind.title)],
                            [.text(String(item.places))],
                            item.places == 0 ? ["nothing of the kind was seen"] : Self.places(item),
                        ]
                    }))
        ]
    }

    private static func places(_ item: ObservedKind) -> [Inline] {
        item.examples.enumerated().flatMap { index, place -> [Inline] in
            (index == 0 ? [] : ["; "]) + [
                .code("\(place.path.text):\(place.line)"), " ", .code(place.text),
            ]
        }
    }
}
