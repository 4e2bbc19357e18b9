import OrchestratorCore

/// A file that a report can be written as.
package enum ReportFile: String, Sendable, CaseIterable {
    case markdown = "report.md"
    case html = "report.html"
    case json = "report.json"
    case sarif = "findings.sarif"
    case csv = "findings.csv"
    case junit = "junit.xml"
    case gitlab = "gl-code-quality-report.json"
    case assessmentResults = "oscal-assessment-results.json"
    case planOfAction = "oscal-poam.json"
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
        switch file {
        case .markdown: try write(.report, as: .markdown, to: folder + "/" + file.rawValue)
        default:
            try Self.complete(folder + "/" + file.rawValue) { sink in
                switch file {
                case .html: try HTMLPages(source, templates: templates).write(to: sink, into: folder)
                case .json: try JSONReportWriter(source).write(to: sink)
                case .sarif: try SARIFWriter(source).write(to: sink)
                case .csv: try CSVWriter(source).write(to: sink)
                case .junit: try JUnitWriter(source).write(to: sink)
                case .gitlab: try GitLabWriter(source).write(to: sink)
                case .assessmentResults: try OSCALResultsWriter(source).write(to: sink)
                case .planOfAction: try OSCALPlanWriter(source).write(to: sink)
                case .markdown: break
                }
            }
        }
    }

    /// Writes a document as a file, which appears only when it is complete.
    /// - Throws: `unwritable`, `badTemplate`.
    package func write(_ document: ReportDocument, as format: ReportFormat, to path: String) throws {
        let template = try templates.template(document)
        let source = try narrowed(to: document)
        try Self.complete(path) { sink in
            switch format {
            case .markdown: try render(template, source, .markdown, to: sink)
            case .html: try page(document, template, source, to: sink)
            }
        }
    }

    private func narrowed(to document: ReportDocument) throws -> any ReportSource {
        guard case .framework(let id) = document else { return source }
        return try FrameworkReport(source, framework: id)
    }

    private static func complete(_ path: String, _ fill: (FileSink) throws -> Void) throws {
        let sink = try FileSink(path: path)
        do {
            try fill(sink)
            try sink.finish()
        } catch {
            sink.abandon()
            throw error
        }
    }

    private func render(
        _ template: ReportTemplate, _ source: any ReportSource, _ format: ReportFormat, to sink: FileSink
    ) throws {
        let sections = ReportSections(source: source)
        try template.render(in: format, to: sink, words: sections.words, blocks: sections.blocks)
    }

    private func page(
        _ document: ReportDocument, _ template: ReportTemplate, _ source: any ReportSource, to sink: FileSink
    ) throws {
        try templates.frame(
            sink, title: "\(document.title): \(source.header.target.name)",
            links: template.headings().map { ("#" + $0.id, $0.title) }
        ) { try render(template, source, .html, to: sink) }
    }
}
