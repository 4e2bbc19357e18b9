/// How often findings are right, beside how sure their rules say they are.
package struct CalibrationTable: Sendable {
    /// Findings whose confidence lies in one range of ten percent, or those of one rule.
    package struct Row: Sendable {
        /// `80-89`, or a rule's id.
        package let name: String
        package fileprivate(set) var findings = 0
        package fileprivate(set) var real = 0
        fileprivate var declaredSum = 0

        fileprivate init(_ name: String) { self.name = name }

        fileprivate mutating func add(_ confidence: Int, isReal: Bool) {
            findings += 1
            declaredSum += confidence
            if isReal { real += 1 }
        }

        /// The mean of what was declared, and what was measured, from 0 to 1.
        package var declared: Double { Double(declaredSum) / Double(100 * max(1, findings)) }
        package var measured: Double { Double(real) / Double(max(1, findings)) }

        /// True where there are enough findings to say that the declaration is wrong.
        package var isOff: Bool { findings >= 30 && ((declared - measured).magnitude * 1000).rounded() > 150 }
    }

    /// By confidence, ascending.
    package let buckets: [Row]
    /// The rules whose declaration is wrong, by id.
    package let off: [Row]

    init(_ results: [SuiteScan.Result]) {
        var buckets: [Int: Row] = [:]
        var rules: [String: Row] = [:]
        for result in results {
            for (rule, confidence) in result.confidences {
                let bucket = min(confidence / 10, 9)
                let name = bucket == 9 ? "90-100" : "\(bucket * 10)-\(bucket * 10 + 9)"
                buckets[bucket, default: Row(name)].add(confidence, isReal: result.entry.isReal)
                rules[rule, default: Row(rule)].add(confidence, isReal: result.entry.isReal)
            }
        }
        self.buckets = buckets.sorted { $0.key < $1.key }.map(\.value)
        off = rules.values.filter(\.isOff).sorted { $0.name < $1.name }
    }
}
