import Detection
package import OrchestratorCore
package import Store

extension RunLibrary {
    /// The day by which exceptions are judged, as `2027-03-31`.
    package static var today: String { Clock.now.date }

    /// Exceptions with the number of findings of a run that each speaks of. Throws `unknownRun`.
    package func matched(_ exceptions: [AppliedException], in id: String) throws -> [AppliedException] {
        let (run, store) = try run(id)
        let matcher = ExceptionMatcher(exceptions.map(\.entry))
        var counts = Array(repeating: 0, count: exceptions.count)
        try store.forEachFinding(run: run.id, honouringSuppressions: false) { finding in
            for entry in matcher.entries(for: finding) { counts[entry] += 1 }
        }
        return zip(exceptions, counts).map {
            AppliedException(entry: $0.entry, standing: $0.standing, matched: $1)
        }
    }

    /// What a run found that an earlier one did not, and the other way round. Where both runs had other rules, those of
    /// this installation are taken for the later run's.
    /// - Throws: `unknownRun` where one of them did not finish, or they are of different targets.
    package func difference(_ earlier: String, _ later: String, _ installation: Installation) throws -> RunDifference {
        let (before, _) = try run(earlier)
        let (after, store) = try run(later)
        for run in [before, after] where run.state != .finished {
            throw PipelineError(.unknownRun, "the run \(run.id) is \(run.state.rawValue); only finished runs compare")
        }
        guard before.repository.root == after.repository.root else {
            throw PipelineError(
                .unknownRun,
                "the runs \(before.id) and \(after.id) are of different targets: \(before.repository.root) and \(after.repository.root)"
            )
        }
        var comparison = RunStore.Comparison()
        if before.settings.detectionRules != after.settings.detectionRules {
            comparison.rules = try DetectionLibrary(installation, disabled: []).book.descriptions.map(\.id)
        }
        let manifest = try Journal(store, run: after).output(AssessmentManifest.self, of: .map)
        let review = manifest?.review
        comparison.searchedHistory = manifest?.history?.isIncomplete == false
        comparison.wasReviewed = review.map { $0.scope == nil } ?? false
        comparison.unread = review?.gaps.map(\.path) ?? []
        let (changes, gone) = try store.differences(of: after, since: before, comparison)
        return RunDifference(before: before, after: after, changes: changes, gone: gone)
    }
}

/// What two runs of one target found differently.
package struct RunDifference: Sendable {
    package let before: RunRecord
    package let after: RunRecord
    /// New, reopened and changed findings, in the order of the report.
    package let changes: [Finding]
    package let gone: [GoneFinding]

    package func count(_ state: FindingState) -> Int { changes.count { $0.track?.state == state } }
}
