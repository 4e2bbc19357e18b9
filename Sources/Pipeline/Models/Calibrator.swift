import Detection
import Foundation
package import OrchestratorCore
import Providers
import Rules
package import Settings
import Store
import Synchronization
import Tokens

/// Measures configured models on the labelled set: the way a scan asks them, under the same budgets.
package struct Calibrator: Sendable {
    private let access: ModelAccess
    private let instructions: String
    private let counter: any TokenCounting
    private let pairs: [CalibrationSet.Pair]
    private let progress: any ProgressListener

    /// Lines that a claim and the labelled weakness may lie apart.
    private static let tolerance = 3

    /// Throws `DescriptorError` and `DocumentError` for faults in the configuration and in the set.
    package init(
        _ installation: Installation, _ configuration: ScanConfiguration, state path: String,
        progress: any ProgressListener
    ) throws {
        access = try ModelAccess(configuration, installation, try StateFolder(path))
        instructions = try installation.text("templates/prompts/security-review.md")
        counter = installation.tokenCounter
        pairs = try installation.calibrationSet().pairs
        self.progress = progress
    }

    /// The models that may be asked.
    package var models: [ModelDescriptor] {
        access.registry.models.filter { $0.price.schedule != nil && !(access.isLocalOnly && $0.leavesHost) }
    }

    /// The newest measurements with the prompts in use.
    package func known() throws -> [Calibration] {
        try access.ledger.calibrations(.securityScan, prompt: Digest(of: instructions))
    }

    package func shutdown() async { await access.registry.shutdown() }

    /// Measures one model and keeps the result. Answers that were paid for before are not asked for again.
    /// - Parameter again: asks anew all the same.
    /// - Throws: `incomplete` where some answer could not be had, with the reason; nothing is kept then.
    package func measure(_ model: ModelDescriptor, again: Bool) async throws -> Calibration {
        guard let limits = ReviewSettings(model) else {
            throw PipelineError(.badConfiguration, "the window of \(model.id) is too small for any code")
        }
        let now = Clock.now
        let run = "calibration-\(now)-\(model.id)"
        let inquiry = access.inquiry(access.gateway(run: run))
        let key = try access.ledger.stateKey()
        let prompts = CalibrationPrompt.pack(pairs, instructions, counter, limits)
        let sums = Mutex(
            Calibration(model: model.id, task: .securityScan, prompt: Digest(of: instructions), measuredAt: now))
        progress.began(.complete, total: prompts.count)
        var done = 0
        var failures: [String] = []
        let (left, refusal) = try await QuestionQueue<CalibrationPrompt>(width: access.width(of: model)).run(
            prompts,
            ask: { prompt in
                let (result, time) = try await Self.ask(
                    prompt, model, limits.maxOutput, inquiry, key, salt: again ? now.description : nil)
                switch result {
                case .success(let result):
                    sums.withLock { Self.count(result, prompt.samples, into: &$0, time) }
                    return .answered
                case .failure(let refusal): return refusal.outcome()
                }
            },
            note: { _, outcome in
                done += 1
                progress.advanced(.complete, done: done)
                if case .failed(let reason) = outcome { failures.append(reason) }
            },
            goesOn: { _ in false })
        progress.ended(.complete)
        if let reason = failures.first ?? refusal {
            throw Self.unmeasured(model, failures.count + left.count, of: prompts.count, reason)
        }
        return try finish(sums.withLock { $0 }, run: run)
    }

    private static func unmeasured(
        _ model: ModelDescriptor, _ missing: Int, of prompts: Int, _ reason: String
    ) -> PipelineError {
        PipelineError(
            .incomplete,
            "\(model.id) was not measured: \(missing) of \(prompts) prompts have no answer: \(reason)")
    }

    /// Adds what was spent, and keeps the result.
    private func finish(_ measured: Calibration, run: String) throws -> Calibration {
        var calibration = measured
        let totals = try access.ledger.costs(by: .run, run: run).first
        calibration.requests = totals?.requests ?? 0
        calibration.inputTokens = totals?.inputTokens ?? 0
        calibration.outputTokens = totals?.outputTokens ?? 0
        calibration.cost = totals?.settled ?? .zero
        try access.ledger.record(calibration)
        return calibration
    }

    // MARK: Answers

    private static func ask(
        _ prompt: CalibrationPrompt, _ model: ModelDescriptor, _ maxOutput: Int, _ inquiry: Inquiry, _ key: StateKey,
        salt: String?
    ) async throws -> (Result<FindingParser.Result?, Inquiry.Refusal>, Duration) {
        let review = prompt.review
        let nonce = key.nonce(for: review.digest)
        let work = review.key(model.id, maxOutput: maxOutput)
        let start = ContinuousClock.now
        do {
            let completion = try await inquiry.completion(
                salt.map { Digest(parts: [$0, work.description]) } ?? work,
                review.request(model, maxOutput: maxOutput, nonce: nonce, tokens: nil))
            let parser = FindingParser(files: review.files, canary: ReviewPrompt.canary(nonce), nonce: nonce)
            return (.success(parser.parse(completion)), .now - start)
        } catch let refusal as Inquiry.Refusal {
            return (.failure(refusal), .now - start)
        }
    }

    private static func count(
        _ result: FindingParser.Result?, _ samples: [CalibrationPrompt.Sample], into sums: inout Calibration,
        _ time: Duration
    ) {
        sums.milliseconds += Int(time / .milliseconds(1))
        if result == nil { sums.invalid += samples.count }
        for (index, sample) in samples.enumerated() {
            let claims = (result?.claims ?? []).filter { $0.file == index }
            if sample.isVulnerable {
                let near = (sample.pair.line - tolerance)...(sample.pair.line + tolerance)
                let isFound = claims.contains { near.overlaps($0.lines) }
                sums.truePositives += isFound ? 1 : 0
                sums.falseNegatives += isFound ? 0 : 1
            } else {
                sums.falsePositives += claims.isEmpty ? 0 : 1
                sums.trueNegatives += claims.isEmpty ? 1 : 0
            }
        }
    }
}

extension Installation {
    /// The labelled pairs. Throws `installation` and `DocumentError`.
    func calibrationSet() throws -> CalibrationSet {
        try CalibrationSet(
            try documents(in: "rulesets/calibration").map { name in
                try YAMLReader().read(try text(name), file: name)
            })
    }
}
