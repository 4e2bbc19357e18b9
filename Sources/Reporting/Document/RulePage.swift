package import OrchestratorCore

/// What there is to know of a detection rule, on a page.
package struct RulePage {
    package struct Example {
        let isVulnerable: Bool
        let language: Language
        let code: String

        package init(isVulnerable: Bool, language: Language, code: String) {
            self.isVulnerable = isVulnerable
            self.language = language
            self.code = code
        }
    }

    /// A control that findings of the rule bear on.
    package struct Reach {
        let framework: String
        let control: Control
        let mapping: Mapping

        package init(framework: String, control: Control, mapping: Mapping) {
            self.framework = framework
            self.control = control
            self.mapping = mapping
        }
    }

    package let rule: RuleDescription
    private let weakness: Weakness?
    private let checksum: String?
    private let examples: [Example]
    private let reach: [Reach]

    /// - Parameter checksum: what is verified of a secret besides its shape; nil for nothing.
    package init(
        rule: RuleDescription, weakness: Weakness?, checksum: String?, examples: [Example], reach: [Reach]
    ) {
        self.rule = rule
        self.weakness = weakness
        self.checksum = checksum
        self.examples = examples
        self.reach = reach
    }

    private var languages: String {
        rule.languages.isEmpty ? "every text" : rule.languages.map(\.title).joined(separator: ", ")
    }

    private var label: String {
        [Weakness.label(rule.weakness), weakness?.name].compactMap(\.self).joined(separator: ": ")
    }

    /// The page; the same bytes for the same rule.
    package var markdown: String {
        let document = CmarkDocument()
        let builder = MarkdownBuilder()
        document.append(builder.nodes(opening))
        for example in examples {
            let title = "\(example.isVulnerable ? "Found" : "Not found") (\(example.language.title)):"
            document.append(builder.nodes([.paragraph([.text(title)])]))
            document.append([CmarkDocument.codeBlock(VisibleText.of(example.code))])
        }
        document.append(builder.nodes(closing))
        return document.commonMark
    }

    private var opening: [Block] {
        var facts: [[Inline]] = [
            ["Rule: ", .code(rule.id)],
            ["Weakness: ", .link([.text(label)], url: Weakness.url(rule.weakness))],
            [.text("Severity: \(rule.severity.rawValue); confidence: \(rule.confidence) percent")],
            [.text("Languages: \(languages)")],
        ]
        if rule.category.isAdvice {
            facts.append([.text("\(rule.category.title): advice, which stands apart from weaknesses.")])
        }
        if let checksum {
            facts.append([.text("Verified besides the shape: \(checksum). What does not hold is not reported.")])
        }
        return [
            .heading(1, [.text(rule.title)], id: nil), .bullets(facts), .heading(2, ["Why"], id: nil),
            .paragraph([.text(rule.message)]), .heading(2, ["What to do"], id: nil),
            .paragraph([.text(rule.remediation)]), .heading(2, ["Examples"], id: nil),
        ]
    }

    private var closing: [Block] {
        var blocks: [Block] = []
        if !rule.references.isEmpty {
            blocks.append(.heading(2, ["References"], id: nil))
            blocks.append(.bullets(rule.references.map { [.link([.text($0)], url: $0)] }))
        }
        blocks.append(.heading(2, ["Controls"], id: nil))
        guard !reach.isEmpty else {
            return blocks + [.paragraph(["No control of the installed frameworks is mapped to this weakness."])]
        }
        let rows: [[[Inline]]] = reach.map { reached in
            [
                [.text(reached.framework)], [.text(reached.control.id)], [.text(reached.control.title)],
                [.text(reached.mapping.strength.rawValue)],
            ]
        }
        let columns = ["Framework", "Control", "Title", "Strength"].map { Table.Column($0) }
        return blocks + [.table(Table("What a finding bears on", columns, rows: rows))]
    }

    /// The list of all pages, by language and id.
    package static func index(of pages: [RulePage]) -> String {
        let document = CmarkDocument()
        let builder = MarkdownBuilder()
        document.append(
            builder.nodes([
                .heading(1, ["Detection rules"], id: nil),
                .paragraph([.text("\(pages.count) rules; each has a page with examples, fix and controls.")]),
            ]))
        let groups = Dictionary(grouping: pages) { $0.rule.languages.first?.title ?? "Every text" }
        let columns = ["Rule", "What", "Weakness", "Severity"].map { Table.Column($0) }
        for (language, members) in groups.sorted(by: { $0.key < $1.key }) {
            let rows: [[[Inline]]] = members.sorted { $0.rule.id < $1.rule.id }.map { page in
                [
                    [.link([.text(page.rule.id)], url: "\(page.rule.id).md")], [.text(page.rule.title)],
                    [.text(Weakness.label(page.rule.weakness))], [.text(page.rule.severity.rawValue)],
                ]
            }
            let table = Table("\(members.count) rules", columns, rows: rows)
            document.append(builder.nodes([.heading(2, [.text(language)], id: nil), .table(table)]))
        }
        return document.commonMark
    }

    /// The same for scripts.
    package var json: JSONValue {
        [
            "id": .string(rule.id), "title": .string(rule.title), "cwe": .number(rule.weakness),
            "weakness": .optional(weakness?.name), "severity": .string(rule.severity.rawValue),
            "confidence": .number(rule.confidence), "languages": .strings(rule.languages.map(\.rawValue)),
            "message": .string(rule.message), "remediation": .string(rule.remediation),
            "checksum": .optional(checksum), "references": .strings(rule.references),
            "examples": .array(
                examples.map {
                    [
                        "vulnerable": .bool($0.isVulnerable), "language": .string($0.language.rawValue),
                        "code": .string($0.code),
                    ]
                }),
            "controls": .array(
                reach.map {
                    [
                        "framework": .string($0.framework), "control": .string($0.control.id),
                        "strength": .string($0.mapping.strength.rawValue),
                    ]
                }),
        ]
    }
}
