import OrchestratorCore

/// A file that a report can be written as.
package enum ReportFile: String, Sendable, CaseIterable {
    case markdown = "report.md"
    case html = "report.html"
    case json = "report.json"
    case sarif = "findings.sarif"
}

/// Writes reports. The same source gives the same bytes.
package struct ReportWriter {
    private let source: any ReportSource
    private let templates: ReportTemplates

    package init(_ source: any ReportSource, templates: ReportTemplates) {
        self.source = source
        self.templates = templates
    }

    /// Writes one file into a folder; it appears under its name only when it is complete.
    /// - Throws: `unwritable`, `badTemplate`.
    package func write(_ file: ReportFile, into folder: String) throws {
        let sink = try FileSink(path: folder + "/" + file.rawValue)
        do {
            switch file {
            case .markdown: try render(.markdown, to: sink)
            case .html: try page(to: sink)
            case .json: try JSONReportWriter(source).write(to: sink)
            case .sarif: try SARIFWriter(source).write(to: sink)
            }
            try sink.finish()
        } catch {
            sink.abandon()
            throw error
        }
    }

    private func render(_ format: ReportFormat, to sink: FileSink) throws {
        let sections = ReportSections(source: source)
        try ReportTemplate(templates.report, file: "templates/reports/report.md")
            .render(in: format, to: sink, words: sections.words, blocks: sections.blocks)
    }

    /// The page's frame with the rendered report in place of `{{content}}`.
    private func page(to sink: FileSink) throws {
        let parts = templates.page.split(separator: "{{content}}", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw ReportingError(.badTemplate, "templates/reports/page.html: expected the placeholder '{{content}}'")
        }
        try sink.write(frame(String(parts[0])))
        try render(.html, to: sink)
        try sink.write(frame(String(parts[1])))
    }

    private func frame(_ text: String) -> String {
        let headings = ReportTemplate(templates.report, file: "templates/reports/report.md").headings()
        let links = headings.map { "<li><a href=\"#\(HTMLText.escape($0.id))\">\(HTMLText.escape($0.title))</a></li>" }
        return text.replacing("{{title}}", with: HTMLText.escape("Compliance report: \(source.header.target.name)"))
            .replacing("{{style}}", with: templates.style)
            .replacing("{{navigation}}", with: "<ul>\(links.joined())</ul>")
    }
}
