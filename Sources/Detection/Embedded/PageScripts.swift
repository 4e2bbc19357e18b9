import OrchestratorCore

/// The scripts of a page: what stands in `<script>` elements of HTML, of templates and of server pages.
///
/// What a template fills in when the page is made becomes `0`: it is the server's, and a script around it still parses.
struct PageScripts {
    /// The languages whose files may hold scripts.
    static let languages: Set<String> = [
        "html", "vue", "svelte", "jsp", "erb", "ejs", "aspx", "razor", "template", "php",
    ]

    private let file: UnsafeBufferPointer<UInt8>
    private var scripts = EmbeddedCode(Language(rawValue: "javascript"))
    private var typed = EmbeddedCode(Language(rawValue: "typescript"))

    init(_ file: UnsafeBufferPointer<UInt8>) {
        self.file = file
        var position = 0
        while let open = file.firstOffset(of: "<script", from: position) {
            position = element(open)
        }
    }

    var code: [EmbeddedCode] { [scripts, typed].filter { !$0.bytes.isEmpty } }

    /// - Returns: where to look on.
    private mutating func element(_ open: Int) -> Int {
        let name = open + 7
        guard name < file.count, !file[name].isLetter, let start = endOfTag(name) else { return name }
        let end = file.firstOffset(of: "</script", from: start) ?? file.count
        let attributes = String(decoding: file[name..<start], as: UTF8.self).lowercased()
        if attributes.contains("lang=\"ts\"") || attributes.contains("lang='ts'") {
            fill(&typed, start..<end)
        } else if Self.isScript(attributes) {
            fill(&scripts, start..<end)
        }
        return end
    }

    private func endOfTag(_ start: Int) -> Int? {
        var quote: UInt8?
        for index in start..<file.count {
            if let open = quote {
                if file[index] == open { quote = nil }
            } else if file[index] == UInt8(ascii: "\"") || file[index] == UInt8(ascii: "'") {
                quote = file[index]
            } else if file[index] == UInt8(ascii: ">") {
                return index + 1
            }
        }
        return nil
    }

    /// Data and templates are kept in elements of other types.
    private static func isScript(_ attributes: String) -> Bool {
        guard let type = attributes.firstRange(of: "type=") else { return true }
        let value = attributes[type.upperBound...].drop { $0 == "\"" || $0 == "'" }
        return ["text/javascript", "application/javascript", "module", "text/babel", "text/ecmascript"]
            .contains { value.hasPrefix($0) }
    }

    /// Copies a script, without what the server writes into it.
    private func fill(_ code: inout EmbeddedCode, _ range: Range<Int>) {
        var start = range.lowerBound
        var index = start
        while index < range.upperBound {
            guard file[index] == UInt8(ascii: "<") || file[index] == UInt8(ascii: "{"),
                let close = Self.tags.first(where: { file.begins($0.open, at: index) })?.close,
                let end = file.firstOffset(of: close, from: index + 2), end < range.upperBound
            else {
                index += 1
                continue
            }
            code.copy(start..<index, of: file)
            let isStatement = file[index + 1] == UInt8(ascii: "%") && !(file[index + 2].isOutput)
            code.add(isStatement ? " " : "0", at: index)
            index = end + close.utf8CodeUnitCount
            start = index
        }
        code.copy(start..<range.upperBound, of: file)
        code.add("\n;\n", at: range.upperBound)
    }

    private static let tags: [(open: StaticString, close: StaticString)] = [
        ("<%", "%>"), ("<?", "?>"), ("{{", "}}"), ("{%", "%}"),
    ]
}

extension UInt8 {
    fileprivate var isLetter: Bool { (0x61...0x7A).contains(self | 0x20) }
    /// The mark of a tag that puts a value out: `<%= x %>`, `<%- x %>`.
    fileprivate var isOutput: Bool { self == UInt8(ascii: "=") || self == UInt8(ascii: "-") }
}
