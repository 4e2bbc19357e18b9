import Detection
import OrchestratorCore
import Rules
import Store

/// Merges what models claim with what the analyzer found: agreement makes surer, contradiction is shown, and a claim of a
/// model alone asks a person to look.
struct ClaimMerge {
    private let review: ReviewParts
    private let matcher: ClaimMatcher
    var summary: ReviewSummary
    /// File -> what models claim in it.
    private(set) var claims: [Int: [Finding]] = [:]
    /// Finding id -> confidence.
    private(set) var agreements: [String: Int] = [:]

    /// Percent: a claim of a model alone does not fail a control.
    private static let claimConfidence = 30
    private static let refutedConfidence = 10
    /// How much of the remaining doubt an agreement removes, in percent.
    private static let agreementGain = 40

    init(_ review: ReviewParts, _ matcher: ClaimMatcher, _ summary: ReviewSummary) {
        self.review = review
        self.matcher = matcher
        self.summary = summary
    }

    /// Percent, when somebody else says the same.
    static func surer(_ confidence: Int) -> Int { confidence + (100 - confidence) * agreementGain / 100 }

    /// A claim that the analyzer makes as well raises its confidence; any other becomes a finding of its own.
    mutating func add(
        _ claim: ChunkAnswer.Claim, _ answer: ChunkAnswer, _ part: ReviewBatch.Part, _ file: ReviewedFile
    ) throws {
        guard matcher.weaknesses[claim.weakness] != nil, claim.lastLine < file.lines.count else {
            summary.rejected += 1
            return
        }
        let agreeing = matcher.agreeing(claim, in: part)
        for finding in agreeing where agreements[finding.id] == nil {
            agreements[finding.id] = Self.surer(finding.confidence)
            summary.agreements += 1
        }
        guard agreeing.isEmpty else { return }
        let finding = finding(claim, answer, try verdict(claim, part), file, ordinal: claims[part.file]?.count ?? 0)
        let isNew = claims[part.file, default: []].allSatisfy {
            $0.location != finding.location || $0.weakness != finding.weakness
        }
        guard isNew else { return }
        claims[part.file, default: []].append(finding)
        summary.claims += 1
    }

    /// Notes the analyzer's findings in a chunk that a model has provably read and does not report.
    mutating func unconfirmed(by answer: ChunkAnswer, _ choice: ChosenAnswers.Choice) {
        guard answer.isProven, choice.staleSince == nil else { return }
        let said = Set(answer.claims.flatMap { matcher.agreeing($0, in: choice.part) }.map(\.id))
        let inside = matcher.hints.findings(in: choice.part.chunk.path).filter {
            $0.isOpen && choice.part.chunk.lines.contains($0.location.startLine) && !said.contains($0.id)
        }
        summary.unconfirmed += inside.map { finding in
            ReviewSummary.Gap(
                path: finding.location.path, firstLine: finding.location.startLine,
                lastLine: finding.location.endLine, reason: "\(finding.rule): not reported by \(answer.model)")
        }
    }

    private mutating func verdict(_ claim: ChunkAnswer.Claim, _ part: ReviewBatch.Part) throws -> ClaimVerdict? {
        guard let verifier = review.verifier else { return nil }
        let key = part.key(claim, verifier: verifier.id, instructions: review.verifyDigest)
        guard let verdict = try review.ledger.verdicts([key])[key] else { return nil }
        switch verdict.ruling {
        case .confirmed: summary.confirmed += 1
        case .refuted: summary.refuted += 1
        case .unsure: break
        }
        return verdict
    }

    private func finding(
        _ claim: ChunkAnswer.Claim, _ answer: ChunkAnswer, _ verdict: ClaimVerdict?, _ file: ReviewedFile, ordinal: Int
    ) -> Finding {
        let lines = claim.firstLine...claim.lastLine
        let shown =
            max(
                0, lines.lowerBound - 2)...min(
                file.lines.count - 1, lines.upperBound + 2, lines.lowerBound + 9)
        let rule = ModelRule.description(of: claim.weakness, matcher.weaknesses, review.library)
        let mark = FindingFingerprint(
            rule: rule.id, symbol: "", text: file.lines[lines].joined(separator: "\n"), ordinal: ordinal,
            path: file.path)
        return Finding(
            id: mark.id, fingerprint: mark.pathless, rule: rule.id, weakness: claim.weakness, severity: rule.severity,
            confidence: Self.confidence(verdict), message: Self.message(claim, answer, verdict),
            location: Location(
                path: file.path, startLine: file.firstLine + lines.lowerBound, startColumn: 1,
                endLine: file.firstLine + lines.upperBound,
                endColumn: file.lines[lines.upperBound].unicodeScalars.count + 1),
            symbol: "",
            evidence: Evidence(
                firstLine: file.firstLine + shown.lowerBound, lines: file.lines[shown].map { String($0.prefix(300)) }),
            suppression: nil)
    }

    private static func confidence(_ verdict: ClaimVerdict?) -> Int {
        switch verdict?.ruling {
        case .confirmed: surer(claimConfidence)
        case .refuted: refutedConfidence
        case .unsure, nil: claimConfidence
        }
    }

    private static func message(
        _ claim: ChunkAnswer.Claim, _ answer: ChunkAnswer, _ verdict: ClaimVerdict?
    ) -> String {
        let second: String? = verdict.map { verdict in
            let says =
                switch verdict.ruling {
                case .confirmed: "confirms it"
                case .refuted: "contradicts it"
                case .unsure: "cannot tell"
                }
            return "\(verdict.model), asked to check the claim of \(answer.model), \(says): \(verdict.why)"
        }
        return [claim.title, claim.why, claim.fix.isEmpty ? "" : "Suggested: " + claim.fix, second ?? ""]
            .filter { !$0.isEmpty }.joined(separator: " ")
    }
}

/// The rule that a finding of a model stands under: one per weakness.
enum ModelRule {
    static let prefix = "model-cwe-"

    static func description(
        of weakness: Int, _ weaknesses: WeaknessCatalogue, _ library: DetectionLibrary
    ) -> RuleDescription {
        let name = weaknesses[weakness]?.name ?? "weakness"
        // As severe as the worst rule for the same weakness; medium where there is none.
        let severity = library.book.descriptions.filter { $0.weakness == weakness }.map(\.severity).max() ?? .medium
        return RuleDescription(
            id: prefix + String(weakness), title: "Reported by a model: \(name)", languages: [], weakness: weakness,
            severity: severity, confidence: 30,
            message: "A model read the code and reported this with the quoted evidence. Nobody has confirmed it.",
            remediation: "Read the place and decide; each finding below says what the model suggests.",
            references: [Weakness.url(weakness)])
    }
}
