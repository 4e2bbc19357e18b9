import Foundation
import Ingestion
import OrchestratorCore
import Reporting
import Settings
import Store

/// Builds the parts, hands them to the pipeline, and writes down how it went.
package struct Orchestrator: Sendable {
    private let installation: Installation
    private let progress: any ProgressListener

    package init(_ installation: Installation, progress: any ProgressListener = NoProgress()) {
        self.installation = installation
        self.progress = progress
    }

    /// Scans a folder and writes the reports. An unfinished run over the same content with the same settings and rules
    /// is taken up where it stopped.
    /// - Throws: the errors of the targets for what keeps a scan from being done; `CancellationError`, after which the
    ///   same scan goes on from what was recorded.
    package func scan(_ request: ScanRequest) async throws -> ScanOutcome {
        let (parts, run, resumed, report) = try await examine(request)
        let written = try ReportRendering(report, templates: parts.templates, selection: request.selection)
            .write(into: parts.out.path, progress: progress)
        let finished = try parts.store.finish(
            run, at: report.header.run.finishedAt, exitCode: report.header.run.exitCode)
        return outcome(finished, report.header, parts.out, written, resumed: resumed)
    }

    /// Scans a folder and lists its open findings for later scans to pass over; writes no reports.
    /// Throws like `scan`.
    package func baseline(
        _ request: ScanRequest
    ) async throws -> (text: String, findings: Int, exitCode: ExitStatus) {
        let (parts, run, _, report) = try await examine(request)
        var open: [Finding] = []
        try report.forEachFinding { if $0.isOpen { open.append($0) } }
        let code = report.header.run.exitCode
        _ = try parts.store.finish(run, at: report.header.run.finishedAt, exitCode: code)
        let text = BaselineFile.text(
            open, target: run.repository.name, commit: run.repository.revision?.commit)
        return (text, open.count, ExitStatus(rawValue: Int32(code)) ?? .internalError)
    }

    private func examine(
        _ request: ScanRequest
    ) async throws -> (parts: ScanParts, run: RunRecord, resumed: Bool, report: StoredReport) {
        let (parts, run, resumed, pipeline, target) = try await prepare(request)
        let manifest = try await pipeline.run(target.repository)
        let now = Clock.now
        let failOn = parts.configuration.failOn
        let report = try StoredReport(
            parts.store, run: run, manifest: manifest, ruleSets: parts.ruleSets, finishedAt: now,
            exitCode: { Int(Self.exitStatus($0, manifest, failOn: failOn).rawValue) })
        return (parts, run, resumed, report)
    }

    /// What a scan would ask of models and what it would cost; empty where none may be asked. Sends nothing; the same scan
    /// goes on from here. Throws like `scan`.
    package func plan(_ request: ScanRequest) async throws -> ScanPlan {
        let (parts, run, _, pipeline, target) = try await prepare(request)
        let estimates = try await pipeline.estimate(target.repository)
        return ScanPlan(
            runID: run.id, estimates: estimates, notices: parts.review?.notices ?? [],
            counter: parts.review?.counter.title, budgets: request.configuration.budgets)
    }

    /// Writes the prompts that the first model would be sent to a file. Sends nothing; the same scan goes on from here.
    /// Throws like `scan`, and `BatchFileError`.
    package func exportBatch(_ request: ScanRequest, to file: String) async throws -> OfflineBatch.Export {
        try await offlineBatch(request, file).export(to: file)
    }

    /// Enters the answers of a file into the account of the run that a scan would take up. Throws like `scan`,
    /// `BatchFileError` at the first line that cannot be used and `incomplete` where a budget has no room; what stands
    /// before is entered.
    package func importBatch(_ request: ScanRequest, from file: String) async throws -> OfflineBatch.Import {
        try await offlineBatch(request, file).importAnswers(from: file)
    }

    private func offlineBatch(_ request: ScanRequest, _ file: String) async throws -> OfflineBatch {
        try OfflineBatch.refuse(file, inside: try RootFolder(request.target))
        let (_, _, _, pipeline, target) = try await prepare(request)
        guard let batch = try await pipeline.offlineBatch(target.repository) else {
            throw PipelineError(.badConfiguration, "no model may be asked, so there is nothing for a batch")
        }
        return batch
    }

    private func prepare(
        _ request: ScanRequest
    ) async throws -> (parts: ScanParts, run: RunRecord, resumed: Bool, pipeline: Pipeline, target: Target) {
        let parts = try ScanParts(request, installation)
        let target = try await Target(
            parts.root, policy: Inspector.Policy(parts.configuration), since: request.since,
            ownFolders: [parts.out.path, OutputFolder.absolute(request.state)], jobs: request.jobs, progress: progress)
        if parts.historyKey != nil, target.repository.revision == nil {
            throw PipelineError(
                .badTarget, "--history: \(request.target) is not in a git work tree, so it has no history to search")
        }
        let (run, resumed) = try begin(parts.store, target, try parts.settings(request, target))
        return (
            parts, run, resumed, parts.pipeline(run, target, jobs: request.jobs, progress: progress), target
        )
    }

    /// The newest unfinished run of equal identity, or a new one.
    private func begin(
        _ store: RunStore, _ target: Target, _ settings: RunSettings
    ) throws -> (run: RunRecord, resumed: Bool) {
        let revision = target.repository.revision
        let identity = Digest(parts: [
            "run", target.repository.root, target.digest.description, try settings.canonical, revision?.commit ?? "",
            revision?.branch ?? "", revision?.remote ?? "",
        ])
        if let run = try store.resumable(identity) { return (run, true) }
        let suffix = String(UInt32.random(in: 0..<(1 << 24)), radix: 16)
        let padded = String(repeating: "0", count: 6 - suffix.count) + suffix
        return (
            try store.begin(target.repository, identity: identity, settings: settings, at: Clock.now, suffix: padded),
            false
        )
    }

    private func outcome(
        _ run: RunRecord, _ header: ReportHeader, _ out: OutputFolder, _ written: ReportRendering.Outcome, resumed: Bool
    ) -> ScanOutcome {
        let summary = header.summary
        return ScanOutcome(
            runID: run.id, folder: out.path, reports: written.files, unwritten: written.unwritten, open: summary.open,
            suppressed: summary.suppressed, inHistory: header.historySearch.map { _ in summary.inHistory },
            files: Dictionary(uniqueKeysWithValues: CoverageState.allCases.map { ($0, summary.files($0)) }),
            exitCode: ExitStatus(rawValue: Int32(run.exitCode ?? 4)) ?? .internalError, resumed: resumed)
    }

    private static func exitStatus(
        _ summary: Summary, _ manifest: AssessmentManifest, failOn: Severity?
    ) -> ExitStatus {
        let isGap = manifest.review?.gaps.isEmpty == false || manifest.history?.isIncomplete == true
        if summary.files(.notAssessed) > 0 || isGap { return .incomplete }
        guard let failOn else { return .done }
        return summary.beyondBaseline.contains { $0.key >= failOn && $0.value > 0 } ? .findings : .done
    }
}

/// The time, which `SOURCE_DATE_EPOCH` can fix.
enum Clock {
    static var now: Timestamp {
        let fixed = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"].flatMap { Int64($0) }
        return Timestamp(seconds: fixed ?? Int64(Date().timeIntervalSince1970))
    }

    /// RFC 3339 date.
    static var today: String { String(now.description.prefix(10)) }
}
