import Detection
package import OrchestratorCore
import Rules
import Store

/// Turns the findings and the coverage of a run into a status per control.
package struct MapControls: Stage {
    let library: DetectionLibrary
    let ruleSets: [RuleSet]
    let weaknesses: WeaknessCatalogue
    let personalData: ControlMapper.PersonalData
    let honoursSuppressions: Bool
    let target: Digest
    let store: RunStore
    let run: String
    let progress: any ProgressListener

    package let name = StageName.map
    package let version = 2

    package var settings: Digest {
        Digest(
            parts: ruleSets.map(\.digest.description) + [personalData.rawValue, String(honoursSuppressions)])
    }

    package func run(_ input: ExaminedManifest) async throws -> AssessmentManifest {
        progress.began(.map, total: nil)
        var tallies: [Int: ControlMapper.Tally] = [:]
        var rules: Set<String> = []
        try store.forEachFinding(run: run, honouringSuppressions: honoursSuppressions) { finding in
            tallies[finding.weakness, default: ControlMapper.Tally()].add(finding)
            rules.insert(finding.rule)
        }
        var observed = ObservationSummary(library.observations)
        try store.forEachObservation(run: run) { observed.add($0, $1) }
        let applies = observed.personalData(declared: personalData)
        let mapper = ControlMapper(
            ControlMapper.Facts(
                findings: tallies, languages: try languages(), rules: library.coverage,
                weaknesses: weaknesses, personalData: applies))
        try store.recordAssessments(ruleSets.flatMap(mapper.assess), run: run)
        progress.ended(.map)
        return AssessmentManifest(
            rules: (descriptions(of: rules, Set(tallies.keys)) + imported(input, rules)).sorted { $0.id < $1.id },
            weaknesses: tallies.keys.sorted().filter { $0 > 0 }.map(weakness), target: target,
            review: input.review, personalData: applies, observed: observed.kinds, imports: input.imports?.summary,
            history: input.history)
    }

    /// The rules that found something, models' among them.
    private func descriptions(of ids: Set<String>, _ found: Set<Int>) -> [RuleDescription] {
        let models = found.filter { ids.contains(ModelRule.prefix + String($0)) }
            .map { ModelRule.description(of: $0, weaknesses, library) }
        return library.book.descriptions.filter { ids.contains($0.id) } + models
    }

    /// Rules of other scanners never help to satisfy a control: nobody knows what they looked at.
    private func imported(_ input: ExaminedManifest, _ ids: Set<String>) -> [RuleDescription] {
        (input.imports?.rules ?? []).filter { ids.contains($0.id) }
    }

    private func weakness(_ id: Int) -> Weakness {
        weaknesses[id] ?? Weakness(id: id, name: "", checkType: .codeCompliance, parent: nil)
    }

    /// The languages in scope that can do something, and whether every rule ran over all their files.
    private func languages() throws -> [Language: Bool] {
        var languages: [Language: Bool] = [:]
        for count in try store.coverageCounts(run: run) where count.isListed && count.language.kind != .data {
            switch count.reason {
            case .complete, .carriedOver, .noRules: languages[count.language] = languages[count.language] ?? true
            case .lexicalOnly, .unchangedSince, .tooLarge: languages[count.language] = false
            default: if count.reason.state == .notAssessed { languages[count.language] = false }
            }
        }
        return languages
    }
}
