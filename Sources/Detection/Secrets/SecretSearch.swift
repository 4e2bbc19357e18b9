package import OrchestratorCore

/// Looks for secrets alone, in text that need not be in the tree any more. One search serves one task at a time; all of
/// them share a `RuleBook`.
package final class SecretSearch {
    private let book: RuleBook
    private let redactor: Redactor
    private let key: StateKey
    private let scratch = PatternScratch()

    /// - Parameters:
    ///   - book: rules that find secrets; see `RuleBook.secrets`.
    ///   - key: makes the marks by which a secret is known again.
    package init(book: RuleBook, redactor: Redactor, key: StateKey) {
        self.book = book
        self.redactor = redactor
        self.key = key
    }

    /// What stands in a text, in document order. Text is UTF-8 or unknown bytes.
    package func secrets(
        in bytes: UnsafeBufferPointer<UInt8>, path: RepositoryPath, language: Language
    ) -> SearchedVersion {
        let rules = book.rules(for: language)
        let gate = GateHits(rules, bytes)
        guard !gate.offsets.isEmpty else { return SearchedVersion(reason: .complete, secrets: []) }
        scratch.resetLimit()
        let lines = LineTable(bytes)
        let candidates = candidates(rules, gate, lines)
        var comments = SuppressionComments(offsets: gate.suppressions, lines: lines)
        let writer = FindingWriter(
            rules: rules.rules, lines: lines, path: path, language: language, redactor: redactor, scratch: scratch)
        let found = writer.findings(of: candidates, &comments).compactMap { finding, candidate in
            candidate.secrets.first.map { PastSecret(finding: finding, mark: mark(of: $0, bytes)) }
        }
        return SearchedVersion(reason: scratch.limitExceeded ? .ruleLimit : .complete, secrets: found)
    }

    /// The marks of every secret in a text.
    package func marks(in bytes: UnsafeBufferPointer<UInt8>, language: Language) -> Set<String> {
        let rules = book.rules(for: language)
        let gate = GateHits(rules, bytes)
        guard !gate.offsets.isEmpty else { return [] }
        scratch.resetLimit()
        return Set(
            candidates(rules, gate, LineTable(bytes)).flatMap(\.secrets).map { mark(of: $0, bytes) })
    }

    private func candidates(_ rules: LanguageRules, _ gate: GateHits, _ lines: LineTable) -> [Candidate] {
        gate.offsets.flatMap { index, offsets -> [Candidate] in
            guard case .lexical(let match) = rules.rules[index].match else { return [] }
            return LexicalMatcher(match: match, lines: lines, scratch: scratch).candidates(index, near: offsets)
        }
    }

    private func mark(of secret: Range<Int>, _ bytes: UnsafeBufferPointer<UInt8>) -> String {
        key.nonce(for: Digest(of: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[secret]))))
    }
}

extension RuleBook {
    /// Its rules that find secrets by their text alone.
    package var secrets: RuleBook {
        get throws(DetectionError) { try RuleBook(rules.filter(\.findsSecrets)) }
    }
}
