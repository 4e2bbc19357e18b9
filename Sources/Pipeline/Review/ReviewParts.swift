import Ingestion
import OrchestratorCore
import Rules
import Settings
import Store
import Tokens

/// Everything that the stages around a model share.
struct ReviewParts: Sendable {
    let access: ModelAccess
    /// Best first: the first is asked, the rest are for escalation and failover.
    let models: [ModelDescriptor]
    /// Checks what other models claim; nil where none is known to be stronger.
    let verifier: ModelDescriptor?
    let selection: SelectionSettings
    /// The stable part of every prompt.
    let instructions: String
    let verifyInstructions: String
    let library: DetectionLibrary
    let counter: any TokenCounting
    let root: RootFolder
    let largestFile: Int
    /// Findings of the embedded analyzer by path, for hints and for agreement.
    let hints: Hints

    var ledger: Ledger { access.ledger }

    var instructionsDigest: Digest { Digest(of: instructions) }
    var verifyDigest: Digest { Digest(of: verifyInstructions) }

    /// The models that a chunk may be put to, one after the other, until one has provably read it.
    var rungs: [ModelDescriptor] { Array(models.prefix(1 + selection.escalations)) }

    /// The same models by what a typical prompt costs.
    var cheapestFirst: [ModelDescriptor] {
        models.enumerated().sorted { left, right in
            let (first, second) = (typicalCost(left.element), typicalCost(right.element))
            return first == second ? left.offset < right.offset : first < second
        }.map(\.element)
    }

    private func typicalCost(_ model: ModelDescriptor) -> Money {
        Usage(inputUncached: 4000, output: 500).flatMap { try? model.price.schedule?.cost(of: $0) }
            ?? Money(nanodollars: .max)
    }

    /// What prompts to a model are expected to cost: by its answers so far, else a quarter of what it may answer.
    func forecast(_ model: ModelDescriptor) throws -> Forecast {
        let known = try ledger.meanOutput(of: model.id)
        let assumed = (ReviewSettings(model)?.maxOutput ?? ReviewSettings.answerLimit) / 4
        return Forecast(
            model: model, outputTokens: known.answers > 0 ? known.tokens : assumed, measured: known.answers)
    }

    /// Models that could not be asked at all in a run, with the reason, in the order of preference.
    func absent(run: String) throws -> [String] {
        let failures = try ledger.failures(run: run)
        return models.compactMap { model in
            let reasons = (failures[model.id] ?? []).filter(\.isLasting).map(\.rawValue).sorted()
            return reasons.isEmpty ? nil : "\(model.id): \(reasons.joined(separator: ", "))"
        }
    }

    func reader() -> ChunkReader { ChunkReader(root: root, redactor: library.redactor, largestFile: largestFile) }

    /// A chunk as it is sent, with the analyzer's findings in its lines.
    func file(named name: String, _ file: SourceFile, _ chunk: Chunk, _ text: String) -> ReviewedFile {
        let inside = hints.findings(in: file.path).filter { chunk.lines.contains($0.location.startLine) }
        return ReviewedFile(
            name: name, path: file.path, language: file.language, firstLine: chunk.lines.lowerBound, text: text,
            hints: inside.prefix(chunk.slice == nil ? 20 : 50).map {
                .init(
                    line: $0.location.startLine, weakness: $0.weakness, title: library.title(ofRule: $0.rule),
                    way: chunk.slice == nil ? [] : Self.way(of: $0))
            }, comments: chunk.comments, slice: chunk.slice)
    }

    /// Steps that are told, at most: the first and the last matter most.
    private static let longestWay = 12

    private static func way(of finding: Finding) -> [String] {
        let steps = finding.flow.map { step in
            let place = step.location
            let file = place.path == finding.location.path ? "" : place.path.text + " "
            return "\(file)line \(place.startLine) \(step.note)"
        }
        guard steps.count > longestWay else { return steps }
        return steps.prefix(longestWay / 2) + ["..."] + steps.suffix(longestWay / 2)
    }

    /// A part as it is sent; nil where its file has changed since it was planned.
    func file(
        of part: ReviewBatch.Part, named name: String = "F1", _ sources: [Int: SourceFile], _ reader: ChunkReader
    ) -> ReviewedFile? {
        guard let source = sources[part.file], let content = reader.content(of: source),
            let text = reader.redacted(part.chunk, of: content)
        else { return nil }
        return file(named: name, source, part.chunk, text)
    }

    /// The parts of a batch that are sent; nil where a file has changed.
    func files(of batch: ReviewBatch, _ sources: [Int: SourceFile], _ reader: ChunkReader) -> [ReviewedFile]? {
        var files: [ReviewedFile] = []
        for (index, part) in batch.sent.enumerated() {
            guard let file = file(of: part, named: "F\(index + 1)", sources, reader) else { return nil }
            files.append(file)
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
            // Models' own findings are no hints: prompts must not depend on earlier answers. Nor is what is not there.
            guard !finding.rule.hasPrefix(ModelRule.prefix), finding.past == nil else { return }
            table[finding.location.path, default: []].append(finding)
        }
        byPath = table
    }

    func findings(in path: RepositoryPath) -> [Finding] { byPath[path] ?? [] }

    /// Path -> the lines that open findings and the steps to them stand on, and the paths that belong together because a
    /// value goes from one to the other.
    var candidates: (lines: [RepositoryPath: Set<Int>], links: [[RepositoryPath]]) {
        var lines: [RepositoryPath: Set<Int>] = [:]
        var links: [[RepositoryPath]] = []
        for finding in byPath.sorted(by: { $0.key < $1.key }).flatMap(\.value) where finding.isOpen {
            let places = [finding.location] + finding.flow.map(\.location)
            for place in places { lines[place.path, default: []].insert(place.startLine) }
            let paths = Set(places.map(\.path))
            if paths.count > 1 { links.append(paths.sorted()) }
        }
        return (lines, links)
    }
}
