/// Cases judged rightly and wrongly.
package struct Tally: Sendable, Hashable {
    package var truePositives = 0
    package var falsePositives = 0
    package var falseNegatives = 0
    package var trueNegatives = 0

    package init() {}

    mutating func count(isReal: Bool, isReported: Bool) {
        switch (isReal, isReported) {
        case (true, true): truePositives += 1
        case (true, false): falseNegatives += 1
        case (false, true): falsePositives += 1
        case (false, false): trueNegatives += 1
        }
    }

    package var reported: Int { truePositives + falsePositives }

    /// Of what was reported, the share that is real; nil where nothing was.
    package var precision: Double? { Self.share(truePositives, of: reported) }

    /// Of what is real, the share that was reported; nil where nothing is.
    package var recall: Double? { Self.share(truePositives, of: truePositives + falseNegatives) }

    /// True-positive rate minus false-positive rate.
    package var score: Double? {
        guard let recall, let noise = Self.share(falsePositives, of: falsePositives + trueNegatives) else { return nil }
        return recall - noise
    }

    static func share(_ part: Int, of whole: Int) -> Double? { whole == 0 ? nil : Double(part) / Double(whole) }
}
