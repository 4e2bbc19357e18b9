package import OrchestratorCore

/// A detection rule as data: what it looks for, what it says about it, and examples that prove both.
package struct Rule: Sendable {
    package let description: RuleDescription
    /// Empty means every text file, whatever its language.
    package var languages: [Language] { description.languages }
    /// Literals of which at least one occurs in every file the rule can match in.
    let gate: Gate
    let match: Match
    package let examples: [Example]

    /// Rules it stands in for: a suppression of one of them holds for it as well.
    var replaced: [String] {
        if case .flow(let flow) = match { flow.replaces } else { [] }
    }

    /// The literals a file must hold before the rule is tried on it. ASCII case is ignored.
    struct Gate: Sendable {
        /// Found only as whole words.
        let words: [String]
        /// Found anywhere.
        let literals: [String]
    }

    enum Match: Sendable {
        /// A tree-sitter query. Findings lie at the capture `@match`, else at the first capture; `@secret` marks what
        /// must never be shown. The predicates are those of `QueryMatcher`.
        case query(source: String, mark: MarkedNode.Mark)
        case lexical(LexicalMatch)
        case flow(FlowRule)
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
}

/// What makes a matched string a secret rather than a word or a placeholder.
struct SecretCheck: Sendable {
    /// Shannon entropy, in hundredths of a bit per character.
    let minimumEntropy: Int
    /// Characters.
    let minimumLength: Int
}
