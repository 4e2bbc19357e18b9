/// What of the code models are to read.
package enum ReviewScope: String, Sendable, Codable, CaseIterable {
    case all
    /// The code around what the embedded analyzer found.
    case candidates
}

/// What became of the model's part in a run, for the report. Chunks are counted once each.
package struct ReviewSummary: Sendable, Codable, Hashable {
    /// The model that was to be asked first.
    package var model: String
    package var priceSource: String
    /// What of the code was put to models; nil for all of it.
    package var scope: ReviewScope?
    package var chunks = 0
    /// Chunks whose answer proved that they were read.
    package var reviewed = 0
    /// Answered by this run: model -> way -> chunks.
    package var answers: [String: [String: Int]] = [:]
    /// Answered by an earlier run, under the same model, prompt, code and hints.
    package var reused = 0
    /// Nobody could be asked; an older answer to the same code stands in. Each of them is a gap as well.
    package var stale = 0
    /// Chunks with the text of another, which was sent for them.
    package var copies = 0

    package var claims = 0
    /// Claims without evidence: never reported, only counted.
    package var rejected = 0
    /// Findings of the analyzer that a model found as well.
    package var agreements = 0
    /// Findings of the analyzer in chunks that a model read and did not report.
    package var unconfirmed: [Gap] = []
    /// The model that checked claims; nil where none did.
    package var verifier: String?
    package var confirmed = 0
    package var refuted = 0
    /// Why claims were not checked.
    package var unverified: [String] = []
    /// Configured models that could not be asked at all, with the reason.
    package var absent: [String] = []
    /// Why cheaper models were asked from some point on; nil where they were not.
    package var downgrade: String?

    /// What this run sent and paid. Answers that an earlier run paid for cost nothing.
    package var requests = 0
    package var inputTokens = 0
    package var outputTokens = 0
    package var settled = Money.zero
    package var uncertain = Money.zero
    package var budget: Money?
    /// The stretches nobody reviewed, with the reason.
    package var gaps: [Gap] = []

    package init(model: String, priceSource: String, budget: Money?) {
        self.model = model
        self.priceSource = priceSource
        self.budget = budget
    }

    /// A stretch of a file and what is to be said of it.
    package struct Gap: Sendable, Codable, Hashable {
        package let path: RepositoryPath
        package let firstLine: Int
        package let lastLine: Int
        package let reason: String

        package init(path: RepositoryPath, firstLine: Int, lastLine: Int, reason: String) {
            self.path = path
            self.firstLine = firstLine
            self.lastLine = lastLine
            self.reason = reason
        }
    }
}
