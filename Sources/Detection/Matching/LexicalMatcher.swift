import OrchestratorCore

/// Tries a lexical rule on the lines where its gate literals stand.
struct LexicalMatcher {
    let match: LexicalMatch
    let lines: LineTable
    let scratch: PatternScratch

    /// Longest stretch searched at once: in a minified file, the surroundings of the literal.
    private static let longestStretch = 4096

    /// The matches near the offsets, each once, in document order.
    func candidates(_ rule: Int, near offsets: [Int]) -> [Candidate] {
        var found: [Candidate] = []
        var previous = 0..<0
        for offset in offsets {
            let stretch = stretch(around: offset)
            // Windows may overlap, and a match may begin in one and end in the next: only what was found is passed over.
            guard stretch != previous else { continue }
            previous = stretch
            search(stretch, from: max(stretch.lowerBound, found.last?.range.upperBound ?? 0), rule, &found)
        }
        return found
    }

    private func stretch(around offset: Int) -> Range<Int> {
        let first = lines.line(at: offset)
        let last = min(first + match.window - 1, lines.count)
        let whole = lines.range(of: first).lowerBound..<lines.range(of: last).upperBound
        guard whole.count > Self.longestStretch else { return whole }
        let half = Self.longestStretch / 2
        return max(whole.lowerBound, offset - half)..<min(whole.upperBound, offset + half)
    }

    private func search(_ stretch: Range<Int>, from start: Int, _ rule: Int, _ found: inout [Candidate]) {
        let text = UnsafeBufferPointer(rebasing: lines.bytes[stretch])
        guard start < stretch.upperBound else { return }
        var position = start - stretch.lowerBound
        while let groups = scratch.firstMatch(of: match.pattern, in: text, from: position), let whole = groups[0] {
            position = max(whole.upperBound, position + 1)
            let secret = secretRange(groups)
            guard accepts(secret, in: text), !isExcused(whole, in: text) else { continue }
            let offset = stretch.lowerBound
            found.append(
                Candidate(
                    rule: rule, range: whole.shifted(by: offset), symbol: "",
                    secrets: secret.map { [$0.shifted(by: offset)] } ?? []))
        }
    }

    private func secretRange(_ groups: [Range<Int>?]) -> Range<Int>? {
        guard let group = match.pattern.group("secret"), group < groups.count, let secret = groups[group] else {
            return match.secret == nil ? nil : groups[0]
        }
        return secret
    }

    private func accepts(_ secret: Range<Int>?, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let check = match.secret, let secret else { return true }
        return check.accepts(UnsafeBufferPointer(rebasing: text[secret]))
    }

    /// True where an `unless` pattern matches the line the match begins on.
    private func isExcused(_ whole: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard !match.unless.isEmpty else { return false }
        let before = text[..<whole.lowerBound].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let after = text[whole.lowerBound...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
        let line = UnsafeBufferPointer(rebasing: text[before..<max(after, whole.upperBound)])
        return match.unless.contains { scratch.matches($0, line) }
    }
}

extension Range<Int> {
    func shifted(by offset: Int) -> Range<Int> { lowerBound + offset..<upperBound + offset }
}
