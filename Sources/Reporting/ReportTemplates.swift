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

    /// The files by name, as a store keeps them.
    package var parts: [String: String] { ["report.md": report, "page.html": page, "style.css": style] }

    /// What `parts` gave; nil where a file is missing.
    package init?(parts: [String: String]) {
        guard let report = parts["report.md"], let page = parts["page.html"], let style = parts["style.css"] else {
            return nil
        }
        self.init(report: report, page: page, style: style)
    }

    package var digest: Digest { Digest(parts: ["templates", report, page, style]) }
}
