package import OrchestratorCore

/// The files under `templates/reports` that shape a report.
package struct ReportTemplates: Sendable {
    /// Markdown with placeholders.
    package let report: String
    /// The HTML page around it.
    package let page: String
    package let style: String

    package init(report: String, page: String, style: String) {
        self.report = report
        self.page = page
        self.style = style
    }

    package var digest: Digest { Digest(parts: ["templates", report, page, style]) }
}
