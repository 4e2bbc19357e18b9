import OrchestratorCore

/// The HTML page around a rendered document: text with `{{name}}` in it, each name replaced once, so that a value with
/// braces in it stays what it is.
struct PageTemplate {
    private let text: String
    private let file: String
    private static let known: Set<String> = ["title", "style", "navigation", "content"]

    init(_ text: String, file: String) {
        self.text = text
        self.file = file
    }

    /// Throws `badTemplate` with the line of an unknown placeholder, or where `{{content}}` is missing.
    func check() throws(ReportingError) {
        var hasContent = false
        try forEachPart { (part) throws(ReportingError) in
            guard case .placeholder(let name, let line) = part else { return }
            guard Self.known.contains(name) else {
                throw ReportingError(
                    .badTemplate,
                    "\(file):\(line): unknown placeholder '{{\(name)}}'; expected title, style, navigation or content")
            }
            if name == "content" { hasContent = true }
        }
        guard hasContent else {
            throw ReportingError(.badTemplate, "\(file):\(lineCount): ends without the placeholder '{{content}}'")
        }
    }

    /// Writes the page; `content` writes the document where it belongs.
    func render(to sink: any TextSink, values: [String: String], content: () throws -> Void) throws {
        try check()
        try forEachPart { part in
            switch part {
            case .text(let text): try sink.write(text)
            case .placeholder("content", _): try content()
            case .placeholder(let name, _): try sink.write(values[name] ?? "")
            }
        }
    }

    private enum Part {
        case text(String)
        case placeholder(String, line: Int)
    }

    private var lineCount: Int { text.utf8.count { $0 == UInt8(ascii: "\n") } + (text.hasSuffix("\n") ? 0 : 1) }

    private func forEachPart<Failure: Error>(_ body: (Part) throws(Failure) -> Void) throws(Failure) {
        var rest = text[...]
        var line = 1
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            let before = rest[..<open.lowerBound]
            line += before.utf8.count { $0 == UInt8(ascii: "\n") }
            try body(.text(String(before)))
            try body(.placeholder(rest[open.upperBound..<close.lowerBound].filter { $0 != " " }, line: line))
            rest = rest[close.upperBound...]
        }
        try body(.text(String(rest)))
    }
}

extension ReportTemplates {
    /// Writes the page's frame around what `content` writes.
    /// - Parameter links: where the navigation leads, in order.
    func frame(
        _ sink: any TextSink, title: String, links: [(url: String, title: String)], _ content: () throws -> Void
    ) throws {
        let items = links.map { "<li><a href=\"\(HTMLText.escape($0.url))\">\(HTMLText.escape($0.title))</a></li>" }
        let values = [
            "title": HTMLText.escape(title), "style": style, "navigation": "<ul>\(items.joined())</ul>",
        ]
        try PageTemplate(page, file: "templates/reports/page.html").render(to: sink, values: values, content: content)
    }
}
