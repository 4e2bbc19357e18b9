/// How a model did on the labelled set: vulnerable snippets, and their safe twins.
package struct Calibration: Sendable, Codable, Hashable {
    package let model: ModelID
    package let task: TaskKind
    /// Digest of the instructions it was measured with: under others it says nothing.
    package let prompt: Digest
    package let measuredAt: Timestamp
    /// Vulnerable snippets in which it claims something within three lines of the weakness, and the others. The number of
    /// the weakness is not compared: models call siblings by each other's names.
    package var truePositives = 0
    package var falseNegatives = 0
    /// Safe snippets in which it claims anything at all, and those in which it does not.
    package var falsePositives = 0
    package var trueNegatives = 0
    /// Snippets without a usable answer; they count as not found and, where safe, as not flagged.
    package var invalid = 0
    package var requests = 0
    package var inputTokens = 0
    package var outputTokens = 0
    package var cost = Money.zero
    /// Of all requests together, one after the other.
    package var milliseconds = 0

    package init(model: ModelID, task: TaskKind, prompt: Digest, measuredAt: Timestamp) {
        self.model = model
        self.task = task
        self.prompt = prompt
        self.measuredAt = measuredAt
    }

    package var samples: Int { truePositives + falseNegatives + falsePositives + trueNegatives }

    /// 0 to 1; 0 where nothing was measured.
    package var truePositiveRate: Double { Self.share(truePositives, of: truePositives + falseNegatives) }
    package var falsePositiveRate: Double { Self.share(falsePositives, of: falsePositives + trueNegatives) }
    package var invalidRate: Double { Self.share(invalid, of: samples) }

    /// True-positive rate minus false-positive rate: 1 is perfect, 0 no better than a coin.
    package var score: Double { truePositiveRate - falsePositiveRate }

    private static func share(_ part: Int, of whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
}
