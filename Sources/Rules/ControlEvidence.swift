import OrchestratorCore

/// What the facts say about one control.
struct ControlEvidence {
    private(set) var items: [MappedEvidence] = []
    private(set) var open = 0
    private(set) var suppressed = 0
    /// Open findings that fail the control, and their weaknesses.
    private(set) var failing = 0
    private(set) var failingWeaknesses: [Int] = []
    /// Weaknesses mapped with more than weak strength: those that count, and those of them without a rule in some
    /// language in scope in which they can occur.
    private(set) var counted: [Int] = []
    private(set) var uncovered: [Int] = []
    /// The languages in which the uncovered have no rule, by title.
    private(set) var gaps: [String] = []
    /// Those that do not count: general entries, and what cannot occur in any language in scope.
    private(set) var general: [Int] = []
    private(set) var elsewhere: [Int] = []
    /// The rules that looked for what counts, by id.
    private(set) var rules: [String] = []

    init(_ control: Control, _ facts: ControlMapper.Facts) {
        var rules: Set<String> = []
        var gaps: Set<Language> = []
        for (weakness, mapping) in Self.firmest(control.mappings) {
            let tally = facts.findings[weakness] ?? ControlMapper.Tally()
            let found = tally.confirmed + tally.doubtful
            open += found
            suppressed += tally.suppressed
            if found > 0 {
                items.append(
                    MappedEvidence(
                        weakness: weakness, strength: mapping.strength, source: mapping.source, openFindings: found))
            }
            guard mapping.strength > .weak else { continue }
            if tally.confirmed > 0 {
                failing += tally.confirmed
                failingWeaknesses.append(weakness)
            }
            count(weakness, facts, &rules, &gaps)
        }
        self.rules = rules.sorted()
        self.gaps = gaps.map(\.title).sorted()
    }

    /// Several sources may map one weakness: the firmest counts. Ascending by weakness.
    private static func firmest(_ mappings: [Mapping]) -> [(key: Int, value: Mapping)] {
        var best: [Int: Mapping] = [:]
        for mapping in mappings {
            if let known = best[mapping.weakness], known.strength >= mapping.strength { continue }
            best[mapping.weakness] = mapping
        }
        return best.sorted { $0.key < $1.key }
    }

    private mutating func count(
        _ number: Int, _ facts: ControlMapper.Facts, _ rules: inout Set<String>, _ gaps: inout Set<Language>
    ) {
        let weakness = facts.weaknesses[number]
        if weakness?.isGeneral == true { return general.append(number) }
        let languages = facts.languages.keys.filter { weakness?.languages?.contains($0) ?? true }
        if languages.isEmpty, !facts.languages.isEmpty { return elsewhere.append(number) }
        counted.append(number)
        let known = facts.rules[number] ?? []
        for rule in known where languages.contains(where: rule.covers) { rules.insert(rule.id) }
        let missing = languages.filter { language in !known.contains { $0.covers(language) } }
        if !missing.isEmpty { uncovered.append(number) }
        gaps.formUnion(missing)
    }
}
