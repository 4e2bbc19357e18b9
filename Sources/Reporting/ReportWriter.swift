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
        case .markdown: try write(.report, as: .markdown, into: folder)
        case .html: try write(.report, as: .html, into: folder)
        default:
            try Self.complete(folder + "/" + file.rawValue) { sink in
                switch file {
                case .json: try JSONReportWriter(source).write(to: sink)
                case .sarif: try SARIFWriter(source).write(to: sink)
                case .csv: try CSVWriter(source).write(to: sink)
                case .junit: try JUnitWriter(source).write(to: sink)
                case .gitlab: try GitLabWriter(source).write(to: sink)
                case .assessmentResults: try OSCALResultsWriter(source).write(to: sink)
                case .planOfAction: try OSCALPlanWriter(source).write(to: sink)
                case .markdown, .html: break
                }
            }
        }
    }

    /// Writes a document into a folder; as HTML, where it would be too large to open, with pages beside it. Each file
    /// appears only when it is complete.
    /// - Parameter isWhole: true for one page of HTML however large.
    /// - Returns: the document's name.
    /// - Throws: `unwritable`, `badTemplate`.
    @discardableResult
    package func write(
        _ document: ReportDocument, as format: ReportFormat, into folder: String, isWhole: Bool = false
    ) throws -> String {
        let source = try narrowed(to: document)
        let template = try templates.template(document)
        let name = document.name + format.ending
        try Self.complete(folder + "/" + name) { sink in
            switch format {
            case .markdown:
                let sections = ReportSections(source: source)
                try template.render(in: .markdown, to: sink, words: sections.words, blocks: sections.blocks)
            case .html:
                let isWhole = isWhole || !document.listsFindings
                try HTMLPages(source, templates: templates, document: document, isWhole: isWhole)
                    .write(to: sink, into: folder)
            }
        }
        return name
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
}
