import Foundation

/// The files of a report, and their text without what differs between two runs over the same input.
package enum ReportText {
    package static let names = ["findings.sarif", "report.html", "report.json", "report.md"]

    /// Without times, the run's id and number, and the ids that derive from it.
    package static func withoutRun(_ text: String) -> String {
        var text = text
        for (pattern, replacement) in [
            ("[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}", "RUN"), ("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z", "TIME"),
            ("[0-9]{4}-[0-9]{2}-[0-9]{2}", "DAY"), ("\"number\":[0-9]+", "NUMBER"), ("RUN, run [0-9]+ of", "RUN of"),
            ("\"automationDetails\":\\{[^}]*\\}", "AUTOMATION"),
        ] {
            text = text.replacingOccurrences(of: pattern, with: replacement, options: .regularExpression)
        }
        return text
    }
}
