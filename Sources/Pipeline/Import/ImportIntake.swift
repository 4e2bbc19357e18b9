import Detection
import Ingestion
import OrchestratorCore
import Rules
import Store

/// Takes or refuses results, and counts both.
final class ImportIntake {
    private let outline: SARIFOutline
    private let known: ToolWeaknesses
    private let paths: ArtifactPath
    private let texts: RedactedTexts
    private let shelf: FileShelf
    private let writer: ImportWriter
    private var undescribed: [Undescribed: Int] = [:]
    private var recorded: Set<Int> = []
    private var results = 0
    private var taken = 0
    private var suppressed = 0
    private var refusals: [String: Int] = [:]
    private var examples: [String] = []
    private var content = Digest.Builder()

    /// Results and rules that are taken from a file, and refusals that are shown.
    private static let resultCount = 250_000
    private static let ruleCount = 20_000
    private static let exampleCount = 20

    /// A rule that its tool does not describe.
    private struct Undescribed: Hashable {
        let run: Int
        let id: String
    }

    init(
        _ outline: SARIFOutline, known: ToolWeaknesses, root: RootFolder, library: DetectionLibrary,
        writer: ImportWriter
    ) {
        self.outline = outline
        self.known = known
        paths = ArtifactPath(root: root.path)
        texts = RedactedTexts(library.redactor)
        shelf = FileShelf(root)
        self.writer = writer
        content.append("import")
    }

    /// Throws what recording throws.
    func take(_ json: JSON?, run: Int, place: String) throws {
        results += 1
        do {
            try add(json, run)
        } catch let refusal as ImportRefusal {
            refusals[refusal.rawValue, default: 0] += 1
            if examples.count < Self.exampleCount { examples.append("\(place): \(refusal.rawValue)") }
        }
    }

    private func add(_ json: JSON?, _ run: Int) throws {
        guard taken < Self.resultCount else { throw ImportRefusal.overLimit }
        guard let json else { throw ImportRefusal.tooLarge }
        let stated = try SARIFResult(json, in: outline.runs[run], rules: outline.rules, paths: paths)
        guard let file = shelf.file(stated.path) else { throw ImportRefusal.noSuchFile }
        let (location, anchor) = try stated.located(in: file.lines, digest: file.digest)
        let (number, rule) = try rule(of: stated, run)
        let weaknesses = stated.weaknesses + rule.weaknesses.filter { !stated.weaknesses.contains($0) }
        let result = ImportedResult(
            rule: number, location: location, anchor: anchor, weaknesses: weaknesses,
            severity: stated.severity ?? rule.severity ?? .medium,
            confidence: stated.confidence ?? rule.confidence ?? ImportedRule.standardConfidence,
            message: texts.redacted(stated.message), suppression: stated.suppression.map(texts.redacted))
        guard try writer.add(result) else { throw ImportRefusal.duplicate }
        count(result, rule)
    }

    /// The rule's number and text; recorded with the first result that is taken.
    private func rule(of stated: SARIFResult, _ run: Int) throws -> (Int, ImportedRule) {
        let number: Int
        var rule: ImportedRule
        if let known = stated.rule {
            (number, rule) = (known, outline.rules[known])
        } else {
            let key = Undescribed(run: run, id: stated.ruleID)
            number = undescribed[key] ?? outline.rules.count + undescribed.count
            undescribed[key] = number
            rule = ImportedRule(undescribed: stated.ruleID, run: outline.runs[run], known: known)
        }
        if !recorded.contains(number) {
            guard recorded.count < Self.ruleCount else { throw ImportRefusal.overLimit }
            recorded.insert(number)
            rule = texts.redacted(rule)
            try writer.add(rule, number: number)
        }
        return (number, rule)
    }

    private func count(_ result: ImportedResult, _ rule: ImportedRule) {
        taken += 1
        if result.suppression != nil { suppressed += 1 }
        let place = result.location
        for part in [
            rule.attribution.tool, rule.attribution.rule, place.path.text,
            "\(place.startLine) \(place.startColumn) \(place.endLine) \(place.endColumn)", result.anchor,
            result.weaknesses.map(String.init).joined(separator: " "), result.severity.rawValue,
            String(result.confidence), result.message, result.suppression ?? "",
        ] { content.append(part) }
    }

    func record(name: String, file: String, digest: Digest) -> ImportRecord {
        ImportRecord(
            name: name, file: file, digest: digest, content: content.finish(), importedAt: Clock.now,
            tools: outline.tools, results: results, taken: taken, suppressed: suppressed, refusals: refusals,
            examples: examples)
    }
}

/// Texts of other tools with secrets and personal data replaced; many results have the same.
private final class RedactedTexts {
    private let redactor: Redactor
    private let scratch = PatternScratch()
    private var known: [String: String] = [:]
    private static let size = 4096

    init(_ redactor: Redactor) { self.redactor = redactor }

    func redacted(_ text: String) -> String {
        if let known = known[text] { return known }
        var copy = text
        let redacted = copy.withUTF8 { redactor.redact($0, scratch: scratch) }
        if known.count >= Self.size { known.removeAll(keepingCapacity: true) }
        known[text] = redacted
        return redacted
    }

    func redacted(_ rule: ImportedRule) -> ImportedRule {
        ImportedRule(
            attribution: rule.attribution, id: rule.id, title: redacted(rule.title), message: redacted(rule.message),
            help: redacted(rule.help), url: rule.url, weaknesses: rule.weaknesses, severity: rule.severity,
            confidence: rule.confidence, messages: [:])
    }
}

/// The files that results point at, read once while their results come together.
private final class FileShelf {
    private let root: RootFolder
    private var files: [RepositoryPath: (lines: FileLines, digest: Digest)] = [:]
    private var size = 0
    /// Bytes of files kept.
    private static let capacity = 16 << 20

    init(_ root: RootFolder) { self.root = root }

    /// Nil where there is none, or none that is read.
    func file(_ path: RepositoryPath) -> (lines: FileLines, digest: Digest)? {
        if let known = files[path] { return known }
        var content: [UInt8] = []
        guard (try? root.read(path, into: &content, limit: Inspector.Policy().largestFile)) != nil else { return nil }
        if size + content.count > Self.capacity {
            files.removeAll(keepingCapacity: true)
            size = 0
        }
        let file = (lines: FileLines(content, path: path), digest: Digest(of: content))
        files[path] = file
        size += content.count
        return file
    }
}
