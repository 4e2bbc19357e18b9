package import OrchestratorCore
package import Rules
import Store

/// A scan, from a walked target to a report. Read this file first.
///
/// Stages hand on small manifests of what lies in the store; the journal skips those that a killed run had finished. The
/// review is the model's part (plan, complete, verify, parse in `Review`); a scan without a model goes straight on.
package struct Pipeline: Sendable {
    let walk: RecordFiles  // Repository        -> FileManifest        what is in scope, and why the rest is not
    let detect: DetectWeaknesses  // FileManifest      -> DetectionManifest   the embedded analyzer: free, cached
    let review: Review?  // DetectionManifest -> ReviewSummary       the only part that spends money
    let imports: MergeImports?  // what other scanners found, merged with the findings; nil where nothing was imported
    let history: SearchHistory?  // DetectionManifest -> HistorySearch       secrets gone from the tree
    let decide: DecideFindings  // ExaminedManifest  -> DecidedManifest     what people decided about findings
    let track: TrackFindings  // DecidedManifest   -> RunHistory          what is new, fixed, reopened
    let map: MapControls  // ExaminedManifest  -> AssessmentManifest  findings and coverage -> control statuses
    let journal: Journal

    /// Throws what stages throw; `CancellationError` leaves everything recorded so far for the next run.
    package func run(_ repository: Repository) async throws -> AssessmentManifest {
        let files = try await journal.checkpoint(walk, repository)
        let findings = try await journal.checkpoint(detect, files)
        let review = try await review?.run(findings, journal)
        let imports = try imports?.merge()
        var examined = ExaminedManifest(detection: findings, review: review, imports: imports)
        if let history { examined.history = try await journal.checkpoint(history, findings) }
        let decided = try await journal.checkpoint(decide, examined)
        _ = try await journal.checkpoint(track, decided)
        return try await journal.checkpoint(map, decided.examined)
    }

    /// What asking models would cost. Nothing is sent, and a scan of the same content goes on from here.
    package func estimate(_ repository: Repository) async throws -> [ModelEstimate] {
        let files = try await journal.checkpoint(walk, repository)
        let findings = try await journal.checkpoint(detect, files)
        return try await review?.estimates(findings, journal) ?? []
    }

    /// The prompts that a scan would send, for a batch by hand; nil where no model may be asked. A scan goes on from here.
    package func offlineBatch(_ repository: Repository) async throws -> OfflineBatch? {
        let files = try await journal.checkpoint(walk, repository)
        let findings = try await journal.checkpoint(detect, files)
        return try await review?.offlineBatch(findings, journal)
    }
}

/// The files of a run.
package struct FileManifest: Sendable, Codable {
    package let count: Int
    package let digest: Digest
}

/// What the analyzer said of every file of a run.
package struct DetectionManifest: Sendable, Codable {
    package let findings: Int
    /// Over the coverage and the analysis of every file.
    package let digest: Digest
}

/// What analyzer and model said of a run.
package struct ExaminedManifest: Sendable, Codable {
    package let detection: DetectionManifest
    /// Nil for a scan without a model.
    package let review: ReviewSummary?
    /// Nil where nothing was imported.
    let imports: MergeImports.Outcome?
    /// Nil where the commits behind the tree were not searched.
    package var history: HistorySearch?

    init(detection: DetectionManifest, review: ReviewSummary?, imports: MergeImports.Outcome?) {
        self.detection = detection
        self.review = review
        self.imports = imports
    }
}

/// What the report needs to know besides the rows in the store.
package struct AssessmentManifest: Sendable, Codable {
    /// The rules that found something, by id, as they were then.
    package let rules: [RuleDescription]
    /// The weaknesses found, by number.
    package let weaknesses: [Weakness]
    package let target: Digest
    package let review: ReviewSummary?
    /// Whether data-protection rules bind, and what was observed besides weaknesses; nil in records of earlier versions.
    package let personalData: ControlMapper.PersonalData?
    package let observed: [ObservedKind]?
    package let imports: ImportSummary?
    package let history: HistorySearch?
}
