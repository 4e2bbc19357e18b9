import Foundation
import OrchestratorCore

/// A report as HTML: one page, or one with an index and others with the findings where it would be too large to open.
struct HTMLPages {
    private let source: any ReportSource
    private let templates: ReportTemplates
    private let document: ReportDocument
    private let isWhole: Bool

    /// - Parameter isWhole: true for one page however large, as a printing program wants it.
    init(_ source: any ReportSource, templates: ReportTemplates, document: ReportDocument, isWhole: Bool) {
        self.source = source
        self.templates = templates
        self.document = document
        self.isWhole = isWhole
    }

    /// Writes the report to a sink and the pages of findings, if any, beside it; those of an earlier report that are no
    /// longer needed go. Throws `unwritable`, `badTemplate`.
    func write(to sink: FileSink, into folder: String) throws {
        let template = try templates.template(document)
        let pages = try FindingPages(source, of: document, isWhole: isWhole)
        let sections = ReportSections(source: source, pages: pages)
        let title = "\(document.title): \(source.header.target.name)"
        let headings = template.headings()
        try templates.frame(sink, title: title, links: headings.map { ("#" + $0.id, $0.title) }) {
            try template.render(in: .html, to: sink, words: sections.words, blocks: sections.blocks)
        }
        if !pages.isWhole { try writeFindings(sections, pages, into: folder) }
        removeOutdated(pages, in: folder)
    }

    // MARK: Pages of findings

    private func writeFindings(_ sections: ReportSections, _ pages: FindingPages, into folder: String) throws {
        let findings = FindingSections(sections, isApart: true)
        var current: (page: Int, sink: FileSink)?
        do {
            var blocks: [Block] = []
            func finishPage() throws {
                guard let (page, sink) = current else { return }
                try write(page, of: pages, findings.filter + blocks, to: sink)
                try sink.finish()
                (current, blocks) = (nil, [])
            }
            try FindingGroups.paged.forEach(in: source) { group in
                if current?.page != group.page {
                    try finishPage()
                    current = (group.page, try FileSink(path: folder + "/" + pages.file(group.page)))
                }
                blocks.append(findings.block(group))
            }
            try finishPage()
        } catch {
            current?.sink.abandon()
            throw error
        }
    }

    private func write(_ page: Int, of pages: FindingPages, _ blocks: [Block], to sink: FileSink) throws {
        var links = [(pages.report, "The report")]
        if page > 1 { links.append((pages.file(page - 1), "Previous page")) }
        if page < pages.count { links.append((pages.file(page + 1), "Next page")) }
        let title = "Findings, page \(page) of \(pages.count): \(source.header.target.name)"
        try templates.frame(sink, title: title, links: links) {
            for block in [.heading(1, [.text(title)], id: nil), .heading(2, ["Findings"], id: nil)] + blocks {
                try sink.write(ReportFormat.html.render(block))
            }
        }
    }

    private func removeOutdated(_ pages: FindingPages, in folder: String) {
        var page = pages.isWhole ? 1 : pages.count + 1
        while unlink(folder + "/" + pages.file(page)) == 0 { page += 1 }
    }
}
