import OrchestratorCore
import Rules

/// Counts what becomes of imported results in a run, and keeps what findings need to know of them.
struct MergeTally {
    /// A result and the import it comes from.
    struct Entry: Sendable {
        let name: String
        let result: ImportedResult
    }

    private let imported: [String: [Int: ImportedRule]]
    private var summary: ImportSummary
    private let places: [String: Int]
    private var descriptions: [String: RuleDescription] = [:]
    /// Finding -> the tools that report it, and its confidence.
    private(set) var attributions: [String: (tools: [Attribution], confidence: Int)] = [:]

    init(_ records: [ImportRecord], _ rules: [String: [Int: ImportedRule]]) {
        imported = rules
        summary = ImportSummary(imports: records.map(ImportSummary.Import.init))
        places = Dictionary(uniqueKeysWithValues: records.enumerated().map { ($1.name, $0) })
    }

    func rule(of entry: Entry) -> ImportedRule? { imported[entry.name]?[entry.result.rule] }

    mutating func refuse(_ entry: Entry, line: Int, _ reason: String) {
        guard let place = places[entry.name], let rule = rule(of: entry) else { return }
        summary.imports[place].unconfirmed += 1
        guard summary.unconfirmed.count < ImportSummary.listed else { return }
        summary.unconfirmed.append(
            .init(
                name: entry.name, path: entry.result.location.path, line: line, attribution: rule.attribution,
                reason: reason))
    }

    mutating func made(_ finding: Finding, of entry: Entry, _ rule: ImportedRule) {
        guard let place = places[entry.name] else { return }
        summary.imports[place].alone += 1
        if entry.result.suppression != nil { summary.imports[place].suppressed += 1 }
        // The worst of its results speaks for a rule.
        if let known = descriptions[rule.id], known.severity >= finding.severity {
        } else {
            descriptions[rule.id] = rule.description(of: finding)
        }
        attributions[finding.id] = (finding.tools, finding.confidence)
    }

    mutating func merged(_ entry: Entry, into finding: Finding) {
        guard let place = places[entry.name] else { return }
        summary.imports[place].merged += 1
        attributions[finding.id] = (finding.tools, finding.confidence)
    }

    /// By id.
    var rules: [RuleDescription] { descriptions.values.sorted { $0.id < $1.id } }

    /// With a digest over everything that was merged.
    var finished: ImportSummary {
        var builder = Digest.Builder()
        for (finding, entry) in attributions.sorted(by: { $0.key < $1.key }) {
            builder.append("\(finding) \(entry.confidence)")
            for tool in entry.tools { builder.append("\(tool.tool)\n\(tool.rule)") }
        }
        var finished = summary
        finished.digest = builder.finish()
        return finished
    }
}
