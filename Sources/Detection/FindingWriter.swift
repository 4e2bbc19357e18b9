import OrchestratorCore

/// Writes up the candidates of one file: one finding per place and weakness, with redacted evidence and stable ids.
struct FindingWriter {
    let rules: [Rule]
    let lines: LineTable
    let path: RepositoryPath
    let redactor: Redactor
    let scratch: PatternScratch
    private let context: PathContext

    /// Lines shown before and after the match, lines shown at most, and bytes shown of a line.
    private static let context = 2
    private static let longestEvidence = 12
    private static let longestLine = 300

    init(
        rules: [Rule], lines: LineTable, path: RepositoryPath, language: Language, redactor: Redactor,
        scratch: PatternScratch
    ) {
        self.rules = rules
        self.lines = lines
        self.path = path
        self.redactor = redactor
        self.scratch = scratch
        context = PathContext(path, language)
    }

    func analysis(of candidates: [Candidate], suppressions: [Int], coverage: Coverage) -> FileAnalysis {
        var comments = SuppressionComments(offsets: suppressions, lines: lines)
        let findings = findings(of: candidates, &comments).map(\.finding)
        return FileAnalysis(findings: findings, coverage: coverage, idleSuppressions: comments.idleOnes)
    }

    /// The findings with the candidates they were made of.
    func findings(
        of candidates: [Candidate], _ comments: inout SuppressionComments
    ) -> [(finding: Finding, candidate: Candidate)] {
        var ordinals: [[String]: Int] = [:]
        // The evidence of one finding may hold the secret of another.
        let secrets = candidates.flatMap(\.secrets)
        return distinct(candidates).map { candidate in
            let text = redacted(candidate.range, hiding: candidate.secrets)
            let rule = rules[candidate.rule].description
            let ordinal = ordinals[[rule.id, candidate.symbol, text], default: 0]
            ordinals[[rule.id, candidate.symbol, text]] = ordinal + 1
            let fingerprint = FindingFingerprint(
                rule: rule.id, symbol: candidate.symbol, text: text, ordinal: ordinal, path: path)
            return (finding(candidate, rule, fingerprint, hiding: secrets, &comments), candidate)
        }
    }

    /// In document order; of several rules that name the same weakness on one line, the surest, and no
    /// advice beside a weakness.
    private func distinct(_ candidates: [Candidate]) -> [Candidate] {
        struct Place: Hashable {
            let line: Int
            let weakness: Int
        }
        var best: [Place: Candidate] = [:]
        for candidate in candidates where !isMadeUp(candidate) {
            let place = Place(
                line: lines.line(at: candidate.range.lowerBound), weakness: rules[candidate.rule].description.weakness)
            if let rival = best[place], !precedes(candidate, rival) { continue }
            best[place] = candidate
        }
        return best.values.sorted {
            ($0.range.lowerBound, $0.range.upperBound, $0.rule) < ($1.range.lowerBound, $1.range.upperBound, $1.rule)
        }
    }

    /// `login(password="hello")` in a test.
    private func isMadeUp(_ candidate: Candidate) -> Bool {
        guard context == .test, !candidate.secrets.isEmpty else { return false }
        return candidate.secrets.allSatisfy {
            Placeholder.isMadeUp(String(decoding: UnsafeBufferPointer(rebasing: lines.bytes[$0]), as: UTF8.self))
        }
    }

    private func precedes(_ one: Candidate, _ two: Candidate) -> Bool {
        let (first, second) = (rules[one.rule].description, rules[two.rule].description)
        if first.category.isAdvice != second.category.isAdvice { return second.category.isAdvice }
        if first.confidence != second.confidence { return first.confidence > second.confidence }
        if first.severity != second.severity { return first.severity > second.severity }
        return (one.range.lowerBound, one.rule) < (two.range.lowerBound, two.rule)
    }

    private func finding(
        _ candidate: Candidate, _ rule: RuleDescription, _ fingerprint: FindingFingerprint,
        hiding secrets: [Range<Int>], _ comments: inout SuppressionComments
    ) -> Finding {
        let location = location(of: candidate.range)
        let doubt = context.doubt(isSecret: !candidate.secrets.isEmpty)
        return Finding(
            id: fingerprint.id, fingerprint: fingerprint.pathless, rule: rule.id, weakness: rule.weakness,
            severity: rule.severity, confidence: rule.confidence / (doubt?.divisor ?? 1),
            message: doubt.map { "\(rule.message) \($0.note)" } ?? rule.message, location: location,
            symbol: candidate.symbol, evidence: evidence(at: location, hiding: secrets),
            flow: candidate.steps.map { FlowStep(location: self.location(of: $0.place), note: $0.note) },
            suppression: comments.suppression(of: [rule.id] + rules[candidate.rule].replaced, at: location.startLine))
    }

    private func location(of place: Candidate.StepPlace) -> Location {
        switch place {
        case .here(let range): location(of: range)
        case .elsewhere(let location): location
        }
    }

    private func location(of range: Range<Int>) -> Location {
        Location(
            path: path, startLine: lines.line(at: range.lowerBound), startColumn: lines.column(at: range.lowerBound),
            endLine: lines.line(at: range.upperBound), endColumn: lines.column(at: range.upperBound))
    }

    /// Secrets may span lines, so the whole stretch is redacted before it is cut into lines.
    private func evidence(at location: Location, hiding secrets: [Range<Int>]) -> Evidence {
        let first = max(1, location.startLine - Self.context)
        let last = min(lines.count, location.endLine + Self.context, first + Self.longestEvidence - 1)
        var shown: [String] = []
        for line in redactedLines(first...max(first, last), hiding: secrets) { shown.append(shorten(line)) }
        while shown.count > 1, shown.last?.isEmpty == true { shown.removeLast() }
        return Evidence(firstLine: first, lines: shown)
    }

    private func redactedLines(_ range: ClosedRange<Int>, hiding secrets: [Range<Int>]) -> [String] {
        let start = lines.range(of: range.lowerBound).lowerBound
        let end = min(lines.range(of: range.upperBound).upperBound, start + Self.longestEvidence * 4096)
        // By bytes: as characters, "\r\n" is one and never equals "\n".
        return redacted(start..<end, hiding: secrets).utf8
            .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0, as: UTF8.self) }
    }

    private func redacted(_ range: Range<Int>, hiding secrets: [Range<Int>]) -> String {
        let known = secrets.filter { $0.overlaps(range) }.map { $0.clamped(to: range).shifted(by: -range.lowerBound) }
        return redactor.redact(UnsafeBufferPointer(rebasing: lines.bytes[range]), known: known, scratch: scratch)
    }

    private func shorten(_ line: String) -> String {
        guard line.utf8.count > Self.longestLine else { return line }
        return line.prefix(Self.longestLine) + " [...]"
    }
}
