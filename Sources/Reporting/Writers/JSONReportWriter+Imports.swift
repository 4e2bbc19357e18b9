import OrchestratorCore

extension JSONReportWriter {
    /// What other scanners found, for `report.json`; an empty array where nothing was imported.
    func imports(_ summary: ImportSummary?) -> JSONValue {
        guard let summary else { return [] }
        return .array(summary.imports.map { imported($0, summary) })
    }

    private func imported(_ entry: ImportSummary.Import, _ summary: ImportSummary) -> JSONValue {
        [
            "name": .string(entry.name), "file": .string(entry.file), "digest": .string(entry.digest.description),
            "tools": .strings(entry.tools), "results": .number(entry.results), "agreeing": .number(entry.merged),
            "alone": .number(entry.alone), "suppressed": .number(entry.suppressed),
            "not_confirmed": .number(entry.unconfirmed),
            "refused": .object(entry.refusals.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) }),
            "not_confirmed_places": .array(
                summary.unconfirmed.filter { $0.name == entry.name }.map { place in
                    [
                        "path": .string(place.path.text), "line": .number(place.line),
                        "tool": .string(place.attribution.tool), "rule": .string(place.attribution.rule),
                        "reason": .string(place.reason),
                    ]
                }),
        ]
    }
}
