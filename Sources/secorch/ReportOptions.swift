import ArgumentParser
import Reporting

/// What reports are written as, and by which templates.
struct ReportOptions: ParsableArguments {
    @Option(
        name: .customLong("format"),
        help: "Formats, separated by commas: md, html, json, sarif (these by default), csv, junit, gitlab, oscal, pdf.",
        transform: { try Self.choices($0, of: OutputFormat.self, "format") })
    var formats: [OutputFormat] = []

    @Option(
        help: """
            What is written as md, html and pdf, separated by commas: report (by default), summary, remediation, \
            frameworks (a report for each), all.
            """,
        transform: {
            $0 == "all" ? DocumentKind.allCases : try Self.choices($0, of: DocumentKind.self, "kind of document")
        })
    var documents: [DocumentKind] = []

    @Option(help: "Folder with templates in place of the program's; see templates/README.md.")
    var templates: String?

    var selection: ReportSelection {
        ReportSelection(
            formats: formats.isEmpty ? OutputFormat.standard : formats,
            documents: documents.isEmpty ? [.report] : documents)
    }

    /// Whether the user said what to write.
    var isNamed: Bool { !formats.isEmpty || !documents.isEmpty }

    private static func choices<Choice: RawRepresentable & CaseIterable>(
        _ text: String, of type: Choice.Type, _ what: String
    ) throws -> [Choice] where Choice.RawValue == String {
        let names = text.split(separator: ",", omittingEmptySubsequences: false)
        return try names.map { name in
            guard let choice = Choice(rawValue: String(name)) else {
                let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("'\(name)' is no \(what); expected some of \(known), separated by commas.")
            }
            return choice
        }
    }
}
