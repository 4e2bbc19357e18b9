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
            case .html: try HTMLPages(source, templates: templates).write(to: sink, into: folder)
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
}
