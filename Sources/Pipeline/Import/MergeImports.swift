import Detection
import Ingestion
import OrchestratorCore
import Rules
import Store

/// Merges what other scanners found with the findings of a run: an agreement makes surer and names both, a result that
/// nobody shares is a finding of its tool, and one whose place is not in the scanned tree is listed and nothing more.
///
/// Cheap and repeatable, so always done anew.
struct MergeImports: Sendable {
    let library: DetectionLibrary
    let weaknesses: WeaknessCatalogue
    let root: RootFolder
    /// Bytes above which a file is not read.
    let largestFile: Int
    let honoursSuppressions: Bool
    let store: RunStore
    let run: String

    /// What the run is to know of it.
    struct Outcome: Sendable, Codable {
        let summary: ImportSummary
        /// The other tools' rules that findings stand under, by id.
        let rules: [RuleDescription]
    }

    /// Forgets what an earlier attempt at this run merged.
    func reset() throws {
        try store.recordImports([], attributions: [:], run: run)
        try store.recordRanks([], run: run)
        _ = try store.orderFindings(run: run, honouringSuppressions: honoursSuppressions)
    }

    func merge() throws -> Outcome {
        try reset()
        var tally = MergeTally(try store.imports(), try store.importedRules())
        let paths = try store.importedPaths()
        let files = try scannedFiles(paths)
        let known = try findings(in: paths)
        var rows: [(file: Int, analysis: Int64)] = []
        // One file after the other, so that no more than one file's results are in memory.
        for path in paths.sorted() {
            try Task.checkCancellation()
            let results = try store.importedResults(in: path).map(MergeTally.Entry.init)
            if let row = try merge(results, path, files[path], known[path] ?? [], &tally) { rows.append(row) }
        }
        try store.recordImports(rows, attributions: tally.attributions, run: run)
        _ = try store.orderFindings(run: run, honouringSuppressions: honoursSuppressions)
        return Outcome(summary: tally.finished, rules: tally.rules)
    }

    /// The row of the findings that the results of a file gave; nil for none.
    private func merge(
        _ results: [MergeTally.Entry], _ path: RepositoryPath, _ file: (ordinal: Int, RunFile)?, _ known: [Finding],
        _ tally: inout MergeTally
    ) throws -> (file: Int, analysis: Int64)? {
        switch file.map(read) ?? .obstacle("not among the scanned files") {
        case .obstacle(let reason):
            for result in results { tally.refuse(result, line: result.result.location.startLine, reason) }
            return nil
        case .content(let ordinal, let content):
            var merge = FileMerge(
                path: path, content: content, library: library, weaknesses: weaknesses, known: known)
            let made = merge.run(results, &tally)
            return made.isEmpty ? nil : (ordinal, try record(made, path))
        }
    }

    // MARK: What there is

    private func scannedFiles(_ paths: Set<RepositoryPath>) throws -> [RepositoryPath: (ordinal: Int, RunFile)] {
        var files: [RepositoryPath: (ordinal: Int, RunFile)] = [:]
        try store.forEachFile(run: run) { ordinal, entry in
            if paths.contains(entry.file.path) { files[entry.file.path] = (ordinal, entry) }
        }
        return files
    }

    private func findings(in paths: Set<RepositoryPath>) throws -> [RepositoryPath: [Finding]] {
        var findings: [RepositoryPath: [Finding]] = [:]
        try store.forEachFinding(run: run, honouringSuppressions: honoursSuppressions) { finding in
            guard finding.past == nil else { return }
            if paths.contains(finding.location.path) { findings[finding.location.path, default: []].append(finding) }
        }
        return findings
    }

    private enum Reading {
        case content(ordinal: Int, [UInt8])
        case obstacle(String)
    }

    /// A finding needs a file in scope whose content is what was walked.
    private func read(_ entry: (ordinal: Int, RunFile)) -> Reading {
        let file = entry.1.file
        guard entry.1.isListed, let digest = file.digest,
            file.coverage.state == .analysed || file.coverage.state == .notAssessed
        else { return .obstacle("out of scope: \(file.coverage.explanation)") }
        var content: [UInt8] = []
        guard (try? root.read(file.path, into: &content, limit: largestFile)) != nil, Digest(of: content) == digest
        else {
            return .obstacle("changed during the scan")
        }
        return .content(ordinal: entry.ordinal, content)
    }

    private func record(_ findings: [Finding], _ path: RepositoryPath) throws -> Int64 {
        try AnalysisCache(store).row(of: findings, in: path, kind: "import")
    }
}

extension AnalysisCache {
    /// The row that holds findings which are not the analyzer's of a file in the tree; equal ones share it.
    func row(of findings: [Finding], in path: RepositoryPath, kind: String) throws -> Int64 {
        let key = Digest(
            parts: [kind, path.text]
                + findings.flatMap { finding in
                    [
                        finding.id, finding.rule, String(finding.weakness), finding.severity.rawValue,
                        String(finding.confidence), finding.message, finding.suppression?.reason ?? "",
                        "\(finding.location)", finding.evidence.lines.joined(separator: "\n"),
                    ]
                })
        if let known = try entries([key])[key] { return known.id }
        let analysis = FileAnalysis(findings: findings, coverage: Coverage(.complete), idleSuppressions: [])
        return try record([(key: key, path: path, analysis: analysis, links: "")])[0].id
    }
}
