package import OrchestratorCore
import Synchronization
package import SyntaxTree

/// Every enabled rule, sorted by the languages it applies to.
///
/// Thread-safe. Queries are compiled when a file first needs them: most scans need few.
package final class RuleBook: Sendable {
    package let rules: [Rule]
    private let perLanguage = Mutex<[Language: LanguageRules]>([:])

    /// Throws `duplicateRule` where an id occurs twice.
    package init(_ rules: [Rule]) throws(DetectionError) {
        var seen: Set<String> = []
        for rule in rules where !seen.insert(rule.description.id).inserted {
            throw DetectionError(.duplicateRule, "the rule '\(rule.description.id)' is defined twice")
        }
        self.rules = rules.sorted { $0.description.id < $1.description.id }
    }

    /// What the rules are about, by id.
    package var descriptions: [RuleDescription] { rules.map(\.description) }

    package func rules(for language: Language) -> LanguageRules {
        perLanguage.withLock { table in
            if let known = table[language] { return known }
            let fresh = LanguageRules(
                language: language, rules: rules.filter { $0.languages.isEmpty || $0.languages.contains(language) })
            table[language] = fresh
            return fresh
        }
    }
}

extension RuleBook {
    /// What data-flow rules call the places where values come in from outside the program.
    package var outsideSources: Set<String> {
        let sources = rules.flatMap { rule -> [FlowKnowledge.Source] in
            if case .flow(let flow) = rule.match { flow.knowledge.sources } else { [] }
        }
        return Set(sources.filter { Self.outside.contains($0.kind) }.map(\.note))
    }

    /// Kinds of source that whoever reaches the program decides about; not the program's own weak numbers, files,
    /// arguments or environment.
    private static let outside: Set<String> = [
        "user", "request", "address", "header", "cookie", "upload", "message", "network",
    ]

    /// Compiles every query of a language, which scanning does only when a file first needs it. Throws `badQuery`.
    package func compileAll(_ language: Language, _ grammar: Grammar) throws(DetectionError) {
        let rules = rules(for: language)
        for index in rules.rules.indices { _ = try rules.matcher(index, grammar: grammar) }
    }
}

/// The rules that apply to files of one language, behind one automaton.
package final class LanguageRules: Sendable {
    package let language: Language
    package let rules: [Rule]
    let automaton: LiteralAutomaton
    private let queries = Mutex<[Int: QueryMatcher]>([:])

    /// The data-flow rules, if there are any.
    let flows: FlowBook?

    /// What the automaton reports for a suppression comment, and for a word that sources need.
    static let suppressionTag = -1
    static let sourceTag = -2

    init(language: Language, rules: [Rule]) {
        self.language = language
        self.rules = rules
        let gates = rules.enumerated().flatMap { index, rule in rule.gate.entries(tag: index) }
        let flows = rules.enumerated().compactMap { index, rule -> (index: Int, rule: FlowRule)? in
            if case .flow(let flow) = rule.match { (index, flow) } else { nil }
        }
        self.flows = flows.isEmpty ? nil : FlowBook(flows)
        let words = Set(self.flows?.knowledge.flatMap(\.words) ?? []).sorted()
        let sources = words.map {
            LiteralAutomaton.Entry(literal: Array($0.utf8), tag: Self.sourceTag, wholeWord: true)
        }
        let marker = Array(SuppressionComments.marker.utf8)
        automaton = LiteralAutomaton(
            gates + sources + [.init(literal: marker, tag: Self.suppressionTag, wholeWord: false)])
    }

    /// True where some rule was written for this language, not merely for every text.
    package var hasOwnRules: Bool { rules.contains { !$0.languages.isEmpty } }

    /// The compiled query of a rule. Throws `badQuery` with the rule's place.
    func matcher(_ index: Int, grammar: Grammar) throws(DetectionError) -> QueryMatcher? {
        guard case .query(let source, let mark) = rules[index].match else { return nil }
        if let known = queries.withLock({ $0[index] }) { return known }
        let matcher = try QueryMatcher(source, mark: mark, rule: rules[index].description.id, grammar: grammar)
        return queries.withLock { table in
            let winner = table[index] ?? matcher
            table[index] = winner
            return winner
        }
    }
}
