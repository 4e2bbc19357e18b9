import Ingestion
import OrchestratorCore
import Providers
import Rules
import Store
import Tokens

/// Everything that the stages around a model share.
struct ReviewParts: Sendable {
    let registry: ProviderRegistry
    /// Best first: the first is asked, the rest are for failover.
    let models: [ModelDescriptor]
    /// The stable part of every prompt.
    let instructions: String
    let library: DetectionLibrary
    let counter: any TokenCounting
    let root: RootFolder
    let largestFile: Int
    /// Findings of the embedded analyzer by path, for hints and for agreement.
    let hints: Hints
    let ledger: Ledger
    let budgets: Budgets
    let isLocalOnly: Bool
    let retriesUncertain: Bool

    func reader() -> ChunkReader { ChunkReader(root: root, redactor: library.redactor, largestFile: largestFile) }

    /// A chunk as it is sent, with the analyzer's findings in its lines.
    func file(named name: String, _ file: SourceFile, _ chunk: Chunk, _ text: String) -> ReviewedFile {
        let inside = hints.findings(in: file.path).filter { chunk.lines.contains($0.location.startLine) }
        return ReviewedFile(
            name: name, path: file.path, language: file.language, firstLine: chunk.lines.lowerBound, text: text,
            hints: inside.prefix(20).map {
                .init(line: $0.location.startLine, weakness: $0.weakness, title: library.title(ofRule: $0.rule))
            })
    }

    /// The parts of a batch as they were planned; nil where a file has changed since.
    func files(of batch: ReviewBatch, _ sources: [Int: SourceFile], _ reader: ChunkReader) -> [ReviewedFile]? {
        var files: [ReviewedFile] = []
        for (index, part) in batch.parts.enumerated() {
            guard let source = sources[part.file], let content = reader.content(of: source),
                let text = reader.redacted(part.chunk, of: content)
            else { return nil }
            files.append(file(named: "F\(index + 1)", source, part.chunk, text))
        }
        return files
    }
}

/// The findings of a run by path. Read once, when the analyzer is done.
final class Hints: Sendable {
    private let byPath: [RepositoryPath: [Finding]]

    init(_ store: RunStore, run: String) throws {
        var table: [RepositoryPath: [Finding]] = [:]
        try store.forEachFinding(run: run, honouringSuppressions: true) { finding in
            // Models' own findings are no hints: prompts must not depend on earlier answers.
            guard !finding.rule.hasPrefix(ModelRule.prefix) else { return }
            table[finding.location.path, default: []].append(finding)
        }
        byPath = table
    }

    func findings(in path: RepositoryPath) -> [Finding] { byPath[path] ?? [] }
}
