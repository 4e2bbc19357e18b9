/// The name of a stage, as it stands in the journal.
package enum StageName: String, Codable, Sendable, CaseIterable {
    case walk, detect, chunk, plan, complete, verify, parse, history, decide, track, map, render
}

/// One step of a run: a value that turns one small, digestible manifest into the next.
///
/// Bulk data (files, findings) lies in the store; what a stage takes and gives says what is there, so that the digest
/// of its input identifies the work and a finished stage is skipped when a run resumes.
package protocol Stage<Input, Output>: Sendable {
    associatedtype Input: Sendable & Codable
    associatedtype Output: Sendable & Codable

    var name: StageName { get }
    /// Raised when the same input would give another output.
    var version: Int { get }
    /// Everything besides the input that shapes the output.
    var settings: Digest { get }

    /// Does the work. Throws `CancellationError` when the task is cancelled; what was recorded until then is kept.
    func run(_ input: Input) async throws -> Output
}
