package import OrchestratorCore

/// A detection rule as data: what it looks for, what it says about it, and examples that prove both.
package struct Rule: Sendable {
    package private(set) var description: RuleDescription
    /// Empty means every text file, whatever its language.
    package var languages: [Language] { description.languages }
    /// Literals of which at least one occurs in every file the rule can match in.
    let gate: Gate
    let match: Match
    package let examples: [Example]
    /// What the rule promises on labelled code; nil where it promises nothing.
    package var floor: Floor?

    /// True where it needs no syntax tree.
    package var isLexical: Bool { if case .lexical = match { true } else { false } }

    /// The same rule, counted like one that looks for a weakness.
    package var asSecurity: Rule {
        var rule = self
        rule.description = description.asSecurity
        return rule
    }

    /// True where it looks for a secret by its text alone.
    package var findsSecrets: Bool { if case .lexical(let lexical) = match { lexical.secret != nil } else { false } }

    /// What is verified of a secret besides its shape; nil where nothing is.
    package var checksum: SecretChecksum? {
        if case .lexical(let lexical) = match { lexical.secret?.checksum } else { nil }
    }

    /// Rules it stands in for: a suppression of one of them holds for it as well.
    var replaced: [String] {
        switch match {
        case .flow(let flow): flow.replaces
        case .memory(let memory): memory.replaces
        default: []
        }
    }

    /// The literals a file must hold before the rule is tried on it. ASCII case is ignored.
    struct Gate: Sendable {
        /// Found only as whole words.
        let words: [String]
        /// Found anywhere.
        let literals: [String]

        func entries(tag: Int) -> [LiteralAutomaton.Entry] {
            words.map { .init(literal: Array($0.utf8), tag: tag, wholeWord: true) }
                + literals.map { .init(literal: Array($0.utf8), tag: tag, wholeWord: false) }
        }
    }

    enum Match: Sendable {
        /// A tree-sitter query. Findings lie at the capture `@match`, else at the first capture; `@secret` marks what
        /// must never be shown. The predicates are those of `QueryMatcher`.
        case query(source: String, mark: MarkedNode.Mark)
        case lexical(LexicalMatch)
        case flow(FlowRule)
        case memory(MemoryRule)
    }

    /// Shares from 0 to 1 of labelled cases, under which the rule counts as broken.
    package struct Floor: Sendable {
        /// Of the cases it reports, those that are real.
        package let precision: Double?
        /// Of the real cases of its weakness in its languages, those it reports.
        package let recall: Double?
    }

    /// Source that the rule must (or must not) find something in.
    package struct Example: Sendable {
        package let isVulnerable: Bool
        package let code: String
        package let language: Language
        package let mark: MarkedNode.Mark
    }
}

/// A pattern searched for in the lines around a gate literal.
struct LexicalMatch: Sendable {
    let pattern: Pattern
    /// A match is dropped where one of these matches its line.
    let unless: [Pattern]
    /// Lines searched from the gate literal's line on.
    let window: Int
    /// Set where the group `secret` must look like a real secret.
    let secret: SecretCheck?
    /// Set where it matters only under a setting of the project.
    var setting: ProjectSetting?
}

/// What makes a matched string a secret rather than a word or a placeholder.
struct SecretCheck: Sendable {
    /// Shannon entropy, in hundredths of a bit per character.
    let minimumEntropy: Int
    /// Characters.
    let minimumLength: Int
    /// What the text must fulfil besides; nil where its issuer builds nothing in.
    var checksum: SecretChecksum?
}
