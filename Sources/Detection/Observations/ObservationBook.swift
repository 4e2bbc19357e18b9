package import OrchestratorCore

/// Everything that can be observed, ready to be looked for. Thread-safe.
package final class ObservationBook: Sendable {
    /// Every kind, by topic and id.
    package let kinds: [ObservationKind]
    /// Names of folders and files whose observations decide nothing.
    package let passedOver: Set<String>
    let book: RuleBook
    /// Rule id -> the id of its kind.
    let kindOfRule: [String: String]

    /// - Throws: `duplicateRule` where two kinds have one id.
    package init(_ files: [ObservationFile]) throws(DetectionError) {
        var kinds: [String: ObservationKind] = [:]
        var kindOfRule: [String: String] = [:]
        var rules: [Rule] = []
        for (number, rule) in files.flatMap(\.rules).enumerated() {
            if let known = kinds.updateValue(rule.kind, forKey: rule.kind.id), known != rule.kind {
                throw DetectionError(.duplicateRule, "the kind '\(rule.kind.id)' is defined twice")
            }
            let id = "\(rule.kind.id)#\(number)"
            kindOfRule[id] = rule.kind.id
            rules.append(Self.rule(id, number, rule))
        }
        self.kinds = kinds.values.sorted { ($0.topic.rawValue, $0.id) < ($1.topic.rawValue, $1.id) }
        self.kindOfRule = kindOfRule
        passedOver = files.reduce(into: []) { $0.formUnion($1.passedOver) }
        book = try RuleBook(rules)
    }

    /// A rule as the analyzer knows them. It keeps one finding per line and weakness, so every rule has a number of its
    /// own.
    private static func rule(_ id: String, _ number: Int, _ rule: ObservationRule) -> Rule {
        Rule(
            description: RuleDescription(
                id: id, title: rule.kind.title, languages: rule.languages, weakness: number, severity: .info,
                confidence: 100, message: "", remediation: "", references: []),
            gate: Rule.Gate(words: [], literals: rule.literals), match: .lexical(rule.match), examples: [])
    }
}

extension ObservationRule {
    /// The first example that the rule does not treat as it says; nil where all hold.
    package var brokenExample: Rule.Example? {
        get throws {
            var file = ObservationFile()
            file.rules = [self]
            let observer = Observer(book: try ObservationBook([file]), redactor: Redactor(forms: [], rules: []))
            return examples.first { example in
                let seen = Array(example.code.utf8).withUnsafeBufferPointer {
                    observer.observations($0, path: RepositoryPath("example"), language: example.language)
                }
                return seen.isEmpty == example.isVulnerable
            }
        }
    }
}

/// Looks for what can be observed in one file at a time. Serves one task.
package final class Observer {
    private let book: ObservationBook
    private let analyzer: Analyzer

    /// Places of one kind kept per file, and characters of a line.
    private static let placesPerFile = 20
    private static let longestLine = 160

    package init(book: ObservationBook, redactor: Redactor) {
        self.book = book
        analyzer = Analyzer(book: book.book, grammars: nil, redactor: redactor)
    }

    /// What a file shows, by line and kind; each kind at most once a line.
    package func observations(
        _ bytes: UnsafeBufferPointer<UInt8>, path: RepositoryPath, language: Language
    ) -> [Observation] {
        var seen: Set<Observation> = []
        var counts: [String: Int] = [:]
        var result: [Observation] = []
        for finding in analyzer.analyse(bytes, path: path, language: language).findings {
            guard let kind = book.kindOfRule[finding.rule] else { continue }
            let observation = Observation(
                kind: kind, line: finding.location.startLine, text: Self.line(finding))
            guard counts[kind, default: 0] < Self.placesPerFile, seen.insert(observation).inserted else { continue }
            counts[kind, default: 0] += 1
            result.append(observation)
        }
        return result.sorted { ($0.line, $0.kind) < ($1.line, $1.kind) }
    }

    private static func line(_ finding: Finding) -> String {
        let index = finding.location.startLine - finding.evidence.firstLine
        guard finding.evidence.lines.indices.contains(index) else { return "" }
        let text = finding.evidence.lines[index].drop(while: \.isWhitespace)
        return text.count > longestLine ? text.prefix(longestLine) + " ..." : String(text)
    }
}
