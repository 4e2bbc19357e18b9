package import OrchestratorCore

extension ImportedRule {
    /// Percent, where the tool says nothing: enough for a finding that fails a control.
    package static let standardConfidence = 50

    /// Reads a reporting descriptor; nil where it has no id.
    init?(_ json: JSON, _ run: SARIFRun, _ known: ToolWeaknesses) {
        guard let id = json["id"]?.text, !id.isEmpty else { return nil }
        let short = json["shortDescription"]?["text"]?.text
        let full = json["fullDescription"]?["text"]?.text
        let help = ImportedText.message(json["help"]?["text"]?.text ?? "", 1000)
        let message = ImportedText.message(full ?? short ?? "", 1000)
        let messages = (json["messageStrings"]?.members ?? []).prefix(20).compactMap { member in
            member.value["text"]?.text.map { (member.key, String($0.prefix(1000))) }
        }
        self.init(
            attribution: Attribution(tool: run.tool, rule: ImportedText.line(id, 200)),
            id: Self.id(of: id, tool: run.name),
            title: ImportedText.line(short ?? json["name"]?.text ?? id, 160), message: message,
            help: help == message ? "" : help, url: ImportedText.url(json["helpUri"]?.text),
            weaknesses: Self.weaknesses(SARIFWeakness.all(of: json), id, run, known),
            severity: SARIFSeverity.severity(of: json),
            confidence: SARIFSeverity.confidence(of: json),
            messages: Dictionary(messages) { first, _ in first })
    }

    /// For a result whose rule the tool does not describe.
    package init(undescribed id: String, run: SARIFRun, known: ToolWeaknesses) {
        self.init(
            attribution: Attribution(tool: run.tool, rule: ImportedText.line(id, 200)),
            id: Self.id(of: id, tool: run.name), title: ImportedText.line(id, 160), message: "", help: "", url: nil,
            weaknesses: Self.weaknesses([], id, run, known), severity: nil, confidence: nil, messages: [:])
    }

    private static func weaknesses(_ stated: [Int], _ id: String, _ run: SARIFRun, _ known: ToolWeaknesses) -> [Int] {
        stated.isEmpty ? known.weaknesses(tool: run.name, rule: id) : stated
    }

    private static func id(of rule: String, tool: String) -> String {
        // The parts of a rule's id stay apart.
        let parts = rule.split(separator: "/", omittingEmptySubsequences: false).prefix(8)
        let plain = parts.map { ImportedText.plain(String($0), 100) }.joined(separator: "/")
        return ImportedText.plain(tool.lowercased().replacing(" ", with: "-"), 40) + "/" + plain
    }

    /// What reports say of the rule.
    /// - Parameter finding: one that stands under it.
    package func description(of finding: Finding) -> RuleDescription {
        let tool = attribution.tool
        let weakness = finding.weakness
        return RuleDescription(
            id: id, title: title, languages: [], weakness: weakness, severity: finding.severity,
            confidence: confidence ?? Self.standardConfidence,
            message: message.isEmpty ? "Reported by \(tool), which does not describe the rule." : message,
            remediation: help.isEmpty ? "See what \(tool) says of its rule \(attribution.rule)." : help,
            references: [url, weakness > 0 ? Weakness.url(weakness) : nil].compactMap { $0 }, tool: tool)
    }
}

/// How bad a result is, and how probable, by what a scanner says of it or of its rule.
enum SARIFSeverity {
    /// By `security-severity` (0 to 10, in the bands of CVSS), else by the level; nil where neither is given.
    static func severity(of json: JSON) -> Severity? {
        let properties = json["properties"]
        if let text = properties?["security-severity"]?.numberText, let score = Double(text) {
            switch score {
            case 9...: return .critical
            case 7..<9: return .high
            case 4..<7: return .medium
            case 0..<4 where score > 0: return .low
            default: break
            }
        }
        switch json["level"]?.text ?? json["defaultConfiguration"]?["level"]?.text {
        case "error": return .high
        case "warning": return .medium
        case "note": return .low
        case "none": return .info
        default: return nil
        }
    }

    /// Percent; nil where nothing is said.
    static func confidence(of json: JSON) -> Int? {
        let properties = json["properties"]
        let tags = (properties?["tags"]?.elements ?? []).compactMap { $0.text?.lowercased() }
            .filter { $0.hasSuffix(" confidence") }.map { String($0.dropLast(11)) }
        // Semgrep calls every rule very precise and says in a tag what its author thinks.
        let words =
            tags
            + [properties?["issue_confidence"], properties?["confidence"], properties?["precision"]]
            .compactMap { $0?.text?.lowercased() }
        switch words.first {
        case "very-high": return 90
        case "high": return 75
        case "medium": return 50
        case "low": return 30
        default: return nil
        }
    }
}

/// The weaknesses that a scanner names, in the many ways of doing so.
enum SARIFWeakness {
    /// Of a result or a rule: taxa and relationships first, then properties, then tags. Each once.
    static func all(of json: JSON) -> [Int] {
        var found: [Int] = []
        let entries =
            (json["taxa"]?.elements ?? []) + (json["relationships"]?.elements ?? []).compactMap { $0["target"] }
        for entry in entries.prefix(100) {
            let isCWE = entry["toolComponent"]?["name"]?.text?.uppercased() == "CWE"
            if let id = entry["id"]?.text { found += number(id, isBare: isCWE).map { [$0] } ?? [] }
        }
        let properties = json["properties"]
        for key in ["cwe", "cwe_id", "cweId", "cwes", "CWE", "tags"] {
            guard let value = properties?[key] else { continue }
            let texts = (value.elements ?? [value]).prefix(100).compactMap { $0.numberText ?? $0["id"]?.numberText }
            found += texts.compactMap { number($0, isBare: key != "tags") }
        }
        return found.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// The number in `CWE-79: ...`, `external/cwe/cwe-079` or, where nothing else can be meant, `79`.
    private static func number(_ text: String, isBare: Bool) -> Int? {
        let text = text.prefix(200).lowercased()
        let digits: Substring
        if let mark = text.firstRange(of: "cwe-") ?? text.firstRange(of: "cwe_") ?? text.firstRange(of: "cwe:") {
            digits = text[mark.upperBound...].drop { $0 == " " }.prefix { $0.isASCII && $0.isNumber }
        } else if isBare {
            digits = text.prefix { $0.isASCII && $0.isNumber }
        } else {
            return nil
        }
        guard digits.count <= 6, let number = Int(digits), number > 0 else { return nil }
        return number
    }
}
