package import OrchestratorCore

/// The files under `templates/reports` that shape reports, by name.
package struct ReportTemplates: Sendable, Hashable {
    /// The texts by file name, as a store keeps them.
    package let parts: [String: String]

    /// Without these there is no report. Sets that were recorded before there were other documents hold no more.
    private static let required: Set<String> = ["report.md", "page.html", "style.css"]
    /// Every file that a set can hold.
    package static let names = ["framework.md", "page.html", "remediation.md", "report.md", "style.css", "summary.md"]

    /// Nil where a required file is missing.
    package init?(parts: [String: String]) {
        guard Self.required.isSubset(of: parts.keys) else { return nil }
        self.parts = parts
    }

    /// The combined report's alone.
    package init(report: String, page: String, style: String) {
        parts = ["report.md": report, "page.html": page, "style.css": style]
    }

    package var digest: Digest {
        Digest(parts: ["templates"] + parts.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] })
    }

    /// The set with files of the user's in place of those of the same name.
    package func replacing(_ own: [String: String]) -> ReportTemplates {
        ReportTemplates(checked: parts.merging(own) { $1 })
    }

    private init(checked parts: [String: String]) { self.parts = parts }

    package var report: String { parts["report.md"] ?? "" }
    package var page: String { parts["page.html"] ?? "" }
    package var style: String { parts["style.css"] ?? "" }

    /// The template of a document. Throws `badTemplate` where the set is older than the document.
    func template(_ document: ReportDocument) throws(ReportingError) -> ReportTemplate {
        guard let text = parts[document.template] else {
            throw ReportingError(
                .badTemplate,
                "the templates of this run have no \(document.template); scan again to have \(document.name)")
        }
        return ReportTemplate(text, file: Self.place(document.template))
    }

    private static func place(_ name: String) -> String { "templates/reports/" + name }
}

// MARK: - Templates of users

extension ReportTemplates {
    /// Checks files that are to replace ours before any work is done: every placeholder is one that ours know, and what
    /// a report must not leave out is in it.
    /// - Parameters:
    ///   - own: the user's files by name.
    ///   - place: how an error names a file.
    /// - Throws: `badTemplate` with file and line.
    package func check(_ own: [String: String], place: (String) -> String) throws(ReportingError) {
        let known = knownNames
        for (name, text) in own.sorted(by: { $0.key < $1.key }) {
            switch name {
            case "style.css": continue
            case "page.html": try PageTemplate(text, file: place(name)).check()
            default:
                let template = ReportTemplate(text, file: place(name))
                try template.check(blocks: known.blocks, words: known.words)
                if name == "report.md" { try template.require(Self.indispensable) }
            }
        }
    }

    /// A report without these would hide what was found or not looked at.
    private static let indispensable = ["findings", "suppressions", "coverage", "controls"]

    /// What ours use, and the words that they do not.
    private var knownNames: (blocks: Set<String>, words: Set<String>) {
        var known: (blocks: Set<String>, words: Set<String>) = ([], Set(ReportSections.wordNames))
        for (name, text) in parts where name.hasSuffix(".md") {
            for placeholder in ReportTemplate(text, file: name).placeholders() {
                if placeholder.isBlock {
                    known.blocks.insert(placeholder.name)
                } else {
                    known.words.insert(placeholder.name)
                }
            }
        }
        return known
    }
}
