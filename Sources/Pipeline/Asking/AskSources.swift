import Detection
import Ingestion
import OrchestratorCore
import Rules
import Store

/// Chooses what of a run a question is about: findings and code that share its words, best first.
struct AskSources {
    /// The words of the question that can be looked for, in lower case.
    let words: [String]
    private let run: RunRecord
    private let store: RunStore

    private static let stopWords: Set<String> = [
        "the", "and", "for", "are", "is", "was", "what", "where", "which", "who", "why", "how", "does", "that", "this",
        "with", "from", "any", "all", "our", "there", "have", "has", "can", "not", "code", "file", "files", "about",
    ]
    private static let mostFindings = 20
    private static let mostFiles = 30

    init(_ question: String, _ run: RunRecord, _ store: RunStore) {
        self.run = run
        self.store = store
        var seen: Set<String> = []
        words = question.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
            .filter { $0.count > 2 && !Self.stopWords.contains($0) && seen.insert($0).inserted }
    }

    /// How many of the words occur in a text.
    private func score(_ text: String) -> Int {
        let text = text.lowercased()
        return words.count { text.contains($0) }
    }

    /// The findings that share most words with the question, worst first among equals; the worst of all where none does.
    func findings() throws -> [Finding] {
        var scored: [(score: Int, order: Int, finding: Finding)] = []
        var order = 0
        try store.forEachFinding(run: run.id, honouringSuppressions: run.settings.honoursSuppressions) { finding in
            let text = "\(finding.rule) \(finding.message) \(finding.location.path.text) cwe-\(finding.weakness)"
            scored.append((score(text), order, finding))
            order += 1
            // The report's order is worst first: what comes later and scores no better can go.
            if scored.count > 4 * Self.mostFindings { scored = Self.best(scored) }
        }
        return Self.best(scored).map(\.finding)
    }

    private static func best(
        _ scored: [(score: Int, order: Int, finding: Finding)]
    ) -> [(score: Int, order: Int, finding: Finding)] {
        Array(scored.sorted { ($1.score, $0.order) < ($0.score, $1.order) }.prefix(mostFindings))
    }

    /// The chunks that share most words with the question or hold one of some findings, as they may be sent, up to a number
    /// of tokens.
    func parts(
        _ root: RootFolder, _ library: DetectionLibrary, _ counter: any TokenCounting, around findings: [Finding],
        tokens limit: Int, largestFile: Int
    ) throws -> [ReviewedFile] {
        let reader = ChunkReader(root: root, redactor: library.redactor, largestFile: largestFile)
        let chunker = Chunker(
            budget: TokenBudget(tokens: max(256, limit / 4))!, counter: counter, grammars: library.grammars)
        var scored: [(score: Int, file: ReviewedFile, tokens: Int)] = []
        for source in try files(reader, findings) {
            guard let content = reader.content(of: source) else { continue }
            let chunks = content.withUnsafeBufferPointer {
                chunker.chunks(of: $0, path: source.path, language: source.language)
            }
            for chunk in chunks {
                guard let text = reader.redacted(chunk, of: content) else { continue }
                let held = findings.count {
                    $0.location.path == source.path && chunk.lines.contains($0.location.startLine)
                }
                let score = score(text + " " + source.path.text) * 2 + min(held, 3)
                guard score > 0 else { continue }
                let file = ReviewedFile(
                    name: "F1", path: source.path, language: source.language, firstLine: chunk.lines.lowerBound,
                    text: text, hints: [])
                scored.append((score, file, counter.count(file.block(nonce: BatchPacker.sampleNonce, isWhole: true))))
            }
        }
        var left = limit
        var parts: [ReviewedFile] = []
        for entry in scored.sorted(by: { ($1.score, $0.file.path) < ($0.score, $1.file.path) })
        where entry.tokens <= left {
            parts.append(entry.file.named("F\(parts.count + 1)"))
            left -= entry.tokens
        }
        return parts
    }

    /// The files of code with the most of the words, those with one of the findings first among equals.
    private func files(_ reader: ChunkReader, _ findings: [Finding]) throws -> [SourceFile] {
        let found = Set(findings.map(\.location.path))
        var all: [SourceFile] = []
        try store.forEachFile(run: run.id) { _, entry in
            if entry.isListed, entry.file.digest != nil, entry.file.language.kind != .data,
                entry.file.coverage.state == .analysed
            {
                all.append(entry.file)
            }
        }
        var scored: [(score: Int, file: SourceFile)] = []
        for file in all {
            guard let content = reader.content(of: file) else { continue }
            let score = score(String(decoding: content, as: UTF8.self) + file.path.text) * 2
            if score > 0 || found.contains(file.path) {
                scored.append((score + (found.contains(file.path) ? 1 : 0), file))
            }
        }
        return scored.sorted { ($1.score, $0.file.path) < ($0.score, $1.file.path) }
            .prefix(Self.mostFiles).map(\.file)
    }
}
