import Detection
import OrchestratorCore
import Rules

/// Merges the imported results of one file with what else was found in it.
struct FileMerge {
    private let path: RepositoryPath
    private let weaknesses: WeaknessCatalogue
    private let lines: FileLines
    private let shown: [String]
    /// What was found without imports, and then what imports brought.
    private var known: [Finding]
    private var made: [Finding] = []
    private var ordinals: [[String]: Int] = [:]
    /// First line -> what stands there, in order.
    private var byLine: [Int: [Place]] = [:]

    /// Lines that two reports of one thing may lie apart, and lines of a long region that count as its place.
    private static let tolerance = 2
    private static let longestPlace = 20
    /// Findings of one line that a result is compared with.
    private static let compared = 64
    /// Lines shown before and after the place, lines shown at most, and bytes of a line that is shown whole.
    private static let context = 2
    private static let longestEvidence = 12
    private static let longestLine = 300

    init(
        path: RepositoryPath, content: [UInt8], library: DetectionLibrary, weaknesses: WeaknessCatalogue,
        known: [Finding]
    ) {
        self.path = path
        self.weaknesses = weaknesses
        self.known = known
        byLine = Dictionary(grouping: known.indices.map(Place.known)) { place in
            if case .known(let index) = place { known[index].location.startLine } else { 0 }
        }
        lines = FileLines(content, path: path)
        let text = TextEncoding.utf8(of: content) ?? content
        let redacted = text.withUnsafeBufferPointer { library.redactor.redact($0, scratch: PatternScratch()) }
        shown = FileLines(Array(redacted.utf8), path: path).lines
    }

    /// Returns the findings of other tools alone, in the order of the results.
    mutating func run(_ entries: [MergeTally.Entry], _ tally: inout MergeTally) -> [Finding] {
        for entry in entries {
            guard let rule = tally.rule(of: entry) else { continue }
            let stated = entry.result.location
            guard let start = lines.line(of: entry.result.anchor, near: stated.startLine) else {
                tally.refuse(entry, line: stated.startLine, "its lines are not in the file any more")
                continue
            }
            let location = moved(stated, to: start)
            if let other = agreeing(entry.result, rule, location) {
                merge(rule, into: other)
                tally.merged(entry, into: finding(other))
                continue
            }
            let finding = finding(entry.result, rule, location)
            byLine[start, default: []].append(.made(made.count))
            made.append(finding)
            tally.made(finding, of: entry, rule)
        }
        return made
    }

    // MARK: Agreement

    /// Where a finding stands: among those known before, or among those that imports brought.
    private enum Place {
        case known(Int)
        case made(Int)
    }

    private func finding(_ place: Place) -> Finding {
        switch place {
        case .known(let index): known[index]
        case .made(let index): made[index]
        }
    }

    /// A finding of the same weakness at the same place, not by the same tool. What its tool suppresses agrees with nothing.
    private func agreeing(_ result: ImportedResult, _ rule: ImportedRule, _ location: Location) -> Place? {
        guard result.suppression == nil else { return nil }
        let last = min(location.endLine, location.startLine + Self.longestPlace)
        let near = (location.startLine - Self.tolerance)...(max(last, location.startLine) + Self.tolerance)
        let places = near.flatMap { (byLine[$0] ?? []).prefix(Self.compared) }.filter { place in
            let other = finding(place)
            // What people decided about a finding comes later, so that a run taken up again merges the same.
            let isSuppressed = other.suppression?.kind == .inSource || other.suppression?.kind == .byTool
            guard !isSuppressed, other.weakness > 0 else { return false }
            if case .made = place, other.tools.contains(where: { $0.tool == rule.attribution.tool }) { return false }
            return result.weaknesses.contains { weaknesses.isSame($0, other.weakness) }
        }
        func order(_ place: Place) -> (Int, Int) {
            let distance = abs(finding(place).location.startLine - location.startLine)
            if case .known = place { return (0, distance) }
            return (1, distance)
        }
        return places.min { order($0) < order($1) }
    }

    /// Names the tool and, where it is another than those before, makes the finding surer.
    private mutating func merge(_ rule: ImportedRule, into place: Place) {
        let before = finding(place)
        let isAnother = !before.tools.contains { $0.tool == rule.attribution.tool }
        let after = before.with(
            tools: Set(before.tools + [rule.attribution]).sorted(),
            confidence: isAnother ? ClaimMerge.surer(before.confidence) : before.confidence)
        switch place {
        case .known(let index): known[index] = after
        case .made(let index): made[index] = after
        }
    }

    // MARK: Findings

    private mutating func finding(_ result: ImportedResult, _ rule: ImportedRule, _ location: Location) -> Finding {
        let region = shown.dropFirst(location.startLine - 1).prefix(
            min(Self.longestPlace, location.endLine - location.startLine + 1)
        )
        .joined(separator: "\n")
        let ordinal = ordinals[[rule.id, region], default: 0]
        ordinals[[rule.id, region]] = ordinal + 1
        let mark = FindingFingerprint(rule: rule.id, symbol: "", text: region, ordinal: ordinal, path: path)
        let known = result.weaknesses.first { weaknesses[$0] != nil }
        return Finding(
            id: mark.id, fingerprint: mark.pathless, rule: rule.id, weakness: known ?? 0, severity: result.severity,
            confidence: result.confidence, message: result.message.isEmpty ? rule.title : result.message,
            location: location, symbol: "", evidence: evidence(location),
            suppression: result.suppression.map { Suppression(kind: .byTool, reason: $0, line: 0) },
            tools: [rule.attribution])
    }

    private func moved(_ location: Location, to start: Int) -> Location {
        let end = min(max(1, lines.lines.count), location.endLine + start - location.startLine)
        return Location(
            path: path, startLine: start, startColumn: location.startColumn, endLine: max(start, end),
            endColumn: location.endColumn)
    }

    private func evidence(_ location: Location) -> Evidence {
        let first = max(1, location.startLine - Self.context)
        let last = min(shown.count, location.endLine + Self.context, first + Self.longestEvidence - 1)
        var excerpt = shown.dropFirst(first - 1).prefix(max(0, last - first + 1)).map { line in
            line.utf8.count <= Self.longestLine ? line : line.prefix(Self.longestLine) + " [...]"
        }
        while excerpt.count > 1, excerpt.last?.isEmpty == true { excerpt.removeLast() }
        return Evidence(firstLine: first, lines: excerpt)
    }
}

extension Finding {
    fileprivate func with(tools: [Attribution], confidence: Int) -> Finding {
        Finding(
            id: id, fingerprint: fingerprint, rule: rule, weakness: weakness, severity: severity,
            confidence: confidence,
            message: message, location: location, symbol: symbol, evidence: evidence, flow: flow,
            suppression: suppression, tools: tools)
    }
}
