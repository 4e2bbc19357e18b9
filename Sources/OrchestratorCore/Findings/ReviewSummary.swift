/// What became of the model's part in a run, for the report.
package struct ReviewSummary: Sendable, Codable, Hashable {
    /// The model that was asked first.
    package var model: String
    package var priceSource: String
    package var chunks = 0
    /// Chunks whose answer proved that they were read.
    package var reviewed = 0
    package var claims = 0
    /// Findings of models without evidence: never reported, only counted.
    package var rejected = 0
    /// Findings of the analyzer that a model found as well.
    package var agreements = 0
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
