/// A format that a report can be asked for.
package enum OutputFormat: String, Sendable, CaseIterable {
    case markdown = "md"
    case html, json, sarif, csv, junit, gitlab, oscal, pdf

    /// Written where nobody names any.
    package static let standard: [OutputFormat] = [.markdown, .html, .json, .sarif]

    /// The files it consists of; none for those that documents are written in.
    var files: [ReportFile] {
        switch self {
        case .markdown, .html, .pdf: []
        case .json: [.json]
        case .sarif: [.sarif]
        case .csv: [.csv]
        case .junit: [.junit]
        case .gitlab: [.gitlab]
        case .oscal: [.assessmentResults, .planOfAction]
        }
    }
}

/// A kind of document for people: Markdown, HTML or PDF.
package enum DocumentKind: String, Sendable, CaseIterable {
    /// Everything, all frameworks together.
    case report
    /// One page for those who decide.
    case summary
    /// What to do, by rule and file.
    case remediation
    /// The report of each framework alone.
    case frameworks
}

/// A document for people.
package enum ReportDocument: Hashable, Sendable {
    case report, summary, remediation
    /// The report of the framework with an id.
    case framework(String)

    /// The file's name without its ending.
    package var name: String {
        switch self {
        case .report: "report"
        case .summary: "summary"
        case .remediation: "remediation"
        case .framework(let id): "report-\(id)"
        }
    }

    /// The template that shapes it, and what a reader calls it.
    var template: String {
        if case .framework = self { "framework.md" } else { name + ".md" }
    }

    /// Whether it grows with the findings.
    var listsFindings: Bool {
        switch self {
        case .report, .framework: true
        case .summary, .remediation: false
        }
    }

    var title: String {
        switch self {
        case .report, .framework: "Compliance report"
        case .summary: "Executive summary"
        case .remediation: "Remediation plan"
        }
    }
}

/// One thing to be written.
package enum ReportPart: Hashable, Sendable {
    case file(ReportFile)
    case document(ReportDocument, ReportFormat)
    /// A document that another program prints from its HTML.
    case printed(ReportDocument)
}

/// What of a report is wanted, and as what.
package struct ReportSelection: Hashable, Sendable {
    package let formats: [OutputFormat]
    package let documents: [DocumentKind]

    package init(formats: [OutputFormat] = OutputFormat.standard, documents: [DocumentKind] = [.report]) {
        self.formats = formats
        self.documents = documents
    }

    /// What that comes to, each once, in a fixed order. Printed documents come last: only they can fail for want of a
    /// program.
    /// - Parameter frameworks: the ids of the run's frameworks.
    package func parts(frameworks: [String]) -> [ReportPart] {
        let wanted = DocumentKind.allCases.filter(documents.contains).flatMap { kind -> [ReportDocument] in
            switch kind {
            case .report: [.report]
            case .summary: [.summary]
            case .remediation: [.remediation]
            case .frameworks: frameworks.map(ReportDocument.framework)
            }
        }
        return OutputFormat.allCases.filter(formats.contains).flatMap { format -> [ReportPart] in
            switch format {
            case .markdown: wanted.map { .document($0, .markdown) }
            case .html: wanted.map { .document($0, .html) }
            case .pdf: wanted.map(ReportPart.printed)
            default: format.files.map(ReportPart.file)
            }
        }
    }
}
