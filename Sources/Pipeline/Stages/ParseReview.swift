import Detection
package import OrchestratorCore
import Rules
import Store

/// Turns answers into findings: each quote is looked for in what was sent, and what is left is merged with the analyzer's.
package struct ParseReview: Stage {
    let review: ReviewParts
    package let settings: Digest
    let weaknesses: WeaknessCatalogue
    let store: RunStore
    let run: String
    let honoursSuppressions: Bool

    package let name = StageName.parse
    package let version = 1

    /// Percent: a claim of a model alone asks a person to look; it does not fail a control.
    private static let claimConfidence = 30
    /// How much of the remaining doubt an agreement removes, in percent.
    private static let agreementGain = 40
    /// Lines that a claim and a finding may lie apart.
    private static let tolerance = 2

    package func run(_ input: ReviewPlan) async throws -> ReviewSummary {
        var state = State(summary: summary())
        var sources: [Int: SourceFile] = [:]
        try store.forEachFile(run: run) { ordinal, entry in sources[ordinal] = entry.file }
        let key = try review.ledger.stateKey()
        for batch in try store.batches(run: run) { try read(batch, sources, key, &state) }
        let reviews = try record(state)
        try store.recordReviews(reviews, agreements: state.agreements, run: run)
        _ = try store.orderFindings(run: run, honouringSuppressions: honoursSuppressions)
        state.summary.agreements = state.agreements.count
        return state.summary
    }

    private struct State {
        var summary: ReviewSummary
        /// File -> what models claim in it.
        var claims: [Int: [Finding]] = [:]
        var sources: [Int: SourceFile] = [:]
        /// Finding id -> confidence.
        var agreements: [String: Int] = [:]
    }

    private func summary() -> ReviewSummary {
        let model = review.models.first
        return ReviewSummary(
            model: model?.id.description ?? "none",
            priceSource: model?.price.schedule?.source.description ?? "price unknown", budget: review.budgets.run)
    }

    // MARK: Reading

    private func read(
        _ batch: ReviewBatch, _ sources: [Int: SourceFile], _ key: StateKey, _ state: inout State
    ) throws {
        state.summary.chunks += batch.parts.count
        func gap(_ reason: String) {
            for part in batch.parts {
                state.summary.gaps.append(
                    .init(
                        path: part.chunk.path, firstLine: part.chunk.lines.lowerBound,
                        lastLine: part.chunk.lines.upperBound, reason: reason))
            }
        }
        guard batch.state == .answered else { return gap(batch.reason) }
        guard let files = review.files(of: batch, sources, review.reader()) else {
            return gap("changed during the scan")
        }
        let prompt = ReviewPrompt(instructions: review.instructions, files: files)
        guard let completion = try completion(prompt) else { return gap("the answer is gone") }
        let nonce = key.nonce(for: prompt.digest)
        let parser = FindingParser(files: files, canary: ReviewPrompt.canary(nonce), nonce: nonce)
        guard let result = parser.parse(completion) else { return gap("the answer is no JSON of the agreed shape") }
        state.summary.rejected += result.rejected
        if let doubt = result.doubt {
            gap("no proof that it was read: \(doubt)")
        } else {
            state.summary.reviewed += batch.parts.count
        }
        for claim in result.claims {
            let ordinal = batch.parts[claim.file].file
            state.sources[ordinal] = sources[ordinal]
            merge(claim, files[claim.file], ordinal, &state)
        }
    }

    private func completion(_ prompt: ReviewPrompt) throws -> Completion? {
        for model in review.models {
            guard let limits = ReviewSettings(model) else { continue }
            if let known = try review.ledger.completion(prompt.key(model.id, maxOutput: limits.maxOutput)) {
                return known
            }
        }
        return nil
    }

    // MARK: Merging

    /// A claim that the analyzer makes as well raises its confidence; any other becomes a finding of its own.
    private func merge(_ claim: FindingParser.Claim, _ file: ReviewedFile, _ ordinal: Int, _ state: inout State) {
        guard weaknesses[claim.weakness] != nil else {
            state.summary.rejected += 1
            return
        }
        let near = (claim.lines.lowerBound - Self.tolerance)...(claim.lines.upperBound + Self.tolerance)
        let agreeing = review.hints.findings(in: file.path).filter {
            $0.isOpen && isSame($0.weakness, claim.weakness) && near.contains($0.location.startLine)
        }
        for finding in agreeing {
            state.agreements[finding.id] = finding.confidence + (100 - finding.confidence) * Self.agreementGain / 100
        }
        guard agreeing.isEmpty else { return }
        let finding = finding(claim, file, ordinal: state.claims[ordinal]?.count ?? 0)
        guard
            state.claims[ordinal, default: []].allSatisfy({
                $0.location != finding.location || $0.weakness != finding.weakness
            })
        else { return }
        state.claims[ordinal, default: []].append(finding)
        state.summary.claims += 1
    }

    /// Equal, or one directly below the other.
    private func isSame(_ one: Int, _ two: Int) -> Bool {
        one == two || weaknesses[one]?.parent == two || weaknesses[two]?.parent == one
    }

    private func finding(_ claim: FindingParser.Claim, _ file: ReviewedFile, ordinal: Int) -> Finding {
        let shown =
            max(
                file.firstLine, claim.lines.lowerBound - 2)...min(
                file.lastLine, claim.lines.upperBound + 2, claim.lines.lowerBound + 9)
        let lines = Array(file.lines[(shown.lowerBound - file.firstLine)...(shown.upperBound - file.firstLine)])
        let quoted = file.lines[(claim.lines.lowerBound - file.firstLine)...(claim.lines.upperBound - file.firstLine)]
        let rule = ModelRule.description(of: claim.weakness, weaknesses, review.library)
        let mark = FindingFingerprint(
            rule: rule.id, symbol: "", text: quoted.joined(separator: "\n"), ordinal: ordinal, path: file.path)
        let message = [claim.title, claim.why, claim.fix.isEmpty ? "" : "Suggested: " + claim.fix]
            .filter { !$0.isEmpty }.joined(separator: " ")
        return Finding(
            id: mark.id, fingerprint: mark.pathless, rule: rule.id, weakness: claim.weakness, severity: rule.severity,
            confidence: Self.claimConfidence, message: message,
            location: Location(
                path: file.path, startLine: claim.lines.lowerBound, startColumn: 1, endLine: claim.lines.upperBound,
                endColumn: (file.lines[claim.lines.upperBound - file.firstLine].unicodeScalars.count) + 1),
            symbol: "", evidence: Evidence(firstLine: shown.lowerBound, lines: lines.map { String($0.prefix(300)) }),
            suppression: nil)
    }

    // MARK: Recording

    private func record(_ state: State) throws -> [(file: Int, analysis: Int64)] {
        let cache = AnalysisCache(store)
        var reviews: [(file: Int, analysis: Int64)] = []
        for (ordinal, findings) in state.claims.sorted(by: { $0.key < $1.key }) {
            guard let source = state.sources[ordinal] else { continue }
            let key = Digest(parts: ["review", source.path.text] + findings.map { "\($0.id) \($0.message)" })
            let known = try cache.entries([key])[key]
            let entry =
                try known
                ?? cache.record([
                    (
                        key: key, path: source.path,
                        analysis: FileAnalysis(findings: findings, coverage: Coverage(.complete), idleSuppressions: []),
                        links: ""
                    )
                ])[0]
            reviews.append((ordinal, entry.id))
        }
        return reviews
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
